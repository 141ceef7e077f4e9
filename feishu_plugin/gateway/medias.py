"""The files of one base's attachment cells: bytes down, bytes up (drive v1 medias).

At most 5 calls a second and 10,000 a day of each kind. It never decides which file goes where.
"""

import json
from collections.abc import Iterator
from typing import BinaryIO

from feishu_plugin.gateway.http import Feishu, Form
from feishu_plugin.ports import Json
from feishu_plugin.sync.archive.exporting import FileFacts, Place

MEDIAS = "/open-apis/drive/v1/medias"
WHOLE_MOST = 20 * 1024 * 1024
"""Bytes that one call takes; a larger file goes in the blocks that Feishu cuts it into."""
NAME_MOST = 250
_TIER = "T6"


class BaseMedias:
    """The attachments of one base."""

    def __init__(self, feishu: Feishu, app_token: str) -> None:
        self._feishu, self._app_token = feishu, app_token

    def download(self, file_token: str, place: Place, sink: BinaryIO) -> FileFacts:
        """Writes the bytes of a file into ``sink``; FeishuError 1061003 unknown, 1061004 no right.

        ``place`` is asked for where advanced permissions are on, and does no harm elsewhere.
        """
        told = self._feishu.call(
            "GET",
            f"{MEDIAS}/:file_token/download",
            ids={"file_token": file_token},
            query={"extra": _extra(file_token, place)},
            tier=_TIER,
            sink=sink,
        )
        return FileFacts(name=told.get("name") or file_token, mime=told["mime"], size=told["size"])

    def upload(self, name: str, size: int, content: BinaryIO) -> str:
        """Puts ``size`` bytes into the base; returns the token for an attachment cell.

        A lost answer is repeated: a file that no cell names does no harm.
        """
        purpose = {
            "file_name": name[-NAME_MOST:],
            "parent_type": "bitable_file",
            "parent_node": self._app_token,
        }
        if size <= WHOLE_MOST:
            form: Form = {**purpose, "size": str(size), "file": ("file", content.read())}
            return str(self._send("/upload_all", form)["file_token"])
        return self._in_blocks({**purpose, "size": size}, content)

    def _in_blocks(self, purpose: Json, content: BinaryIO) -> str:
        begun = self._feishu.call(
            "POST", f"{MEDIAS}/upload_prepare", body=purpose, tier=_TIER, repeatable=True
        )
        upload_id, blocks = str(begun["upload_id"]), int(begun["block_num"])
        for seq, block in enumerate(_blocks(content, int(begun["block_size"]))):
            part: Form = {
                "upload_id": upload_id,
                "seq": str(seq),
                "size": str(len(block)),
                "file": ("file", block),
            }
            self._send("/upload_part", part)
        whole = {"upload_id": upload_id, "block_num": blocks}
        # Not repeated: a second one would be told that there is no such upload.
        return str(self._feishu.call("POST", f"{MEDIAS}/upload_finish", body=whole, tier=_TIER)["file_token"])

    def _send(self, action: str, form: Form) -> Json:
        return self._feishu.call("POST", MEDIAS + action, form=form, tier=_TIER, repeatable=True)


def _blocks(content: BinaryIO, size: int) -> Iterator[bytes]:
    while block := content.read(size):
        yield block


def _extra(file_token: str, place: Place) -> str:
    files = {place.field_id: {place.record_id: [file_token]}}
    return json.dumps({"bitablePerm": {"tableId": place.table_id, "attachments": files}})
