"""Files of attachment cells: whole and in blocks, what is refused, what a cell shows, how they come back."""

import json
import zlib
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from tests.sandbox.bitable import API, Json, Shop
from tests.sandbox.conftest import Answer, Sandbox

MEDIAS = "/open-apis/drive/v1/medias"
BLOCK = 4 * 1024 * 1024
# Bytes that are no UTF-8 and look like a boundary: what a careless parser breaks.
CONTENT = bytes(range(256)) + b"\r\n--almost\r\n\r\n"


@pytest.fixture
def shop(sandbox: Sandbox) -> Shop:
    return Shop(sandbox)


def fetch(shop: Shop, path: str, *, token: bool = True, **headers: str) -> requests.Response:
    if token:
        headers["Authorization"] = f"Bearer {shop.sandbox.app_token()}"
    return requests.get(shop.sandbox.url + path, headers=headers, timeout=30)


def prepare(shop: Shop, size: int) -> Json:
    body = {
        "file_name": "大.bin",
        "parent_type": "bitable_file",
        "parent_node": shop.app_token,
        "size": size,
    }
    return shop.sandbox.app("POST", f"{MEDIAS}/upload_prepare", json=body).data


def send_block(shop: Shop, upload_id: str, seq: int, content: bytes, **changes: str) -> Answer:
    form = {"upload_id": upload_id, "seq": str(seq), "size": str(len(content)), **changes}
    files = {"file": ("part", content)}
    return shop.sandbox.app("POST", f"{MEDIAS}/upload_part", data=form, files=files)


def finish(shop: Shop, upload_id: str, block_num: int) -> Answer:
    body = {"upload_id": upload_id, "block_num": block_num}
    return shop.sandbox.app("POST", f"{MEDIAS}/upload_finish", json=body)


def test_a_file_goes_into_a_cell_and_comes_back_byte_for_byte(shop: Shop) -> None:
    token = shop.upload(CONTENT, "报价.pdf", checksum=str(zlib.adler32(CONTENT))).data["file_token"]
    record_id = shop.add({"Files": [{"file_token": token}]})[0]

    [shown] = shop.read(record_id)["Files"]

    assert (shown["name"], shown["size"], shown["type"]) == ("报价.pdf", len(CONTENT), "application/pdf")
    assert shown["url"].startswith(shop.sandbox.url)
    answer = fetch(shop, shown["url"].removeprefix(shop.sandbox.url))
    assert (answer.status_code, answer.content) == (200, CONTENT)
    assert answer.headers["Content-Type"] == "application/pdf"
    assert "%E6%8A%A5%E4%BB%B7.pdf" in answer.headers["Content-Disposition"]
    temporary = fetch(shop, shown["tmp_url"].removeprefix(shop.sandbox.url)).json()["data"]
    assert temporary["tmp_download_urls"][0]["file_token"] == token


def test_a_stream_without_a_file_name_and_empty_parts_are_accepted(shop: Shop) -> None:
    parts = {"file_name": "a.bin", "parent_type": "bitable_file", "parent_node": shop.app_token}
    head = {**parts, "size": str(len(CONTENT)), "checksum": "", "extra": ""}
    body = b"".join(_part(name, value.encode()) for name, value in head.items())
    body += _part("file", CONTENT) + b"--b0--\r\n"
    headers = {"Content-Type": "multipart/form-data; boundary=b0"}

    token = shop.sandbox.app("POST", f"{MEDIAS}/upload_all", data=body, headers=headers).data["file_token"]

    assert fetch(shop, f"{MEDIAS}/{token}/download").content == CONTENT


def _part(name: str, value: bytes) -> bytes:
    return b'--b0\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' % (name.encode(), value)


@pytest.mark.parametrize(
    ("changes", "code", "status"),
    [
        ({"size": "3"}, 1062009, 400),
        ({"checksum": "1"}, 1062008, 400),
        ({"file_name": ""}, 1061008, 400),
        ({"file_name": "x" * 251}, 1061008, 400),
        ({"parent_type": "explorer"}, 1061002, 400),
        ({"parent_node": "nobody"}, 1061044, 400),
        ({"size": "many"}, 1061002, 400),
        ({"size": str(20 * 1024 * 1024 + 1)}, 1061043, 400),
    ],
)
def test_an_upload_that_breaks_a_rule_is_refused(
    shop: Shop, changes: dict[str, Any], code: int, status: int
) -> None:
    answer = shop.upload(b"1234", **changes)

    assert (answer.code, answer.status) == (code, status)


def test_a_large_file_is_sent_in_blocks_in_any_order(shop: Shop) -> None:
    content = bytes(7) * BLOCK + b"end"
    content = content[-(BLOCK + 3) :]
    plan = prepare(shop, len(content))
    assert (plan["block_size"], plan["block_num"]) == (BLOCK, 2)

    assert send_block(shop, plan["upload_id"], 1, b"end", checksum=str(zlib.adler32(b"end"))).code == 0
    assert finish(shop, plan["upload_id"], 2).code == 1062010
    assert send_block(shop, plan["upload_id"], 0, content[:BLOCK]).code == 0
    token = finish(shop, plan["upload_id"], 2).data["file_token"]

    assert fetch(shop, f"{MEDIAS}/{token}/download", Range=f"bytes={BLOCK}-").content == b"end"


def test_blocks_that_do_not_fit_are_refused(shop: Shop) -> None:
    plan = prepare(shop, 4)
    upload_id = plan["upload_id"]

    assert send_block(shop, "7000", 0, b"1234").code == 1061021
    assert send_block(shop, upload_id, 1, b"1234").code == 1062011
    assert send_block(shop, upload_id, 0, b"123").code == 1062009
    assert send_block(shop, upload_id, 0, b"1234", checksum="5").code == 1062008
    assert send_block(shop, upload_id, 0, b"1234").code == 0
    assert finish(shop, upload_id, 2).code == 1062011
    shop.sandbox.control("POST", "/clock", json={"advance_s": 24 * 3600})
    shop.sandbox._token = ""
    assert finish(shop, upload_id, 1).code == 1061021


@pytest.mark.parametrize(
    ("span", "body"),
    [("bytes=0-3", CONTENT[:4]), ("bytes=10-", CONTENT[10:]), ("bytes=-5", CONTENT[-5:])],
)
def test_a_range_gives_a_part(shop: Shop, span: str, body: bytes) -> None:
    token = shop.upload(CONTENT).data["file_token"]

    answer = fetch(shop, f"{MEDIAS}/{token}/download", Range=span)

    assert (answer.status_code, answer.content) == (206, body)
    assert answer.headers["Content-Range"].endswith(f"/{len(CONTENT)}")
    assert fetch(shop, f"{MEDIAS}/{token}/download", Range="bytes=9999-").status_code == 416
    assert fetch(shop, f"{MEDIAS}/nobody/download").json()["code"] == 1061003


def test_a_temporary_address_needs_no_token_and_dies_after_a_day(shop: Shop) -> None:
    token = shop.upload(CONTENT).data["file_token"]
    query = f"{MEDIAS}/batch_get_tmp_download_url?file_tokens={token}&file_tokens={token}"
    urls = shop.sandbox.app("GET", query).data["tmp_download_urls"]
    parts = urlsplit(urls[0]["tmp_download_url"])
    path = f"{parts.path}?{parts.query}"

    assert len(urls) == 2
    assert fetch(shop, path, token=False).content == CONTENT
    assert fetch(shop, path + "0", token=False).status_code == 403
    shop.sandbox.control("POST", "/clock", json={"advance_s": 24 * 3600})
    assert fetch(shop, path, token=False).json()["code"] == 1061004
    assert shop.sandbox.app("GET", f"{MEDIAS}/batch_get_tmp_download_url").code == 99991663


def test_a_cell_takes_only_files_of_its_own_base(shop: Shop) -> None:
    other = shop.sandbox.app("POST", f"{API}/apps", json={"name": "Other"}).data["app"]["app_token"]
    foreign = shop.upload(b"x", parent_node=other).data["file_token"]
    of_a_document = shop.upload(b"x", parent_type="docx_file", parent_node="doc1").data["file_token"]

    def write(token: str) -> Answer:
        return shop.ask("POST", "records", json={"fields": {"Files": [{"file_token": token}]}})

    assert write(foreign).code == 1254303
    assert write("unknown").code == 1254303
    refused = write(of_a_document)
    assert (refused.code, refused.status) == (1254027, 403)
    assert shop.search()["total"] == 0


def test_under_advanced_permission_a_download_names_its_table(shop: Shop) -> None:
    token = shop.upload(CONTENT).data["file_token"]
    shop.sandbox.app("PUT", shop.base, json={"is_advanced": True})

    extra = json.dumps({"bitablePerm": {"tableId": shop.orders}})

    assert fetch(shop, f"{MEDIAS}/{token}/download").status_code == 400
    answer = shop.sandbox.app(
        "GET", f"{MEDIAS}/batch_get_tmp_download_url", params={"file_tokens": token, "extra": extra}
    )
    assert answer.code == 0
