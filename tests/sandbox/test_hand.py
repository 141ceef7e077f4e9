"""A person at a terminal: what is typed becomes cells, and every mistake is one clear line."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from feishu_plugin.sandbox import hand
from tests.sandbox.bitable import Shop
from tests.sandbox.conftest import Sandbox

Said = tuple[int, str, str]
Typed = Callable[..., Said]


@pytest.fixture
def shop(sandbox: Sandbox) -> Shop:
    """A base with a table of orders that has a cell of every type."""
    return Shop(sandbox)


@pytest.fixture
def typed(sandbox: Sandbox, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Typed:
    """Types a command; its exit code and what it said."""
    ready = tmp_path / "sandbox.json"
    ready.write_text(json.dumps(sandbox.ready), encoding="utf-8")

    def run(*words: str) -> Said:
        code = hand.main(["--ready", str(ready), "--wait", "0", *words])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


CELLS = {
    "Title": "A lamp",
    "Amount": "12.50",
    "State": "Open",
    "Tags": "红、蓝",
    "Due": "2026-08-28",
    "Paid": "是",
    "Owner": "赵启明、高若溪",
    "Phone": "13800000000",
    "Web": "https://www.example.com",
}
SHOWN = {**CELLS, "Amount": "12.5", "Due": "2026-08-28 00:00", "Paid": "✓"}


def test_every_kind_of_cell_is_typed_and_read_as_people_do(shop: Shop, typed: Typed) -> None:
    added = typed("add", "林晓岚", "Orders", *(f"{name}={text}" for name, text in CELLS.items()))
    shown = typed("show", "Orders", "A lamp", *CELLS)

    assert added == (0, "没有别的变化 · nothing else changed\n", "")
    assert dict(line.split("：", 1) for line in shown[1].splitlines()) == SHOWN


def test_the_edit_is_the_persons_and_an_empty_value_clears(shop: Shop, typed: Typed) -> None:
    [row] = shop.add({"Title": "A lamp", "Amount": 3})

    typed("set", "周子墨", "Orders", "A lamp", "Amount=")

    fields = shop.ask("GET", f"records/{row}").data["record"]["fields"]
    assert "Amount" not in fields
    assert fields["Modifier"]["name"] == "周子墨"


def test_a_row_that_is_exactly_so_goes_before_one_that_holds_it(shop: Shop, typed: Typed) -> None:
    shop.add({"Title": "lamp", "Amount": 1}, {"Title": "lamp shade", "Amount": 2})

    assert typed("show", "Orders", "lamp", "Amount") == (0, "Amount：1\n", "")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("add", "谁", "Orders", "Title=x"), "没有这个人 nobody is called '谁'"),
        (("add", "林晓岚", "Nothing", "Title=x"), "没有这张表 no table 'Nothing'"),
        (("add", "林晓岚", "Orders", "Nothing=x"), "没有这一列 no such column: Nothing"),
        (("add", "林晓岚", "Orders", "Title"), "请写成 write 列=值: Title"),
        (("add", "林晓岚", "Orders", "Amount=many"), "Amount: 不是数字 no number: 'many'"),
        (("add", "林晓岚", "Orders", "Due=soon"), "不是时间 no moment: 'soon'"),
        (("add", "林晓岚", "Orders", "Site=here"), "飞书不接受 Feishu refuses it: 1254"),
        (("set", "林晓岚", "Orders", "lamp", "Title=x"), "2 行含有 rows hold 'lamp'"),
        (("show", "Orders", "chair"), "0 行含有 rows hold 'chair'"),
        (("card", "林晓岚", "nothing"), "林晓岚 没有这样的卡片 has no such card: nothing"),
        (("clock", "later"), "不是时间 no moment: 'later'"),
    ],
)
def test_a_mistake_is_one_line_that_says_what_is_wrong(
    words: tuple[str, ...], said: str, shop: Shop, typed: Typed
) -> None:
    shop.add({"Title": "A lamp"}, {"Title": "A lamp shade"})

    code, out, err = typed(*words)

    assert (code, out, err.count("\n")) == (1, "", 1)
    assert said in err


def test_without_a_base_or_a_sandbox_it_says_how_to_get_one(
    sandbox: Sandbox, typed: Typed, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "run feishu-plugin apply" in typed("base")[2]
    assert hand.main(["--ready", str(tmp_path / "none.json"), "base"]) == 1
    assert "start feishu-plugin sandbox --print-json" in capsys.readouterr().err
    (tmp_path / "gone.json").write_text('{"base_url": "http://127.0.0.1:9"}', encoding="utf-8")
    assert hand.main(["--ready", str(tmp_path / "gone.json"), "base"]) == 1
    assert "no sandbox answers at http://127.0.0.1:9" in capsys.readouterr().err


def test_the_clock_is_set_stepped_and_shown(sandbox: Sandbox, typed: Typed) -> None:
    assert typed("clock", "2026-08-24T09:05") == (0, "2026-08-24 09:05\n", "")
    assert typed("clock", "15m")[1] == "2026-08-24 09:20\n"
    assert typed("clock", "2h")[1] == "2026-08-24 11:20\n"
    assert typed("clock", "1d")[1] == "2026-08-25 11:20\n"
    assert typed("clock")[1] == "2026-08-25 11:20\n"


def test_the_settings_are_those_of_this_sandbox_without_its_limits(sandbox: Sandbox, typed: Typed) -> None:
    sandbox.control("PUT", "/switches", json={"rate_limits": True})

    found = dict(line.split("=", 1) for line in typed("settings")[1].splitlines())

    assert found["FEISHU_BASE_URL"] == sandbox.url
    assert found["FEISHU_APP_SECRET"] == sandbox.ready["app_secret"]
    assert sandbox.control("GET", "/switches")["rate_limits"] is False
