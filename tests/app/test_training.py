"""Learning types on invented texts; what is learned answers without the library exactly as with it."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.real_rows import FOLDER
from benchmarks.suggest import TYPES, lessons_of, measure
from feishu_plugin.app.training import Lesson, better, learn, near_duplicates
from feishu_plugin.rules.learned import OTHER, Learned, parts_of, pieces
from feishu_plugin.rules.suggestion import Suggestion

NOW = datetime(2026, 9, 1, tzinfo=UTC)
PHRASES = {
    "problem": ("一点就闪退", "页面报错了", "打印机没反应", "数据对不上账", "登录后白屏"),
    "inquiry": ("请问在哪设置", "怎么修改地址", "想了解一下价格", "如何开通会员", "能否说明用法"),
    "suggestion": ("建议加大字体", "最好能排序", "可以考虑换颜色", "不妨合并按钮", "希望更直观些"),
}
_FILLER = "门店仓库订单客户商品报表系统页面会员库存账单活动短信标签渠道区域员工设备"


def lessons(count: int, options: Sequence[str] = tuple(PHRASES), seed: int = 1) -> list[Lesson]:
    """Rows that say one telling phrase among noise; every text is another one."""
    dice = Random(seed)
    found = []
    for n in range(count):
        option = options[n % len(options)]
        noise = ["".join(dice.choices(_FILLER, k=12)) for _ in range(2)]
        text = f"{noise[0][:6]}\n{noise[0]}，{dice.choice(PHRASES[option])}，{noise[1]}"
        found.append(Lesson(text=text, option=option))
    return found


@pytest.fixture(scope="module")
def learned() -> Learned:
    trial = learn(lessons(120), 30, NOW)
    assert trial is not None
    return trial.learned


def test_it_tells_what_it_has_not_seen(learned: Learned) -> None:
    asked = lessons(30, seed=2)

    right = sum(getattr(learned(one.text), "option", None) == one.option for one in asked)

    assert right >= 28
    assert learned.accuracy >= 0.9
    assert learned.rows == dict.fromkeys(PHRASES, 40)


def test_shares_are_those_of_the_library(learned: Learned) -> None:
    """The same vectors and the same machine, computed by scikit-learn from the same numbers."""
    numpy = pytest.importorskip("numpy")
    from sklearn.feature_extraction.text import TfidfVectorizer

    text = lessons(3, seed=3)[0].text
    score = numpy.array(learned.bias)
    for weights, part in zip((learned.whole, learned.title), parts_of(text), strict=True):
        reader = TfidfVectorizer(analyzer=pieces, sublinear_tf=True, vocabulary=dict(weights.places))
        reader.idf_ = numpy.array(weights.rarity)
        values = numpy.array(weights.values).reshape(-1, len(learned.options))
        score = score + (reader.transform([part]) @ values)[0]
    grown = numpy.exp(learned.sharpness * score)

    assert list(learned.shares(text).values()) == pytest.approx(list(grown / grown.sum()), abs=1e-6)


def test_it_survives_the_database_as_plain_data(learned: Learned) -> None:
    again = Learned.from_json(json.loads(json.dumps(learned.to_json())))

    assert again is not None
    for one in lessons(12, seed=4):
        assert again.shares(one.text) == pytest.approx(learned.shares(one.text), abs=1e-6)
    assert (again.at, again.accuracy, again.rows) == (learned.at, learned.accuracy, learned.rows)


@pytest.mark.parametrize(
    "change",
    [
        {"version": 2},
        {"bias": [0.0]},
        {"whole": {"pieces": ["a"], "rarity": "", "values": ""}},
        {"whole": None},
        {"title": {"pieces": ["a", "a"], "rarity": "AAAAAAAAAAA=", "values": "AAAA"}},
        {"sharpness": "much"},
        {"at": None},
    ],
)
def test_damaged_or_foreign_data_is_none(learned: Learned, change: dict[str, object]) -> None:
    """A row of the database can be wrong, but it never runs and never stops the judging."""
    assert Learned.from_json({**learned.to_json(), **change}) is None


def test_nothing_stored_is_none() -> None:
    assert Learned.from_json(None) is None
    assert Learned.from_json({}) is None


@given(st.text(max_size=80))
def test_any_text_has_an_answer(learned: Learned, text: str) -> None:
    shares, found = learned.shares(text), learned(text)

    assert not shares or sum(shares.values()) == pytest.approx(1)
    assert found is None or (found.option in PHRASES and 0 < found.confidence <= 1)


@pytest.mark.parametrize("text", ["", "\n", "qq", "\ud800", "\x00"])
def test_a_text_without_a_known_piece_has_no_type(learned: Learned, text: str) -> None:
    assert learned(text) is None


def test_a_sure_answer_is_right_more_often_than_an_unsure_one() -> None:
    """Half of the rows of two types say the same: there it must be unsure."""
    dice = Random(5)
    mixed = [
        Lesson(
            text=one.text,
            option=dice.choice(("problem", "inquiry")) if one.option != "problem" else one.option,
        )
        for one in lessons(240, ("problem", "inquiry"))
    ]
    trial = learn(mixed, 30, NOW)
    assert trial is not None
    asked = lessons(60, ("problem", "inquiry"), seed=6)

    sure = [found for one in asked if one.option == "problem" and (found := trial.learned(one.text))]
    unsure = [found for one in asked if one.option == "inquiry" and (found := trial.learned(one.text))]

    assert min(one.confidence for one in unsure) < 0.75
    assert sum(one.confidence for one in sure) / len(sure) > sum(one.confidence for one in unsure) / len(
        unsure
    )


@pytest.mark.parametrize(("count", "minimum"), [(0, 30), (30, 30), (89, 30), (4, 1)])
def test_too_few_rows_teach_nothing(count: int, minimum: int) -> None:
    trial = learn(lessons(count, ("problem", "inquiry", "suggestion")), minimum, NOW)

    assert trial is None or min(trial.learned.rows.values()) >= minimum


def test_one_type_alone_teaches_nothing() -> None:
    assert learn(lessons(60, ("problem",)), 30, NOW) is None


def test_rare_types_are_told_apart_but_never_suggested() -> None:
    """Forty rows of two rare types: a text like theirs gets no suggestion instead of a wrong one."""
    rare = [
        Lesson(text=one.text, option=f"rare{n % 2}") for n, one in enumerate(lessons(40, ("suggestion",)))
    ]
    trial = learn([*lessons(80, ("problem", "inquiry")), *rare], 30, NOW)
    assert trial is not None

    said = [trial.learned(one.text) for one in lessons(10, ("suggestion",), seed=7)]

    assert trial.learned.rows == {OTHER: 40, "inquiry": 40, "problem": 40}
    assert said.count(None) >= 9


def test_a_few_rows_of_a_rare_type_are_left_out() -> None:
    rare = [Lesson(text=one.text, option="rare") for one in lessons(8, ("suggestion",))]

    trial = learn([*lessons(80, ("problem", "inquiry")), *rare], 30, NOW)

    assert trial is not None
    assert trial.learned.options == ("inquiry", "problem")
    assert list(trial.said[-8:]) == [OTHER] * 8


def test_what_people_left_standing_teaches_but_is_not_counted() -> None:
    weak = [Lesson(text=one.text, option=one.option, weight=0.3) for one in lessons(60, seed=8)]

    trial = learn([*lessons(60), *weak], 30, NOW)

    assert trial is not None
    assert sum(trial.learned.rows.values()) == 120


def test_the_new_one_replaces_what_is_right_less_often() -> None:
    def silent(text: str) -> Suggestion | None:
        return None

    assert better(lessons(120), 30, NOW, silent) is not None


def test_what_is_as_good_stays() -> None:
    right = {one.text: one.option for one in lessons(120)}

    assert better(lessons(120), 30, NOW, lambda text: Suggestion(right[text], 0.9)) is None


def test_without_a_new_row_nothing_is_replaced() -> None:
    known = [Lesson(text=one.text, option=one.option, is_new=False) for one in lessons(120)]

    assert better(known, 30, NOW, lambda text: None) is None


def test_nearly_the_same_texts_are_one_group() -> None:
    texts = [
        "收银台白屏\n早上开门以后收银台一直白屏，重启两次都没有用，请帮忙看看",
        "如何导出\n想请教会员资料怎样导出成表格，找了半天没有找到按钮",
        "收银台又白屏\n早上开门以后收银台一直白屏，重启三次还是没有用，请帮忙看看",
    ]

    assert near_duplicates(texts) == [0, 1, 0]


@pytest.mark.unmeasured
@pytest.mark.skipif(not (FOLDER / TYPES).exists(), reason="the real texts are not beside the repository")
def test_real_texts_are_told_apart() -> None:
    """A small part of ``python -m benchmarks.suggest``; four types, so a guess is right in 37 %."""
    some = Random(1).sample(lessons_of(FOLDER / TYPES), 400)

    found = measure(some, sizes=())

    mean = next(iter(found.values()))[-1]
    assert mean["accuracy"] >= 0.65
