from indexer.derive import SegmentRow
from indexer.merging import to_rewrite


def stored(*sizes: int, kind: str = "flat") -> list[SegmentRow]:
    first, rows = 1, []
    for number, size in enumerate(sizes):
        rows.append(SegmentRow(str(number), first, size, 2 * size, kind, ""))
        first += size
    return rows


def names(runs: list[list[SegmentRow]]) -> list[list[str]]:
    return [[segment.name for segment in run] for run in runs]


def test_a_small_segment_joins_the_new_chunks_and_a_large_one_stays():
    assert names(to_rewrite(stored(1000, 30), {}, 10)) == [["1"]]
    assert names(to_rewrite(stored(1000, 31), {}, 10)) == [[]]


def test_joining_goes_on_while_the_one_before_is_not_much_larger():
    assert names(to_rewrite(stored(1000, 100, 30), {}, 10)) == [["1", "2"]]


def test_a_segment_searched_by_cells_never_joins():
    assert names(to_rewrite([*stored(10, kind="ivf")], {}, 1000)) == [[]]


def test_a_segment_of_which_much_is_dead_is_written_again_by_itself():
    rows = stored(1000, 100)
    assert names(to_rewrite(rows, {"0": 301}, 0)) == [["0"], []]
    assert names(to_rewrite(rows, {"0": 300}, 0)) == [[]]


def test_nothing_new_and_nothing_dead_rewrites_nothing():
    assert names(to_rewrite(stored(10, 10), {}, 0)) == [[]]


def test_every_chunk_is_written_a_logarithmic_number_of_times():
    rows: list[SegmentRow] = []
    written = 0
    for _ in range(3000):
        (*_, joined) = to_rewrite(rows, {}, 10)
        size = 10 + sum(segment.chunks for segment in joined)
        rows = [*rows[: len(rows) - len(joined)], SegmentRow(str(written), 0, size, size, "flat", "")]
        written += size
    assert written < 30_000 * 12
    assert len(rows) <= 12
