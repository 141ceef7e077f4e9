"""Own words of a mail, in the styles of many clients; a sentence of the writer is never lost."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feishu_plugin.sync.postbox.quoting import own_words

OWN = "请问导出按钮在哪里？\n我找了很久。"

QUOTED = {
    "QQ": """------------------ 原始邮件 ------------------
发件人: "星河客服" <service@star.example>;
发送时间: 2026年9月1日(星期二) 上午10:00
收件人: "王敏"<wang@example.com>;
主题: 已收到您的需求

您好，我们已收到。""",
    "QQ mobile": """---原始邮件---
发件人: "星河客服"<service@star.example>
发送时间: 2026年9月1日(周二) 上午10:00
收件人: "王敏"<wang@example.com>;

您好""",
    "163": """在 2026-09-01 10:00:00，"星河客服" <service@star.example> 写道：

您好，我们已收到。""",
    "163 English": """At 2026-09-01 10:00:00, "service" <service@star.example> wrote:
>您好，我们已收到。
>谢谢""",
    "NetEase Master": """---- 回复的原邮件 ----
| 发件人 | 星河客服<service@star.example> |
| 日期 | 2026年09月01日 10:00 |

您好""",
    "Outlook zh": """________________________________
发件人: 星河客服 <service@star.example>
发送时间: 2026年9月1日 10:00
收件人: 王敏 <wang@example.com>
主题: 已收到您的需求

您好""",
    "Outlook en": """From: Star Service <service@star.example>
Sent: Tuesday, September 1, 2026 10:00 AM
To: Wang Min <wang@example.com>
Subject: We have received it

Hello""",
    "Outlook bold": """**From:** Star Service <service@star.example>
**Sent:** Tuesday, September 1, 2026 10:00 AM
**To:** Wang Min
**Subject:** Received

Hello""",
    "Outlook original": """-----Original Message-----
From: Star Service
Hello""",
    "Gmail": """On Tue, Sep 1, 2026 at 10:00 AM Star Service <service@star.example> wrote:

> Hello
> we have received it""",
    "Gmail broken": """On Tue, Sep 1, 2026 at 10:00 AM Star Service and Friends of it
<service@star.example> wrote:

> Hello""",
    "Gmail zh": """星河客服 <service@star.example> 于2026年9月1日周二 10:00写道：

> 您好""",
    "Apple zh": """> 在 2026年9月1日，10:00，星河客服 <service@star.example> 写道：
>
> 您好""",
    "Foxmail": """发件人： 星河客服
发送时间： 2026-09-01 10:00
收件人： 王敏
主题： 已收到
您好""",
    "Traditional": """星河客服 <service@star.example> 於 2026年9月1日 週二 上午10:00寫道：
> 您好""",
    "forward": """Begin forwarded message:

From: somebody
Date: today""",
    "signature": """-- \n王敏 采购部\n电话 010-0000""",
    "iPhone zh": "发自我的 iPhone",
    "iPhone en": "Sent from my iPhone",
    "QQ app": "发自我的企业微信",
    "Outlook app": "获取 Outlook for iOS",
    "Huawei": "发自我的华为手机",
    "Mail for Windows": "从 Windows 版邮件发送",
    "regards": "Best regards,\n\nWang Min\nPurchasing\n+86 10 0000",
    "zh closing": "此致\n敬礼！\n王敏".replace("！", ""),
    "disclaimer": "This e-mail and any attachments are confidential and intended solely for the addressee.",
}


@pytest.mark.parametrize("style", QUOTED)
def test_only_the_writers_words_are_left(style: str) -> None:
    assert own_words(f"{OWN}\n\n{QUOTED[style]}\n") == OWN


def test_answers_between_the_lines_are_kept() -> None:
    text = (
        "On Tue, Sep 1, 2026 Star <s@star.example> wrote:\n> Which version?\n3.2\n> Which browser?\nFirefox"
    )
    assert own_words(text) == "3.2\nFirefox"


@pytest.mark.parametrize(
    "text",
    [
        "发件人: 这一列能不能改名？\n我们不需要它。",
        "From: 这个字段是什么意思？\n请说明。",
        "他在会上写道：这个功能很重要。\n我们同意。",
        "-- 不是签名\n正文",
        "谢谢！\n另外，导入也出错了。",
        "Best regards,\n王敏\n附言：请尽快修复登录问题，我们有三十个人在等，现在每天手工登记。",
        "我们从手机邮箱登录时报错，原因是验证码总是过期，请帮忙查一下。",
        "价格 > 100 的订单看不到",
    ],
)
def test_what_only_looks_like_a_mark_stays(text: str) -> None:
    assert own_words(text) == text


def test_nothing_is_left_of_a_mail_that_only_quotes() -> None:
    assert own_words(QUOTED["QQ"]) == ""


@settings(deadline=None)
@given(st.text(alphabet=st.characters(categories=["L", "N", "P", "Z"]), max_size=300))
def test_any_text_is_cut_at_most(text: str) -> None:
    found = own_words(text)
    assert own_words(found) == found or len(own_words(found)) < len(found)
    assert set(found) <= set(text.replace("\xa0", " ")) | {"\n"}


@pytest.mark.parametrize(
    "line", ["发件人: x", "x 写道：", "On x y z wrote:", "Best regards,", ">", "   ", "<a@b"]
)
def test_a_hostile_mail_costs_little(line: str) -> None:
    """Quadratic work would take minutes."""
    own_words(f"{line}\n" * 50_000)
    own_words(line * 50_000)
