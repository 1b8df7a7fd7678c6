"""What holds for every number and every text: however a number is written it comes back, larger ones come back
larger, spans never cut a number, and the work grows with the length of the text only."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from qa.values.find import find_values, parse_value
from qa.values.periods import find_periods

HAN = "零一二三四五六七八九"
ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
).split()
TENS = "zero ten twenty thirty forty fifty sixty seventy eighty ninety".split()
FULL = str.maketrans("0123456789.,%", "０１２３４５６７８９．，％")
FORMAL = str.maketrans("一二三四五六七八九十百千", "壹贰叁肆伍陆柒捌玖拾佰仟")
VALUE_CHARS = (
    "近约超上过逾不到几数多余来第前每半两廿零〇一二三四五六七八九十百千万亿点成倍折%‰个家人元美港币块毛年月日季度世纪代"
    "周天时分秒以左右起至和从由负-−~–+.,，、/:：$¥€£0123456789０９abhkmqsxfyo iT\n\x00 "
)
WORDS = (
    "two and a half years|one in five|between 3 and|tens of millions of dollars|per month|March 20, 2025|百分之|"
    "三分之一|2025年4月30日|第1-3名|1-3月|$1.2bn|每千次|至|到|5元|近|约|三五百|4.2.1"
).split("|")


@pytest.fixture(scope="module", autouse=True)
def _folding_table() -> None:
    """Made once, so that it does not count against the deadline of the first example."""
    find_values("")


def in_han(number: int) -> str:
    """103 as 一百零三, 120,000,345 as 一亿二千万零三百四十五."""
    for scale, name in ((10**8, "亿"), (10**4, "万")):
        if number >= scale:
            high, low = divmod(number, scale)
            gap = "零" if 0 < low < scale // 10 else ""
            return in_han(high) + name + gap + (in_han_below(low) if low else "")
    return in_han_below(number)


def in_han_below(number: int) -> str:
    if number >= 10_000:
        return in_han(number)
    text, zero = "", False
    for place, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, number = divmod(number, place)
        if digit:
            text += ("零" if zero and text else "") + HAN[digit] + name
        zero = not digit
    return text.removeprefix("一") if text.startswith("一十") else text


def in_words(number: int) -> str:
    for scale, name in ((10**9, "billion"), (10**6, "million"), (1000, "thousand")):
        if number >= scale:
            high, low = divmod(number, scale)
            return f"{in_words(high)} {name}" + (f" {in_words(low)}" if low else "")
    if number >= 100:
        high, low = divmod(number, 100)
        return f"{ONES[high]} hundred" + (f" and {in_words(low)}" if low else "")
    if number >= 20:
        return TENS[number // 10] + (f"-{ONES[number % 10]}" if number % 10 else "")
    return ONES[number]


def in_units(number: int) -> str:
    """123,456,789 as 1亿2345万6789."""
    text = ""
    for scale, name in ((10**8, "亿"), (10**4, "万"), (1, "")):
        digits, number = divmod(number, scale)
        text += f"{digits}{name}" if digits else ""
    return text


NOTATIONS = {
    "digits": "{0}元",
    "commas": "{0:,}元",
    "full width": "{full}元",
    "full width with commas": "{full_commas}元",
    "han": "{han}元",
    "bank notes": "{formal}元",
    "万 and 亿": "{units}元",
    "English": "{words} yuan",
    "English with commas": "RMB {0:,}",
}


# Behind 万 and 亿 come four digits or none: 1亿5万 is no way to write 100,050,000.
FOUR = st.one_of(st.just(0), st.integers(1000, 9999))
NUMBERS = dict.fromkeys(NOTATIONS, st.one_of(st.integers(1, 20_000), st.integers(1, 10**12 - 1))) | {
    "万 and 亿": st.builds(
        lambda high, low, unit: (high * 10_000 + low) * unit, st.integers(1, 9999), FOUR, st.sampled_from((1, 10_000))
    )
}


def write(notation: str, number: int) -> str:
    return NOTATIONS[notation].format(
        number,
        full=str(number).translate(FULL),
        full_commas=f"{number:,}".translate(FULL),
        han=in_han(number),
        formal=in_han(number).translate(FORMAL),
        units=in_units(number),
        words=in_words(number),
    )


def read(written: str) -> float:
    text = f"共计{written}。" if not written.isascii() else f"It is {written}, they say."
    found = [one for one in find_values(text) if text[one.start : one.end] == written]
    assert len(found) == 1, (text, find_values(text))
    value = found[0].value
    assert value["kind"] == "money"
    assert value["min"] == value["max"]
    assert isinstance(value["min"], float)
    return value["min"]


@pytest.mark.parametrize("notation", NOTATIONS)
@given(data=st.data())
def test_number_comes_back_from_every_notation(notation: str, data: st.DataObject) -> None:
    number = data.draw(NUMBERS[notation])
    assert read(write(notation, number)) == number


@given(st.integers(1, 99_999), st.integers(0, 99), st.sampled_from([("万", 1e4), ("亿", 1e8), ("万亿", 1e12)]))
def test_decimals_with_a_scale_come_back(whole: int, hundredths: int, scale: tuple[str, float]) -> None:
    written = f"{whole}.{hundredths:02d}"
    expected = pytest.approx(float(written) * scale[1])
    assert read(f"{written}{scale[0]}元") == expected
    assert read(f"{written.translate(FULL)}{scale[0]}元") == expected


@pytest.mark.parametrize("notation", NOTATIONS)
@given(data=st.data())
def test_larger_number_is_read_as_larger(notation: str, data: st.DataObject) -> None:
    less, more = sorted(data.draw(st.lists(NUMBERS[notation], min_size=2, max_size=2, unique=True)))
    assert read(write(notation, less)) < read(write(notation, more))


@pytest.mark.parametrize("blur", ["近", "约", "超过", "不到", "nearly ", "about ", "over ", "up to "])
@given(number=st.integers(1, 10**6))
def test_blurred_number_lies_around_the_exact_one(blur: str, number: int) -> None:
    value = parse_value(f"{blur}{number}{'%' if blur.endswith(' ') else '元'}")
    assert value is not None
    exact = number / 100 if blur.endswith(" ") else float(number)
    low, high = value["min"], value["max"]
    assert low is None or float(low) <= exact * (1 + 1e-9)
    assert high is None or float(high) >= exact * (1 - 1e-9)
    assert low is not None or high is not None


@given(st.integers(1, 999), st.integers(1, 999), st.sampled_from(["-", "~", "至", "到", "—"]))
def test_range_has_both_its_ends(one: int, other: int, between: str) -> None:
    assume(one < other)
    value = parse_value(f"{one}{between}{other}万人")
    assert value == {"kind": "count", "min": one * 1e4, "max": other * 1e4, "unit": "人"}


def check_spans(text: str) -> None:
    end = 0
    for found in find_values(text):
        assert end <= found.start < found.end <= len(text)
        for edge in (found.start, found.end):
            assert not text[edge - 1 : edge + 1].isdigit() or not 0 < edge < len(text), (text, found)
        low, high = found.value.get("min"), found.value.get("max")
        assert low is None or high is None or float(low) <= float(high)
        end = found.end


@given(st.text())
def test_any_text_has_sound_spans(text: str) -> None:
    check_spans(text)


@given(st.text(alphabet=VALUE_CHARS, max_size=60))
def test_text_of_value_characters_has_sound_spans(text: str) -> None:
    check_spans(text)
    find_periods(text)


@given(st.lists(st.one_of(st.sampled_from(WORDS), st.text(alphabet=VALUE_CHARS, max_size=3)), max_size=12))
def test_text_of_value_words_has_sound_spans(pieces: list[str]) -> None:
    check_spans("".join(pieces))
    check_spans(" ".join(pieces))


@given(st.text(alphabet=VALUE_CHARS, max_size=60))
def test_values_do_not_depend_on_width(text: str) -> None:
    assume("，" not in text)
    wide = text.translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    assert [(found.start, found.end) for found in find_values(text)] == [
        (found.start, found.end) for found in find_values(wide)
    ]


HOSTILE = (
    "1_1,_1._1,111_1-_1/_一_百_零_一百_十万_万亿_一二三万_分之一_百分之_一分之_近_每_每千_1元/_1元/a_$_$1 _a_a1_a-1._"
    "one _two hundred and _half a _tens of _第一_第_前十_1月_1-1月_1月1日至_2025-_2025年_q1,_may _may 1-_in may _"
    "the 90s and _1:1_+1 _@_a@_www._aB 1 _Page 1-_壹_拾万_1年1个月_1小时1分_一个半_1 to 1 _between 1 and _-1%_负_ _\n"
).split("_")


@pytest.mark.timeout(40)
@pytest.mark.parametrize("piece", HOSTILE)
def test_work_grows_with_the_length_only(piece: str) -> None:
    """Linear work on these takes two seconds at most; work that grows with the square would take minutes."""
    length = 100_000
    check = find_values(piece * (length // len(piece)) + "5元")
    assert all(found.end <= length + 2 for found in check)
