"""A message taken apart: charsets, markup, files and threads, however it is written."""

from email.header import Header

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feishu_plugin.sync.postbox.charsets import header_text, text_of
from feishu_plugin.sync.postbox.letters import bare_subject, cells, entry, numbers_in, said
from feishu_plugin.sync.postbox.mail import read_mail
from feishu_plugin.sync.postbox.markup import text_of_html
from feishu_plugin.sync.postbox.quoting import own_words
from tests.sync.postbox.written import AT, letter

TEXT = "用户䶮反馈：导出报错。"


@pytest.mark.parametrize("charset", ["gb2312", "GBK", "gb18030", "utf-8", "big5", "iso-2022-jp"])
def test_the_text_is_read_in_its_charset(charset: str) -> None:
    text = "使用者" if charset in ("big5", "iso-2022-jp") else "导出报错"
    raw = (
        b"Content-Type: text/plain; charset="
        + charset.encode()
        + b"\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
    )
    assert read_mail(raw + text.encode(charset)).text == text


def test_gb2312_may_hold_letters_of_its_supersets() -> None:
    assert text_of(TEXT.encode("gb18030"), "gb2312") == TEXT


@pytest.mark.parametrize("charset", ["", "us-ascii", "utf-8", "no-such-charset", "\x00"])
@pytest.mark.parametrize("real", ["utf-8", "gb18030"])
def test_a_wrong_or_missing_charset_is_guessed(charset: str, real: str) -> None:
    assert text_of(TEXT.encode(real), charset) == TEXT


def test_headers_come_encoded_split_and_raw() -> None:
    assert header_text(Header(TEXT, "utf-8", maxlinelen=30).encode()) == TEXT
    raw = f"Subject: {TEXT}\r\nFrom: 王敏 <wang@example.com>\r\n\r\n".encode("gb18030")
    mail = read_mail(raw)
    assert (mail.subject, mail.sender, mail.sender_name) == (TEXT, "wang@example.com", "王敏")


def test_a_letter_becomes_a_requirement() -> None:
    mail = read_mail(letter("我们需要批量导出。\n\n发自我的iPhone", subject="Re: 答复：回复: 批量导出"))
    assert cells(mail, AT) == {
        "title": "批量导出",
        "description": "我们需要批量导出。",
        "source": "mail",
        "contact": "王敏",
        "contact_way": "wang@example.com",
        "submitted_at": AT,
    }
    assert mail.message_id == "a1@example.com"


def test_a_requirement_always_has_a_title_and_no_date_to_come() -> None:
    assert cells(read_mail(letter("打不开\n请看", subject="")), AT)["title"] == "打不开"
    assert cells(read_mail(letter("", subject="Re:")), AT)["title"] == "（无主题）wang@example.com"
    early = AT.replace(year=2025)
    assert cells(read_mail(letter()), early)["submitted_at"] == early


def test_what_was_forwarded_is_kept_whole() -> None:
    text = "请处理\n\n-----原始邮件-----\n发件人: 李强\n报表打不开"
    assert "报表打不开" in said(read_mail(letter(text, subject="转发: 报表")))
    assert said(read_mail(letter(text, subject="报表"))) == "请处理"
    assert said(read_mail(letter("> 只有引用", subject="报表"))) == "只有引用"


def test_markup_becomes_lines() -> None:
    html = (
        "<html><head><style>p{}</style><title>x</title></head><body><p>第一行&nbsp;&lt;b&gt;</p>"
        "<div>第二行<br>第三行</div><script>alert(1)</script><ul><li>一</li><li>二</li></ul>"
        '<div class="gmail_quote">On x wrote:<blockquote>旧的</blockquote></div></body></html>'
    )
    assert own_words(text_of_html(html)) == "第一行 <b>\n\n第二行\n第三行\n一\n二"
    raw = b"Content-Type: text/html; charset=gbk\r\n\r\n" + "<p>你好<p>再见".encode("gbk")
    assert read_mail(raw).text == "你好\n再见"


@pytest.mark.parametrize(
    "quote",
    [
        '<div id="divRplyFwdMsg">From: x</div>',
        '<div id="isReplyContent">x</div>',
        "<includetail><div>x</div></includetail>",
        '<div id="mail-editor-reference-message-container">x</div>',
        '<blockquote type="cite">x</blockquote>',
    ],
)
def test_quoted_markup_is_left_out(quote: str) -> None:
    assert own_words(text_of_html(f"<div>好的</div>{quote}")) == "好的"


def test_files_keep_their_names_and_lose_their_folders() -> None:
    mail = read_mail(letter(files={"../../截图 1.png": b"x" * 10, "a\u202egnp.exe": b"y"}))
    names = [(file.name, file.content) for file in mail.files]
    assert names == [("_.._截图 1.png", b"x" * 10), ("agnp.exe", b"y")]


def test_more_files_than_fit_are_counted() -> None:
    mail = read_mail(letter(files={f"{n}.txt": b"x" for n in range(23)}))
    assert (len(mail.files), mail.left_out) == (20, 3)


def test_of_half_a_mail_no_file_is_taken() -> None:
    raw = letter("正文", files={"big.bin": b"x" * 9000})
    mail = read_mail(raw[:4000], whole=False)
    assert (mail.text, mail.files) == ("正文", ())


def test_a_mail_inside_a_mail_is_a_file() -> None:
    inner = letter("里面的", subject="里面")
    raw = (
        b"Subject: out\r\nContent-Type: multipart/mixed; boundary=B\r\n\r\n"
        b"--B\r\nContent-Type: text/plain\r\n\r\nout\r\n"
        b"--B\r\nContent-Type: message/rfc822\r\n\r\n" + inner + b"\r\n--B--\r\n"
    )
    mail = read_mail(raw)
    assert mail.text == "out"
    assert [file.name.endswith(".eml") for file in mail.files] == [True]


def test_a_thread_is_told_nearest_first() -> None:
    mail = read_mail(letter(In_Reply_To="<c@x>", References="<a@x> <b@x> <c@x>"))
    assert mail.references == ("c@x", "b@x", "a@x")


def test_numbers_are_found_in_subject_and_address() -> None:
    mail = read_mail(
        letter(subject="回复：【20260901-客服-001】已完成", Cc="service+20260901-A1-002@star.example")
    )
    assert numbers_in(mail) == ("20260901-A1-002", "20260901-客服-001")
    assert numbers_in(read_mail(letter(subject="订单 120260901-1-0011 2026-09-01"))) == ()


@pytest.mark.parametrize(
    "subject", ["Re: Fwd: 回复：转发: 标题", "RE[2]: 标题", "答复: 标题", "标题", "Re：标题"]
)
def test_prefixes_of_mail_programs_go(subject: str) -> None:
    assert bare_subject(subject) == "标题"


def test_a_reply_is_an_entry_that_says_who_and_when() -> None:
    mail = read_mail(letter("还是不行\n\n-----原始邮件-----\n旧的"))
    assert entry(mail, "2026-09-01 10:00", ["大.zip"]) == (
        "【2026-09-01 10:00 王敏】\n还是不行\n（附件未能保存 not kept: 大.zip）"
    )


def test_a_mail_without_an_id_gets_one_of_its_content() -> None:
    one, two = read_mail(letter("a", message_id="")), read_mail(letter("b", message_id=""))
    assert one.message_id != two.message_id == read_mail(letter("b", message_id="")).message_id


@settings(deadline=None)
@given(st.binary(max_size=500))
def test_no_bytes_are_too_broken(junk: bytes) -> None:
    mail = read_mail(junk)
    assert mail.message_id
    assert cells(mail, AT)["title"]


@settings(deadline=None)
@given(st.binary(max_size=120), st.integers(0, 600))
def test_a_letter_damaged_anywhere_is_still_one(junk: bytes, place: int) -> None:
    raw = letter("正文", html="<p>正文</p>", files={"a.txt": b"1"})
    mail = read_mail(raw[:place] + junk + raw[place:])
    assert cells(mail, AT)["title"]
    "".join(str(value) for value in cells(mail, AT).values()).encode("utf-8")
