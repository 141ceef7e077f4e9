"""Which texts and contacts are asked about; the false alarms matter as much as the hits."""

import pytest

from feishu_plugin.rules.quality import bad_contacts, is_vague
from tests.builders import policy

PARAMETERS = policy().parameters


@pytest.mark.parametrize(
    "text",
    ["不好用", "系统不好用，有问题！", "希望更便捷一些", "登录页面有问题", "体验差，请优化一下", "慢", "？"],
)
def test_a_text_without_a_matter_is_vague(text: str) -> None:
    assert is_vague(PARAMETERS, text)


@pytest.mark.parametrize(
    "text",
    [
        "导出有问题：点击导出按钮后提示 500，重试三次都一样",
        "收银台扫码后不打印小票",
        "导出报 500 错误",
        "希望更便捷地批量修改客户等级，现在要一条一条打开",
    ],
)
def test_a_text_with_a_matter_is_clear_whatever_words_it_uses(text: str) -> None:
    assert not is_vague(PARAMETERS, text)


@pytest.mark.parametrize(
    "text",
    [
        "13800138000", "+86 138 0013 8000", "138-0013-8000", "010-62345678", "0571 8765 4321", "400-800-8888",
        "87654321", "+1 415 555 2671", "li@example.com", "张经理 13800138000、zhang.w@mail.example.cn",
        "微信 abc123456789", "QQ 123456789", "前台转接", "电话：13800138000",
    ],
)  # fmt: skip
def test_what_leads_somewhere_is_not_named(text: str) -> None:
    assert bad_contacts(text) == []


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("1380013800", ["1380013800"]),
        ("138001380000", ["138001380000"]),
        ("li@example", ["li@example"]),
        ("@example.com，13800138000", ["@example.com"]),
        ("张三 12345678901", ["12345678901"]),
    ],
)
def test_what_cannot_be_reached_is_named(text: str, named: list[str]) -> None:
    assert bad_contacts(text) == named
