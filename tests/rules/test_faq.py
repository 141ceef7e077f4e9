"""Which published entry answers what people write."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feishu_plugin.records import Record
from feishu_plugin.rules.faq import Faq, in_words
from feishu_plugin.rules.similarity import fingerprint
from tests.builders import requirement

EXPORT, BILL = "怎么导出上个月的销售报表给财务", "电子发票在哪里下载"
LEAST = 0.6


def entry(record_id: str, question: str, answer: str = "请看帮助页面") -> Record:
    return Record(record_id=record_id, values={"question": question, "answer": answer, "published": True})


SHELF = Faq([entry("recExport", EXPORT), entry("recBill", BILL)])


def found(faq: Faq, title: str, description: str = "", least: float = LEAST) -> str:
    asked = requirement(title=title, description=description)
    row = faq.find(asked, fingerprint(title, description), least)
    return row.record_id if row else ""


@pytest.mark.parametrize(
    ("title", "description", "answered_by"),
    [
        ("怎样导出上个月的销售报表给财务？", "", "recExport"),
        ("电子发票在哪里可以下载", "客户着急", "recBill"),
        ("客户来电", "请问怎么导出上个月的销售报表给财务，谢谢", "recExport"),
        ("登录页面打不开", "一直转圈，没有任何提示信息", ""),
        ("导出", "", ""),
    ],
)
def test_a_question_is_known_again(title: str, description: str, answered_by: str) -> None:
    assert found(SHELF, title, description) == answered_by


def test_the_closest_one_answers_and_the_team_says_how_close_it_must_be() -> None:
    faq = Faq([entry("recYear", "怎么导出上一年的销售报表给财务"), entry("recExport", EXPORT)])

    assert found(faq, "怎么导出上个月的销售报表给财务看") == "recExport"
    assert found(SHELF, "怎样导出上个月的销售报表给财务？", least=0.99) == ""


@pytest.mark.parametrize("hollow", [entry("rec1", "", "有答案"), entry("rec1", EXPORT, " ")])
def test_an_entry_without_question_or_answer_helps_nobody(hollow: Record) -> None:
    assert Faq([hollow]).rows == {}


def test_what_is_renewed_or_dropped_is_not_found_by_what_it_said() -> None:
    faq = Faq([entry("recExport", EXPORT)])
    faq.put(entry("recExport", BILL))

    assert (found(faq, EXPORT), found(faq, BILL)) == ("", "recExport")
    faq.drop("recExport")
    assert found(faq, BILL) == ""


def test_a_card_gets_a_short_answer() -> None:
    said = in_words(entry("rec1", EXPORT, "答" * 1000))

    assert said.startswith(f"知识库 FAQ「{EXPORT}」：答")
    assert said.endswith("答…")
    assert len(said) < 400


@given(st.permutations(["recA", "recB", "recC", "recD"]))
def test_the_order_in_which_entries_come_decides_nothing(ids: list[str]) -> None:
    assert found(Faq(entry(one, EXPORT) for one in ids), EXPORT) == "recA"
