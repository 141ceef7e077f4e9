"""E-mail addresses in what people typed."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feishu_plugin.rules.addresses import address_in, masked


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("wang@example.com", "wang@example.com"),
        (" 138 0000 0000 / wang.min+vip@Example.COM ", "wang.min+vip@example.com"),
        ("王敏 <wang@example.com>", "wang@example.com"),
        ("邮箱：wang@mail.example.com.cn。", "wang@mail.example.com.cn"),
        ("wang@公司.中国", "wang@xn--55qx5d.xn--fiqs8s"),
        ("first@example.com, second@example.com", "first@example.com"),
    ],
)
def test_an_address_is_found(text: str, address: str) -> None:
    assert address_in(text) == address


@pytest.mark.parametrize(
    "text",
    [
        "", "138 0000 0000", "wang@localhost", "wang@", "@example.com", "wang@10.0.0.1", "wang@example..com",
        "wang.@example.com", "wang@-example.com", "王敏@example.com", f"{'x' * 65}@example.com",
        f"wang@{'x' * 64}.com", "wang@example.com@evil.com",
    ],
)  # fmt: skip
def test_what_is_not_surely_an_address_is_none(text: str) -> None:
    assert address_in(text) == ""


@settings(deadline=None)
@given(st.text(st.one_of(st.sampled_from('a@.\r\n <>,;:"()[]-_'), st.characters()), max_size=80))
def test_whatever_is_found_can_stand_in_a_header_and_in_smtp(text: str) -> None:
    address = address_in(text)

    assert address.isascii()
    assert not set(address) & set(' \t\r\n<>(),;:\\"[]')
    assert address.count("@") == (1 if address else 0)
    assert address_in(address) == address


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("li.lei@example.com", "li***@example.com"),
        ("li@a.cn", "l***@a.cn"),
        ("l@a.cn", "l***@a.cn"),
        ("", ""),
    ],
)
def test_an_address_is_shown_in_part(address: str, shown: str) -> None:
    assert masked(address) == shown
