"""What is wrong with a setting, in both languages; never its value, which may be a secret."""

from collections.abc import Mapping, Sequence
from typing import Any

from feishu_plugin.language import Phrase


def about(setting: str, why: Phrase) -> Phrase:
    """What is wrong with it, told of a setting."""
    return Phrase(f"{setting} {why.zh}", f"{setting} {why.en}")


def needs(setting: str, other: str) -> Phrase:
    """One setting makes sense with another only."""
    return Phrase(f"{setting} 还需要 {other}", f"{setting} needs {other}")


def must_be(setting: str, form: Phrase | str) -> Phrase:
    """A setting is not written as it should be."""
    zh, en = (form.zh, form.en) if isinstance(form, Phrase) else (form, form)
    return Phrase(f"{setting} 应写成 {zh}", f"{setting} must be {en}")


def loopback_only(setting: str) -> Phrase:
    """A setting is for a sandbox on this machine."""
    return Phrase(
        f"{setting} 只能与本机的 FEISHU_BASE_URL 一起用", f"{setting} needs FEISHU_BASE_URL on loopback"
    )


def all_wrong(phrases: Sequence[Phrase]) -> Phrase:
    """Several complaints as one."""
    return Phrase("；".join(one.zh for one in phrases), "; ".join(one.en for one in phrases))


def told(found: Mapping[str, Any]) -> Phrase:
    """An error of pydantic: ours as it was raised, those of the library in our words."""
    more = found.get("ctx", {})
    kind = str(found["type"])
    if kind == "value_error" and isinstance(ours := more["error"].args[0], Phrase):
        why = ours
    elif kind == "literal_error":
        zh, en = str(more["expected"]).replace(" or ", " 或 "), more["expected"]
        why = Phrase(f"应为 {zh}", f"must be {en}")
    else:
        why = _OF_THE_LIBRARY.get(kind) or Phrase(str(found["msg"]), str(found["msg"]))
    name = found["loc"][0] if found["loc"] else ""
    return Phrase(f"{name}：{why.zh}", f"{name}: {why.en}") if name else why


_OF_THE_LIBRARY = {
    "int_parsing": Phrase("应为整数", "must be a whole number"),
    "greater_than_equal": Phrase("不能小于 0", "must not be below 0"),
    "bool_parsing": Phrase("应为 1 或 0", "must be 1 or 0"),
    "string_too_short": Phrase("不能为空", "must not be empty"),
}

ONE_MAILBOX_EACH = Phrase(
    "FEISHU_PLUGIN_MAILBOX：每个多维表格一个邮箱，?base= 写 FEISHU_BASE_TOKEN 里的一个",
    "FEISHU_PLUGIN_MAILBOX: one mailbox for each base, ?base= with a base of FEISHU_BASE_TOKEN",
)
WEBHOOK_FORM = Phrase(
    "FEISHU_PLUGIN_WEBHOOKS：每个都要写成 https://…|whsec_…；http 只能用于本机",
    "FEISHU_PLUGIN_WEBHOOKS: each must be https://…|whsec_…; http is for loopback only",
)
WEBHOOK_SECRET = Phrase(
    "FEISHU_PLUGIN_WEBHOOKS：密钥是 whsec_ 加 24 到 64 字节的 base64",
    "FEISHU_PLUGIN_WEBHOOKS: a secret is whsec_ and 24 to 64 bytes in base64",
)
NAMED_KEYS = Phrase(
    "FEISHU_PLUGIN_INTAKE_KEYS：每个密钥要有自己的名称，如 工单系统:KEY",
    "FEISHU_PLUGIN_INTAKE_KEYS: each key needs a name of its own, such as 工单系统:KEY",
)
ASCII_KEYS = Phrase(
    "FEISHU_PLUGIN_INTAKE_KEYS：密钥只能用 ASCII 字符",
    "FEISHU_PLUGIN_INTAKE_KEYS: a key may have ASCII characters only",
)
MAIL_IS_SEALED = Phrase(
    "FEISHU_PLUGIN_SMTP_SECURITY=none 只能用于本机，请用 starttls 或 tls",
    "FEISHU_PLUGIN_SMTP_SECURITY=none is accepted on loopback only; use starttls or tls",
)
MAIL_ACCOUNT = Phrase(
    "FEISHU_PLUGIN_SMTP_USER 和 FEISHU_PLUGIN_SMTP_PASSWORD 要一起设置",
    "FEISHU_PLUGIN_SMTP_USER and FEISHU_PLUGIN_SMTP_PASSWORD need each other",
)
A_KEY_AND_ITS_BASE = Phrase(
    "name:key@base，base 是 FEISHU_BASE_TOKEN 里的一个", "name:key@base, with a base of FEISHU_BASE_TOKEN"
)
A_BASE_FOR_THE_FORM = Phrase(
    "1（只有一个多维表格时），否则写 FEISHU_BASE_TOKEN 里的一个",
    "1 with one base, else a base of FEISHU_BASE_TOKEN",
)
A_MAIL_SERVER = Phrase("host:port，如 smtp.example.com:587", "host:port, such as smtp.example.com:587")
SITES = Phrase("网址，如 https://www.example.com", "addresses such as https://www.example.com")
AN_ADDRESS = Phrase(
    "应为地址，如 https://open.feishu.cn", "must be an address such as https://open.feishu.cn"
)
SEALED = Phrase("http 只能用于本机，请用 https", "plain http is accepted on loopback only; use https")
