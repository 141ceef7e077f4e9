"""Addresses of bases, also of those that live in a wiki."""

import pytest
import responses

from feishu_plugin.errors import FeishuError, SettingsError
from feishu_plugin.gateway.http import Feishu
from feishu_plugin.gateway.structure import create_base
from feishu_plugin.gateway.wiki import Address, address_of, base_token
from tests.gateway.conftest import Waits

HOST = "https://open.feishu.cn"
BASE, NODE = "Kx3bbZq1LaV7d2sWm4nPo9rTycE", "XqLzwTn0aiVYbPkRk5cc8fQNnGd"
NODE_URL = f"{HOST}/open-apis/wiki/v2/spaces/get_node"


@pytest.fixture
def client(wire: responses.RequestsMock, waits: Waits) -> Feishu:
    token = {"code": 0, "tenant_access_token": "t-1", "expire": 7200}
    wire.post(f"{HOST}/open-apis/auth/v3/tenant_access_token/internal", json=token)
    return Feishu(HOST, "cli_0123456789abcdef", "secret", pace=waits.pace())


def node(obj_type: str) -> dict[str, object]:
    return {"code": 0, "data": {"node": {"node_token": NODE, "obj_type": obj_type, "obj_token": BASE}}}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (f"  {BASE} ", Address(kind="", token=BASE)),
        (f"https://x.feishu.cn/base/{BASE}", Address(kind="base", token=BASE)),
        (
            f"https://x.feishu.cn/base/{BASE}?table=tbl1&view=vew1",
            Address(kind="base", token=BASE, table="tbl1"),
        ),
        (f"https://x.larksuite.com/wiki/{NODE}?table=tbl1", Address(kind="wiki", token=NODE, table="tbl1")),
    ],
)
def test_what_people_copy_is_understood(text: str, wanted: Address) -> None:
    assert address_of(text) == wanted


@pytest.mark.parametrize("text", ["", "my base", "https://x.feishu.cn/docx/abcdefghijkl", f"/base/{BASE}"])
def test_what_is_no_base_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(SettingsError, match=r"feishu\.cn/base/"):
        address_of(text)


def test_a_base_address_costs_no_call(client: Feishu, wire: responses.RequestsMock) -> None:
    assert base_token(client, Address(kind="base", token=BASE)) == BASE
    assert len(wire.calls) == 0


def test_a_base_in_a_wiki_is_found_by_its_node(client: Feishu, wire: responses.RequestsMock) -> None:
    wire.get(NODE_URL, json=node("bitable"), match=[responses.matchers.query_param_matcher({"token": NODE})])

    assert base_token(client, Address(kind="wiki", token=NODE)) == BASE


def test_a_bare_token_is_tried_as_a_base_first(client: Feishu, wire: responses.RequestsMock) -> None:
    wire.get(f"{HOST}/open-apis/bitable/v1/apps/{BASE}", json={"code": 0, "data": {"app": {}}})
    wire.get(f"{HOST}/open-apis/bitable/v1/apps/{NODE}", json={"code": 91402, "msg": "NOTEXIST"}, status=404)
    wire.get(NODE_URL, json=node("bitable"))

    assert base_token(client, Address(kind="", token=BASE)) == BASE
    assert base_token(client, Address(kind="", token=NODE)) == BASE


def test_a_base_that_is_closed_to_the_app_is_not_looked_for_in_wikis(
    client: Feishu, wire: responses.RequestsMock
) -> None:
    wire.get(f"{HOST}/open-apis/bitable/v1/apps/{BASE}", json={"code": 91403, "msg": "Forbidden"}, status=403)

    with pytest.raises(FeishuError, match="91403"):
        base_token(client, Address(kind="", token=BASE))


def test_a_wiki_page_is_no_base(client: Feishu, wire: responses.RequestsMock) -> None:
    wire.get(NODE_URL, json=node("docx"))

    with pytest.raises(SettingsError, match="docx"):
        base_token(client, Address(kind="wiki", token=NODE))


def test_the_sandbox_tells_bases_and_nodes_apart_as_feishu_does(feishu: Feishu) -> None:
    space = feishu.call("GET", "/open-apis/wiki/v2/spaces")["items"][0]["space_id"]
    body = {"obj_type": "bitable", "node_type": "origin", "title": "库里的表"}
    node = feishu.call("POST", f"/open-apis/wiki/v2/spaces/{space}/nodes", body=body)["node"]
    app_token, _ = create_base(feishu, "外面的表", "Asia/Shanghai")

    for kind in ("wiki", ""):
        assert base_token(feishu, Address(kind=kind, token=node["node_token"])) == node["obj_token"]
    assert base_token(feishu, Address(kind="", token=app_token)) == app_token
    with pytest.raises(FeishuError, match="131005"):
        base_token(feishu, Address(kind="wiki", token=app_token))
