import random

import pytest

from qa.copies import may_be_same, same_text, shingles, sketch

TEXT = "可灵AI发布2.1版本，近七成收入由专业创作者贡献，管理层表示出海是下一步的增长焦点。"


@pytest.mark.parametrize(
    "copy",
    [
        TEXT,
        TEXT.replace("，", " , "),
        "可靈AI發布2.1版本，近七成收入由專業創作者貢獻，管理層表示出海是下一步的增長焦點。",
        "另据报道，" + TEXT,
    ],
)
def test_script_spacing_and_a_few_words_do_not_make_another_text(copy: str):
    assert same_text(shingles(TEXT), shingles(copy))


@pytest.mark.parametrize(
    "other",
    [
        "快手一季度平均日活跃用户为4.08亿，同比增长3.6%。",
        TEXT * 2 + "此外还有很多其他的内容，与上文毫无关系，讲的是另外一件事情。" * 3,
        "",
    ],
)
def test_another_text_and_a_longer_one_are_no_copies(other: str):
    assert not same_text(shingles(TEXT), shingles(other))


def test_a_sketch_never_hides_a_copy():
    dice = random.Random(7)
    alphabet = "可灵快手收入增长第一季度用户公司发布视频模型abc 123，。"
    same = 0
    for _ in range(400):
        one = "".join(dice.choices(alphabet, k=dice.randrange(0, 400)))
        letters = list(one)
        for _ in range(dice.choice((0, 1, 3, 10, 60))):
            letters.insert(dice.randrange(len(letters) + 1), dice.choice(alphabet))
        other = "".join(letters)
        if same_text(shingles(one), shingles(other)):
            same += 1
            assert may_be_same(sketch(one), sketch(other))
            assert may_be_same(sketch(other), sketch(one))
    assert same > 100


def test_a_sketch_tells_unlike_texts_apart_at_once():
    other = "快手一季度平均日活跃用户为4.08亿，同比增长3.6%。平均月活跃用户为7.12亿，同比增长2.1%。"
    assert not may_be_same(sketch(TEXT), sketch(other))
