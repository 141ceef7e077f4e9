"""Uploading and downloading the files of attachment cells (drive v1 medias)."""

import json
import mimetypes
from typing import Any
from urllib.parse import quote

from feishu_plugin.sandbox.envelope import Call, Json, Raw, Refusal, Route, Upload
from feishu_plugin.sandbox.medias import BLOCK_SIZE, Media, Purpose, check_size, check_sum
from feishu_plugin.sandbox.parsing import whole_number
from feishu_plugin.sandbox.world import World

BINARY = "application/octet-stream"
MEDIAS = "/open-apis/drive/v1/medias"
TEMPORARY = "/space/api/box/stream/download/authcode/"
WHOLE_MOST, NAME_MOST, URLS_MOST = 20 * 1024 * 1024, 250, 5
PARENT_TYPES = frozenset(
    {"bitable_file", "bitable_image", "docx_file", "docx_image", "doc_file", "doc_image"}
    | {"sheet_file", "sheet_image", "ccm_import_open", "vc_virtual_background"}
)
LINK_LIFE_S = 24 * 3600


def upload_all(world: World, call: Call) -> Json:
    """Multipart ``file_name, parent_type, parent_node, size, checksum?, extra?, file``; at most 20 MB."""
    purpose, upload = _purpose(world, call, call.form), _file(call)
    if purpose.size > WHOLE_MOST or len(upload.content) > WHOLE_MOST:
        raise Refusal(1061043, "file size beyond limit.", status=400)
    check_size(upload.content, purpose.size)
    check_sum(upload.content, call.form.get("checksum"))
    return {"file_token": world.medias.add(purpose, _mime(purpose.name, upload), upload.content).file_token}


def upload_prepare(world: World, call: Call) -> Json:
    """``{file_name, parent_type, parent_node, size, extra?}`` -> ``upload_id`` and the cut into blocks."""
    given = call.body if isinstance(call.body, dict) else {}
    upload_id, upload = world.medias.prepare(_purpose(world, call, given))
    return {"upload_id": upload_id, "block_size": BLOCK_SIZE, "block_num": upload.block_num}


def upload_part(world: World, call: Call) -> Json:
    """Multipart ``upload_id, seq, size, checksum?, file``; sending a block again replaces it."""
    upload = world.medias.upload(call.form.get("upload_id", ""), call.caller.open_id)
    seq, part = _integer(call.form.get("seq")), _file(call)
    if seq >= upload.block_num:
        raise Refusal(1062011, "The block is more than expected.", status=400)
    check_size(part.content, _integer(call.form.get("size")))
    check_size(part.content, upload.size_of(seq))
    check_sum(part.content, call.form.get("checksum"))
    upload.blocks[seq] = part.content
    return {}


def upload_finish(world: World, call: Call) -> Json:
    """``{upload_id, block_num}`` -> ``file_token``; 1062010 when a block is missing."""
    given = call.body if isinstance(call.body, dict) else {}
    upload_id = str(given.get("upload_id"))
    upload = world.medias.upload(upload_id, call.caller.open_id)
    if len(upload.blocks) < upload.block_num or _integer(given.get("block_num")) < upload.block_num:
        raise Refusal(1062010, "The block is missing.", status=400)
    if _integer(given.get("block_num")) > upload.block_num:
        raise Refusal(1062011, "The block is more than expected.", status=400)
    media = world.medias.finish(upload_id, _mime(upload.purpose.name, None))
    return {"file_token": media.file_token}


def download(world: World, call: Call) -> Raw:
    """The bytes of one file; ``Range: bytes=a-b`` gives a part of them (206)."""
    media = _readable(world, call, call.params["file_token"])
    return _sent(media, call.headers.get("range"))


def temporary_urls(world: World, call: Call) -> Json:
    """Addresses that need no token for 24 h, of at most five files."""
    tokens = call.query_lists.get("file_tokens", [])
    if not 0 < len(tokens) <= URLS_MOST:
        raise Refusal(1061002, "params error.", status=400)
    ends_s = int(world.clock.now_s()) + LINK_LIFE_S
    host = call.headers.get("host", "127.0.0.1")
    urls = []
    for token in tokens:
        media = _readable(world, call, token)
        code = f"{media.file_token}.{ends_s}.{world.credentials.proof_for(f'{token}.{ends_s}')}"
        urls.append({"file_token": token, "tmp_download_url": f"http://{host}{TEMPORARY}?code={code}"})
    return {"tmp_download_urls": urls}


def temporary_download(world: World, call: Call) -> Raw:
    """A file by a temporary address; 1061004 when it is not one of ours or too old."""
    token, _, rest = call.query.get("code", "").partition(".")
    ends_s, _, proof = rest.partition(".")
    media = world.medias.get(token)
    genuine = proof == world.credentials.proof_for(f"{token}.{ends_s}") and ends_s.isdigit()
    if media is None or not genuine or int(ends_s) <= world.clock.now_s():
        raise Refusal(1061004, "forbidden.", status=403)
    return _sent(media, call.headers.get("range"))


def _purpose(world: World, call: Call, given: Any) -> Purpose:
    name, parent_type, node = (given.get(key) for key in ("file_name", "parent_type", "parent_node"))
    if not isinstance(name, str) or not 0 < len(name) <= NAME_MOST:
        raise Refusal(1061008, "file name is invalid.", status=400)
    if not isinstance(parent_type, str) or parent_type not in PARENT_TYPES:
        raise Refusal(1061002, "params error.", detail=f"parent_type {parent_type}", status=400)
    if parent_type.startswith("bitable"):
        _check_node(world, call, node)
    return Purpose(
        name=name,
        size=_integer(given.get("size")),
        parent_type=parent_type,
        parent_node=str(node),
        uploader=call.caller.open_id,
    )


def _check_node(world: World, call: Call, node: Any) -> None:
    if not isinstance(node, str) or node not in world.bases.all:
        raise Refusal(1061044, "parent node not exist.", status=400)
    if world.bases.owner_right(node, call.caller) == "none":
        raise Refusal(1061004, "forbidden.", status=403)


def _file(call: Call) -> Upload:
    upload = call.files.get("file")
    if upload is None or not upload.content:
        raise Refusal(1061002, "params error.", detail="the part 'file' is missing or empty", status=400)
    return upload


def _integer(value: Any) -> int:
    number = None if isinstance(value, bool) else whole_number(str(value))
    if number is None or number < 0:
        raise Refusal(1061002, "params error.", detail=f"not a number: {str(value)[:40]}", status=400)
    return number


def _mime(name: str, upload: Upload | None) -> str:
    told = upload.content_type if upload else BINARY
    return mimetypes.guess_type(name)[0] or told


def _readable(world: World, call: Call, token: str) -> Media:
    """The file, for somebody who may read its base: 1061003 unknown, 1061004 no right."""
    media = world.medias.get(token)
    if media is None:
        raise Refusal(1061003, "not found.", status=404)
    base = world.bases.all.get(media.purpose.parent_node)
    if base is None:
        return media
    if world.bases.owner_right(base.app_token, call.caller) == "none":
        raise Refusal(1061004, "forbidden.", status=403)
    if base.is_advanced and not _names_table(call.query.get("extra"), base.tables):
        raise Refusal(1061002, "params error.", detail="extra must name the table (bitablePerm)", status=400)
    return media


def _names_table(extra: str | None, tables: dict[str, Any]) -> bool:
    """``extra`` is JSON text ``{"bitablePerm": {"tableId": …}}``; needed under advanced permission."""
    try:
        given = json.loads(extra or "{}")
        return given["bitablePerm"]["tableId"] in tables
    except (ValueError, KeyError, TypeError):
        return False


def _sent(media: Media, range_header: str | None) -> Raw:
    size = len(media.content)
    shown = quote(media.purpose.name)
    headers = {"Content-Disposition": f"attachment; filename=\"{shown}\"; filename*=UTF-8''{shown}"}
    if not range_header:
        return Raw(body=media.content, headers={**headers, "Accept-Ranges": "bytes"}, content_type=media.type)
    start, end = _span(range_header, size)
    headers["Content-Range"] = f"bytes {start}-{end}/{size}"
    return Raw(body=media.content[start : end + 1], status=206, headers=headers, content_type=media.type)


def _span(header: str, size: int) -> tuple[int, int]:
    """First and last byte of ``bytes=a-b``, ``bytes=a-`` or ``bytes=-n``; 1061002 (HTTP 416) outside."""
    first, dash, last = header.removeprefix("bytes=").partition("-")
    if dash and (first or last) and (first + last).isdigit():
        start = int(first) if first else max(0, size - int(last))
        end = min(int(last), size - 1) if first and last else size - 1
        if start <= end:
            return start, end
    raise Refusal(1061002, "params error.", detail=f"range {header} of {size} bytes", status=416)


def _route(method: str, path: str, handler: Any, summary: str) -> Route:
    return Route(
        method=method, pattern=MEDIAS + path, handler=handler, summary=summary, tier="T6", rest_style=True
    )


ROUTES: tuple[Route, ...] = (
    _route("POST", "/upload_all", upload_all, "Upload a file of at most 20 MB"),
    _route("POST", "/upload_prepare", upload_prepare, "Begin an upload in blocks"),
    _route("POST", "/upload_part", upload_part, "Upload one block"),
    _route("POST", "/upload_finish", upload_finish, "Put the blocks together"),
    _route("GET", "/batch_get_tmp_download_url", temporary_urls, "Addresses that need no token"),
    _route("GET", "/:file_token/download", download, "Download a file (Range too)"),
    Route(
        method="GET",
        pattern=TEMPORARY.rstrip("/"),
        handler=temporary_download,
        summary="Download by a temporary address",
        auth="none",
        rest_style=True,
    ),
)
