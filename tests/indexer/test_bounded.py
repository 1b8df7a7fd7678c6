import random
import threading

from indexer.bounded import Bounded


def test_what_was_not_asked_for_the_longest_makes_room():
    kept: Bounded[str, int] = Bounded(limit=10)
    for key, weight in (("a", 4), ("b", 4)):
        kept.put(key, weight, weight)
    assert kept.get("a") == 4
    kept.put("c", 4, 4)
    assert (kept.get("a"), kept.get("b"), kept.get("c")) == (4, None, 4)
    assert kept.weight == 8


def test_a_key_that_comes_again_is_weighed_anew():
    kept: Bounded[str, str] = Bounded(limit=10)
    kept.put("a", "light", 2)
    kept.put("a", "heavy", 9)
    assert (kept.get("a"), kept.weight, len(kept)) == ("heavy", 9, 1)
    kept.put("a", "too heavy", 11)
    assert (kept.get("a"), kept.weight, len(kept)) == (None, 0, 0)


def test_there_are_no_more_entries_than_allowed():
    kept: Bounded[int, int] = Bounded(limit=1000, entries=3)
    for key in range(10):
        kept.put(key, key, 1)
    assert [kept.get(key) for key in range(10)] == [None] * 7 + [7, 8, 9]


def test_what_satisfies_a_condition_goes():
    kept: Bounded[tuple[int, str], int] = Bounded(limit=1000)
    for number in (1, 2):
        for name in "ab":
            kept.put((number, name), number, 5)
    kept.drop_where(lambda key: key[0] == 1)
    assert kept.weight == 10
    assert kept.get((1, "a")) is None
    assert kept.get((2, "b")) == 2


def test_threads_share_it():
    kept: Bounded[int, int] = Bounded(limit=50, entries=20)
    wrong = []

    def work(seed: int) -> None:
        dice = random.Random(seed)
        for _ in range(2000):
            key = dice.randrange(40)
            kept.put(key, key, dice.randrange(1, 9))
            if kept.get(key) not in (None, key):
                wrong.append(key)

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert 0 < kept.weight <= 50
    assert len(kept) <= 20
