from hypothesis import given
from hypothesis import strategies as st

from indexer.normalize import fold


def test_script_width_and_case_are_folded():
    assert fold("可靈ＡＩ近七成收入由Ｐ端貢獻") == "可灵ai近七成收入由p端贡献"


def test_what_would_change_the_length_stays():
    assert fold("ﬁﬀ½㎡ß") == "ﬁﬀ½㎡ß"


@given(st.text())
def test_length_is_kept_and_folding_twice_changes_nothing(text: str):
    once = fold(text)
    assert len(once) == len(text)
    assert fold(once) == once
