"""Files of attachment cells: bytes down and up, over the sandbox and over answers written by hand."""

import io

import pytest
import responses

from feishu_plugin.errors import FeishuError, FeishuUnreachable
from feishu_plugin.gateway.bases import BaseFacts, base_facts
from feishu_plugin.gateway.http import Feishu
from feishu_plugin.gateway.medias import WHOLE_MOST, BaseMedias
from feishu_plugin.gateway.structure import BaseStructure, create_base
from feishu_plugin.sync.archive.exporting import FileFacts, Place
from tests.gateway.conftest import Sandbox, Waits

PLACE = Place(table_id="tblA", field_id="fldA", record_id="recA")
URL = "https://open.feishu.test"
THERE = f"{URL}/open-apis/drive/v1/medias/tok/download"


def kept(medias: BaseMedias, token: str) -> tuple[FileFacts, bytes]:
    sink = io.BytesIO(b"left over from a broken try, and longer than the file")
    return medias.download(token, PLACE, sink), sink.getvalue()


@pytest.mark.parametrize(
    ("name", "mime", "content"),
    [
        ("合同 1.pdf", "application/pdf", b"%PDF\x00\xff"),
        ("an answer.json", "application/json", b'{"code": 1, "msg": "not an error"}'),
        ("没有后缀", "application/octet-stream", b"x"),
    ],
)
def test_what_goes_up_comes_down(
    feishu: Feishu, structure: BaseStructure, name: str, mime: str, content: bytes
) -> None:
    medias = BaseMedias(feishu, structure.app_token)

    token = medias.upload(name, len(content), io.BytesIO(content))

    assert kept(medias, token) == (FileFacts(name=name, mime=mime, size=len(content)), content)


def test_a_large_file_goes_in_blocks(feishu: Feishu, structure: BaseStructure, sandbox: Sandbox) -> None:
    content = bytes(range(256)) * (WHOLE_MOST // 256) + b"end"
    medias = BaseMedias(feishu, structure.app_token)

    token = medias.upload("film.bin", len(content), io.BytesIO(content))

    assert kept(medias, token)[1] == content
    calls = sandbox.requests()
    assert calls["POST /open-apis/drive/v1/medias/upload_part"] == 6
    assert "POST /open-apis/drive/v1/medias/upload_all" not in calls


def test_a_file_that_is_not_there_is_a_refusal(feishu: Feishu, structure: BaseStructure) -> None:
    with pytest.raises(FeishuError) as caught:
        kept(BaseMedias(feishu, structure.app_token), "none")

    assert caught.value.code == 1061003


@pytest.fixture
def client(wire: responses.RequestsMock, waits: Waits) -> Feishu:
    path = "/open-apis/auth/v3/tenant_access_token/internal"
    wire.add("POST", URL + path, json={"code": 0, "tenant_access_token": "t-1", "expire": 7200})
    return Feishu(URL, "cli_a", "s", pace=waits.pace())


def test_a_download_that_broke_off_is_begun_anew(client: Feishu, wire: responses.RequestsMock) -> None:
    told = {"Content-Disposition": 'attachment; filename="a.txt"'}
    wire.add(
        "GET",
        THERE,
        body=b"half",
        headers={**told, "Content-Length": "9"},
        auto_calculate_content_length=False,
    )
    wire.add("GET", THERE, status=502, body="<html>")
    wire.add("GET", THERE, body=b"the whole", headers=told, content_type="text/plain; charset=utf-8")

    facts, content = kept(BaseMedias(client, "base"), "tok")

    assert (facts, content) == (FileFacts(name="a.txt", mime="text/plain", size=9), b"the whole")
    assert "bitablePerm" in str(wire.calls[1].request.url)


def test_a_lost_answer_of_the_last_step_is_not_repeated(client: Feishu, wire: responses.RequestsMock) -> None:
    medias = f"{URL}/open-apis/drive/v1/medias"
    begun = {"upload_id": "1", "block_size": WHOLE_MOST + 1, "block_num": 1}
    wire.add("POST", f"{medias}/upload_prepare", json={"code": 0, "data": begun})
    wire.add("POST", f"{medias}/upload_part", json={"code": 0, "data": {}})
    wire.add("POST", f"{medias}/upload_finish", status=502, body="<html>")

    with pytest.raises(FeishuUnreachable):
        BaseMedias(client, "base").upload("a.bin", WHOLE_MOST + 1, io.BytesIO(bytes(WHOLE_MOST + 1)))

    assert len([call for call in wire.calls if str(call.request.url).endswith("finish")]) == 1


def test_a_base_tells_its_name_and_zone(feishu: Feishu) -> None:
    app_token, _ = create_base(feishu, "样例", "Asia/Tokyo")

    assert base_facts(feishu, app_token) == BaseFacts(name="样例", time_zone="Asia/Tokyo")
