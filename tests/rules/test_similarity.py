"""What is alike, and that fingerprints find it; ``benchmarks.likeness`` measures it on real titles."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feishu_plugin.rules.similarity import fingerprint, pairs, score

THRESHOLD = 0.6
"""As packaged."""
LONG = "每月初财务导出三个月的对账报表时页面一直转圈，等十分钟后提示超时"


def alike(one: str, other: str) -> float:
    return score((one, ""), (other, ""))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("导出报表非常慢", "导出报表非常慢！"),
        ("ＡＰＰ登录失败", "app 登录失败"),
        ("收银台扫码支付后订单状态不更新", "收银台扫码支付后，订单状态没有更新"),
        ("导出报表时等待太久", "导出报表时要等待太久了"),
    ],
)
def test_the_same_in_other_words_is_alike(one: str, other: str) -> None:
    assert alike(one, other) >= THRESHOLD
    assert set(fingerprint(one, "")) & set(fingerprint(other, ""))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("导出报表非常慢", "希望支持微信登录"),
        ("巡检记录 17", "巡检记录 18"),
        ("登录", "登录"),
        ("", ""),
        ("。。。", "。。。"),
    ],
)
def test_other_matters_series_and_single_words_are_not_alike(one: str, other: str) -> None:
    assert alike(one, other) < THRESHOLD


def test_equal_descriptions_are_alike_whatever_their_titles() -> None:
    assert score(("报表问题", LONG), ("求助", LONG)) == 1.0
    assert set(fingerprint("报表问题", LONG)) & set(fingerprint("求助", LONG))


def test_a_title_is_not_found_by_a_description() -> None:
    assert not set(fingerprint(LONG, "")) & set(fingerprint("", LONG))


def test_fingerprints_stay_the_same_for_ever() -> None:
    """The ones in the store were made by earlier versions."""
    assert fingerprint("导出报表非常慢", "")[:2] == (4061161228, 3780774073)


@given(st.text(max_size=60), st.text(max_size=60))
def test_likeness_is_mutual_and_a_share(one: str, other: str) -> None:
    assert alike(one, other) == alike(other, one)
    assert 0 <= alike(one, other) <= 1
    assert alike(one, one) == (1.0 if len(pairs(one)) >= 3 else 0.0)
