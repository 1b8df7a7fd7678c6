from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.offsets import Edit, OffsetMap, Piece, apply_edits

TEXTS = st.text(alphabet="可灵AI近七成(qī)&;\U0001f600 \n", max_size=40)


@st.composite
def edited(draw: st.DrawFn) -> tuple[str, list[Edit]]:
    text = draw(TEXTS)
    cuts = sorted(draw(st.lists(st.integers(0, len(text)), max_size=8)))
    edits = [
        Edit(a, b, draw(st.text(alphabet="xy可", max_size=3))) for a, b in zip(cuts[::2], cuts[1::2], strict=False)
    ]
    return text, edits


def test_removed_text_inside_a_span_belongs_to_it_and_at_its_edges_does_not():
    text, offsets = apply_edits("近七(qī)成(chéng)收入", [Edit(2, 6), Edit(7, 14)])
    assert text == "近七成收入"
    assert offsets.to_lower(0, 3) == (0, 7)
    assert offsets.to_lower(3, 5) == (14, 16)


def test_a_replaced_piece_maps_as_a_whole():
    text, offsets = apply_edits("A&amp;B", [Edit(1, 6, "&")])
    assert text == "A&B"
    assert offsets.to_lower(1, 2) == (1, 6)
    assert offsets.to_upper(3, 4) == (1, 2)


@pytest.mark.parametrize("span", [(0, 0), (3, 2), (-1, 2), (0, 99)])
def test_a_span_that_is_empty_or_outside_is_refused(span: tuple[int, int]):
    with pytest.raises(ValueError, match="leaves the text"):
        OffsetMap.identity(5).to_lower(*span)


def test_overlapping_edits_are_refused():
    with pytest.raises(ValueError, match="overlaps"):
        apply_edits("abcdef", [Edit(0, 3), Edit(2, 4)])


@given(edited())
def test_copied_text_is_the_same_on_both_sides_and_nothing_else_is_covered(case: tuple[str, list[Edit]]):
    lower, edits = case
    upper, offsets = apply_edits(lower, edits)
    touched = {at for edit in edits for at in range(edit.start, edit.end)}
    covered: set[int] = set()
    end = 0
    for piece in offsets.pieces:
        assert piece.upper_start == end
        end = piece.upper_end
        if piece.copied:
            assert upper[piece.upper_start : piece.upper_end] == lower[piece.lower_start : piece.lower_end]
            covered |= set(range(piece.lower_start, piece.lower_end))
    assert end == len(upper)
    assert covered == set(range(len(lower))) - touched


@given(edited(), st.data())
def test_a_span_leads_to_all_that_it_was_made_from(case: tuple[str, list[Edit]], data: st.DataObject):
    lower, edits = case
    upper, offsets = apply_edits(lower, edits)
    if not upper:
        return
    start = data.draw(st.integers(0, len(upper) - 1))
    end = data.draw(st.integers(start + 1, len(upper)))
    low, high = offsets.to_lower(start, end)
    assert 0 <= low <= high <= len(lower)
    single = [offsets.to_lower(at, at + 1) for at in range(start, end)]
    assert (low, high) == (min(a for a, _ in single), max(b for _, b in single))


@given(edited(), st.data())
def test_two_maps_joined_give_what_they_give_one_after_the_other(case: tuple[str, list[Edit]], data: st.DataObject):
    bottom, edits = case
    middle, first = apply_edits(bottom, edits)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(middle)), max_size=6)))
    top, second = apply_edits(middle, [Edit(a, b) for a, b in zip(cuts[::2], cuts[1::2], strict=False)])
    if not top:
        return
    joined = second.over(first)
    for start in range(len(top)):
        low, high = second.to_lower(start, start + 1)
        assert joined.to_lower(start, start + 1) == first.to_lower(low, high)


@given(edited(), st.data())
def test_a_part_maps_like_the_whole(case: tuple[str, list[Edit]], data: st.DataObject):
    lower, edits = case
    upper, offsets = apply_edits(lower, edits)
    if not upper:
        return
    start = data.draw(st.integers(0, len(upper) - 1))
    end = data.draw(st.integers(start + 1, len(upper)))
    part = offsets.part(start, end)
    for at in range(end - start):
        assert part.to_lower(at, at + 1) == offsets.to_lower(start + at, start + at + 1)


def test_bytes_hold_the_whole_map():
    offsets = OffsetMap([Piece(0, 2, 1, 3, True), Piece(2, 3, 3, 9, False)])
    assert OffsetMap.from_bytes(offsets.to_bytes()).pieces == offsets.pieces


@given(edited(), st.lists(st.integers(0, 40), max_size=4))
def test_points_cut_the_derived_text_without_loss(case: tuple[str, list[Edit]], cuts: list[int]):
    lower, edits = case
    upper, offsets = apply_edits(lower, edits)
    places = [0, *sorted(min(cut, len(lower)) for cut in cuts), len(lower) + 1]
    points = [offsets.upper_point(place) for place in places]
    assert points == sorted(points)
    assert "".join(upper[a:b] for a, b in pairwise(points)) == upper


@given(edited())
def test_points_around_a_span_hold_what_was_made_from_it(case: tuple[str, list[Edit]]):
    _, offsets = apply_edits(*case)
    for piece in offsets.pieces:
        if piece.lower_start < piece.lower_end:
            points = offsets.upper_point(piece.lower_start), offsets.upper_point(piece.lower_end)
            assert points[0] <= piece.upper_start
            assert points[1] >= piece.upper_end
