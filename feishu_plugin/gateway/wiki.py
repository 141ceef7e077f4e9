"""Which base an address means: a base lives at ``/base/<token>``, or in a wiki under a node of its own.

Source: open.feishu.cn, wiki/v2 "Get node information"; it needs the right to read that wiki.
"""

import re
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from feishu_plugin.errors import FeishuRefused, SettingsError
from feishu_plugin.gateway.http import Feishu
from feishu_plugin.gateway.structure import BASE
from feishu_plugin.language import Phrase

NODE = "/open-apis/wiki/v2/spaces/get_node"

NO_BASE = frozenset({91402, 1254003, 1254040})
"""What bitable answers to a token that is not a base's, a wiki node's for example."""
_TOKEN = re.compile(r"[0-9A-Za-z]{10,64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """What people copy from the address bar: ``kind`` is ``base``, ``wiki``, or empty for a bare token."""

    kind: str
    token: str
    table: str = ""
    """The table id of ``?table=``, if the address names one."""


def address_of(text: str) -> Address:
    """Reads a base address, a wiki address or a token; SettingsError when it is none of them."""
    if _TOKEN.fullmatch(text.strip()):
        return Address(kind="", token=text.strip())
    parts = urlsplit(text.strip())
    found = re.search(r"/(base|wiki)/([0-9A-Za-z]+)", parts.path)
    if not parts.scheme or found is None:
        raise SettingsError(
            Phrase(
                f"{text}：不是多维表格；请给出 token 或地址，如 https://….feishu.cn/base/…",
                f"{text}: no base; give its token or its address, such as https://….feishu.cn/base/…",
            )
        )
    table = parse_qs(parts.query).get("table", [""])[0]
    return Address(kind=found[1], token=found[2], table=table)


def base_token(feishu: Feishu, address: Address) -> str:
    """The base's own token; SettingsError when the wiki node holds something else."""
    if address.kind == "base" or (not address.kind and _is_base(feishu, address.token)):
        return address.token
    node = feishu.call("GET", NODE, query={"token": address.token}, tier="T3")["node"]
    if node.get("obj_type") != "bitable":
        raise SettingsError(
            Phrase(
                f"知识库节点 {address.token} 是 {node.get('obj_type')}，不是多维表格："
                "请在知识库里打开多维表格并复制地址",
                f"the wiki node {address.token} holds a {node.get('obj_type')}, not a base: "
                "open the base in the wiki and copy its address",
            )
        )
    return str(node["obj_token"])


def _is_base(feishu: Feishu, token: str) -> bool:
    try:
        feishu.call("GET", BASE, ids={"app_token": token})
    except FeishuRefused as error:
        if error.code in NO_BASE:
            return False
        raise
    return True
