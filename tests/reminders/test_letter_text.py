"""Mails to customers: warm, short, in their language, and nothing that somebody typed becomes markup."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feishu_plugin.policy import Template
from feishu_plugin.ports import Letter
from feishu_plugin.records import Record
from feishu_plugin.reminders.form_link import SharedForm
from feishu_plugin.reminders.letter_text import FOOTER, LetterText, letter_text, mail_rows
from feishu_plugin.reminders.letters import mail_facts
from feishu_plugin.reminders.templates import MAIL_FACTS, plain, template_problems
from tests.reminders.mails import arrived, part, shown
from tests.reminders.samples import PACKAGED, POLICY, at, requirement, template, with_templates

GOLDEN = Path(__file__).parents[1] / "golden" / "mails"
EVENTS = [
    event
    for event in dict.fromkeys(row.event for row in PACKAGED.templates if row.channel == "mail")
    if event != FOOTER
]
LANGUAGES = ("zh", "en")
FORM = SharedForm(
    url="https://sandbox.feishu.cn/share/base/form/shrTest",
    titles={
        "number": "需求编号 / Requirement number",
        "confirmation": "问题解决了吗 / Is it solved?",
        "unsubscribe": "不再接收这类邮件 / No more of these mails, please",
    },
    options={"confirmation": {"solved": "已解决", "unsolved": "未解决"}},
)
CUSTOMER = Record(record_id="rec_star", values={"name": "星河公司", "contact": "王敏 采购经理"})
RECORD = requirement(
    status="done",
    number="20260901-研发-001",
    result="已在设置里增加“导出为 Excel”。\n请刷新页面后再试：**设置 → 导出**。",
    risk="内部：预算不足",
    remark="内部备注",
    void_reason="other",
)
FACTS = mail_facts(POLICY, RECORD, CUSTOMER, FORM)


def text_of(event: str, language: str = "zh", **facts: str) -> LetterText:
    found = letter_text(POLICY, PACKAGED, event, language, FACTS | facts)
    assert found is not None
    return found


def letter(written: LetterText, to_name: str = "王敏 采购经理", unsubscribe: str = "") -> Letter:
    return Letter(
        identity="bascnTests:mail:finished:rec1:1:rec_star",
        thread="bascnTests:rec1",
        to="wang@example.com",
        to_name=to_name,
        subject=written.subject,
        text=written.text,
        html=written.html,
        at=at("09-04 10:00"),
        unsubscribe=unsubscribe,
    )


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("event", EVENTS)
def test_a_mail_is_as_it_was_approved(event: str, language: str, update_goldens: bool) -> None:
    golden = GOLDEN / f"{event}.{language}.txt"
    text = shown(letter(text_of(event, language), unsubscribe=FACTS["unsubscribe_link"]))

    if update_goldens:
        golden.write_text(text, encoding="utf-8")

    assert golden.read_text(encoding="utf-8") == text


def test_no_golden_mail_is_left_behind() -> None:
    wanted = {f"{event}.{language}.txt" for event in EVENTS for language in LANGUAGES}

    assert {path.name for path in GOLDEN.iterdir()} == wanted


def test_the_packaged_mails_name_only_what_a_customer_may_know() -> None:
    assert list(template_problems(t for t in PACKAGED.templates if t.channel == "mail")) == []


def test_a_mail_that_names_what_is_only_for_the_team_is_told_in_its_row() -> None:
    row = template("received", audience=("customer",), channel="mail", body="{{ note }}")

    [(place, problem)] = template_problems([row])
    assert place == 0
    assert problem.startswith("「正文」里这个事件没有 {{ note }}。可用：number、title、customer")


@pytest.mark.parametrize("event", EVENTS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_internal_is_in_a_mail(event: str, language: str) -> None:
    found = text_of(event, language)

    for secret in ("内部", "李雷", "ou_"):
        assert secret not in found.text + found.html + found.subject


def test_the_customer_hears_the_result_with_its_line_breaks() -> None:
    found = text_of("finished")

    assert "已在设置里增加“导出为 Excel”。\n请刷新页面后再试：**设置 → 导出**。" in found.text
    assert "请刷新页面后再试：&#42;&#42;设置 → 导出&#42;&#42;。" in found.html


def test_a_customer_who_already_confirmed_is_not_asked_again() -> None:
    facts = mail_facts(POLICY, requirement(status="done", confirmation="solved"), CUSTOMER, FORM)

    found = letter_text(POLICY, PACKAGED, "finished", "zh", facts)

    assert found is not None
    assert "解决了吗" not in found.text
    assert "请确认" not in found.subject


@pytest.mark.parametrize(("event", "asks"), [("finished", "请回信告诉我们"), ("survey", "请回信告诉我们")])
def test_without_a_shared_form_the_customer_is_asked_to_answer_by_mail(event: str, asks: str) -> None:
    found = letter_text(POLICY, PACKAGED, event, "zh", mail_facts(POLICY, RECORD, CUSTOMER, None))

    assert found is not None
    assert asks in found.text
    assert "http" not in found.text
    assert "<a " not in found.html


def test_the_links_lead_to_the_form_with_the_answer_filled_in() -> None:
    found = text_of("finished")

    solved = (
        "https://sandbox.feishu.cn/share/base/form/shrTest"
        "?prefill_%E9%9C%80%E6%B1%82%E7%BC%96%E5%8F%B7%20%2F%20Requirement%20number=20260901-%E7%A0%94%E5%8F%91-001"
        "&prefill_%E9%97%AE%E9%A2%98%E8%A7%A3%E5%86%B3%E4%BA%86%E5%90%97%20%2F%20Is%20it%20solved%3F"
        "=%E5%B7%B2%E8%A7%A3%E5%86%B3"
    )
    assert f"已解决：{solved}\n" in found.text
    assert f'href="{solved.replace("&", "&amp;")}"' in found.html


def test_a_form_that_does_not_ask_for_a_number_is_linked_as_it_is() -> None:
    assert SharedForm(url="https://a.cn/f").link(number="N-1") == "https://a.cn/f"
    assert (
        SharedForm(url="https://a.cn/f?x=1", titles={"number": "号"})
        .link(number="N 1")
        .endswith("?x=1&prefill_%E5%8F%B7=N%201")
    )


@pytest.mark.parametrize("url", ["", "javascript:alert(1)", "lark://x"])
def test_a_form_without_a_web_address_has_no_link(url: str) -> None:
    assert SharedForm(url=url, titles={"number": "号"}).link(number="N-1") == ""


def test_another_language_stands_in_for_one_that_has_no_row() -> None:
    policy = with_templates(POLICY, mail("received", title="只有中文", body="{{ number }}"))

    found = letter_text(policy, PACKAGED, "received", "en", FACTS)

    assert found is not None
    assert found.subject == "只有中文"


def test_the_packaged_mail_stands_in_for_one_that_cannot_be_used() -> None:
    policy = with_templates(POLICY, mail("received", body="{% for x in number %}{% endfor %}"))

    found = letter_text(policy, PACKAGED, "received", "zh", FACTS)

    assert found is not None
    assert "已经收到" in found.text


def test_a_mail_that_the_team_switched_off_is_none() -> None:
    policy = replace(POLICY, templates=tuple(t for t in POLICY.templates if t.event != "received"))

    assert letter_text(policy, PACKAGED, "received", "zh", FACTS) is None


@pytest.mark.parametrize("rows", [(), ("星河客服",)], ids=["no footer", "a footer of their own"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_mail_can_be_ended(rows: tuple[str, ...], language: str) -> None:
    others = tuple(t for t in POLICY.templates if t.event != "mail_footer")
    policy = replace(POLICY, templates=(*others, *(mail("mail_footer", body=row) for row in rows)))

    found = letter_text(policy, PACKAGED, "received", language, FACTS)

    assert found is not None
    assert FACTS["unsubscribe_link"] in found.text
    assert FACTS["unsubscribe_link"].replace("&", "&amp;") in found.html


def test_only_our_own_links_become_links() -> None:
    policy = with_templates(
        POLICY, mail("received", body="[点这里]({{ title }}) [又](https://evil.example) {{ title }}")
    )

    found = letter_text(policy, PACKAGED, "received", "zh", FACTS | {"title": "javascript:alert(1)"})

    assert found is not None
    assert [link for link in re.findall(r'href="([^"]*)"', found.html) if "shrTest" not in link] == []
    assert "[又](https://evil.example) javascript:alert(1)" in found.text


def mail(event: str, **values: str) -> Template:
    return template(event, audience=("customer",), channel="mail", **values)


class Tags(HTMLParser):
    """The tags and attributes of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, tuple[str, ...]]] = []
        self.links: list[str | None] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, tuple(name for name, _ in attrs)))
        self.links += [value for name, value in attrs if name == "href"]


TYPED = st.text(
    st.one_of(st.sampled_from("<>&\"'*[](){}%\r\n\x00\u2028\ue000\ue001\ue002甲a"), st.characters()),
    max_size=60,
)


@settings(deadline=None)
@given(
    st.dictionaries(st.sampled_from(["title", "result", "customer", "number"]), TYPED),
    st.sampled_from(EVENTS),
)
def test_whatever_was_typed_is_shown_as_it_is(facts: dict[str, str], event: str) -> None:
    calm = {key: "甲" for key, value in facts.items()}
    with_typed, plain_page = (text_of(event, "zh", **given_facts) for given_facts in (facts, calm))

    def tags(written: LetterText) -> set[tuple[str, tuple[str, ...]]]:
        return set(Tags(written.html).found) - {("b", ()), ("p", ()), ("br", ())}

    assert tags(with_typed) <= tags(plain_page)
    own = {FACTS[key] for key in MAIL_FACTS if key.endswith("_link")}
    assert set(Tags(with_typed.html).links) <= own
    assert "\n" not in with_typed.subject


@settings(deadline=None)
@given(TYPED, TYPED)
def test_no_header_can_be_smuggled_in(name: str, title: str) -> None:
    written = text_of("received", number=title)
    sent = letter(replace(written, subject=written.subject), to_name=plain(name))

    mail = arrived(sent)

    usual = set(arrived(letter(text_of("received"))).keys())
    assert set(mail.keys()) == usual
    assert [address.addr_spec for address in mail["To"].addresses] == ["wang@example.com"]
    assert part(mail, "plain").strip() == written.text.replace("\r\n", "\n").strip()


def test_every_mail_has_rows_in_both_languages() -> None:
    for event in (*EVENTS, "mail_footer"):
        assert {row.language for row in mail_rows(PACKAGED, event)} == {"zh", "en"}
