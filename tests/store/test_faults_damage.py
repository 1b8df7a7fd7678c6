import pytest
from torture.damage import DERIVED, DamageRounds
from torture.tally import Tally


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> DamageRounds:
    return DamageRounds(tmp_path_factory.mktemp("damage"), 7, Tally())


@pytest.fixture
def rounds(stores: DamageRounds) -> DamageRounds:
    stores.tally = Tally()
    return stores


def test_damage_of_any_derived_file_is_seen_and_mended_without_encoding(rounds: DamageRounds):
    rounds.derived(3)
    assert rounds.tally.problems == []
    assert rounds.tally.total.tried == len(DERIVED) * 3


def test_damage_of_the_record_is_named_and_never_quoted(rounds: DamageRounds):
    rounds.record(24)
    assert rounds.tally.problems == []


def test_damage_of_the_log_leaves_a_whole_commit(rounds: DamageRounds):
    rounds.log(12)
    assert rounds.tally.problems == []


def test_damage_of_files_that_hold_nothing_does_nothing(rounds: DamageRounds):
    rounds.other(2)
    assert rounds.tally.problems == []
