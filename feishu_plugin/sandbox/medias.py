"""Files of bases: what was uploaded, whole or in blocks, and where each belongs; no HTTP in here.

A file belongs to the base named as ``parent_node`` when it was uploaded, for ever. Uploads in
blocks die after a day of sandbox time.
"""

import math
import secrets
import zlib
from dataclasses import asdict, dataclass, field

from feishu_plugin.sandbox.clock import Clock
from feishu_plugin.sandbox.envelope import Json, Refusal
from feishu_plugin.sandbox.ids import new_app_token

BLOCK_SIZE = 4 * 1024 * 1024
UPLOAD_LIFE_S = 24 * 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Purpose:
    """What a file is for: name, size in bytes, kind of place, the place, and its uploader's open_id."""

    name: str
    size: int
    parent_type: str
    parent_node: str
    uploader: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Media:
    """One stored file; ``type`` is its MIME type."""

    file_token: str
    purpose: Purpose
    type: str
    content: bytes

    def as_state(self) -> Json:
        """Everything but the bytes."""
        return {"file_token": self.file_token, "type": self.type, "purpose": asdict(self.purpose)}


@dataclass(slots=True, kw_only=True)
class BlockUpload:
    """An upload that is not finished: its blocks by sequence number."""

    purpose: Purpose
    ends_s: float
    blocks: dict[int, bytes] = field(default_factory=dict)

    @property
    def block_num(self) -> int:
        """How many blocks the announced size makes."""
        return max(1, math.ceil(self.purpose.size / BLOCK_SIZE))

    def size_of(self, seq: int) -> int:
        """Bytes that the block of this number must have."""
        return min(BLOCK_SIZE, self.purpose.size - seq * BLOCK_SIZE)


class Medias:
    """Every file of the tenant by its token. ``unsaved`` tells storage what is new."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.reset()

    def reset(self) -> None:
        """Forgets all files and unfinished uploads."""
        self._files: dict[str, Media] = {}
        self._uploads: dict[str, BlockUpload] = {}
        self.unsaved: list[Media] = []

    def get(self, file_token: str) -> Media | None:
        """The file, or None."""
        return self._files.get(file_token)

    def add(self, purpose: Purpose, type: str, content: bytes) -> Media:
        """Stores a whole file under a new token."""
        media = Media(file_token=new_app_token(), purpose=purpose, type=type, content=content)
        self._files[media.file_token] = media
        self.unsaved.append(media)
        return media

    def restore(self, media: Media) -> None:
        """Takes back one file that storage kept."""
        self._files[media.file_token] = media

    def prepare(self, purpose: Purpose) -> tuple[str, BlockUpload]:
        """A new upload in blocks."""
        upload_id = str(7_000_000_000_000_000_000 + secrets.randbelow(10**18))
        upload = BlockUpload(purpose=purpose, ends_s=self._clock.now_s() + UPLOAD_LIFE_S)
        self._uploads[upload_id] = upload
        return upload_id, upload

    def upload(self, upload_id: str, uploader: str) -> BlockUpload:
        """An unfinished upload: 1061021 unknown or a day old, 1062007 begun by somebody else."""
        upload = self._uploads.get(upload_id)
        if upload is None or self._clock.now_s() >= upload.ends_s:
            raise Refusal(1061021, "upload id expire.", status=400)
        if upload.purpose.uploader != uploader:
            raise Refusal(1062007, "upload user not match.", status=400)
        return upload

    def finish(self, upload_id: str, type: str) -> Media:
        """Puts the blocks together and forgets the upload; the caller has counted them."""
        upload = self._uploads.pop(upload_id)
        content = b"".join(upload.blocks[seq] for seq in sorted(upload.blocks))
        return self.add(upload.purpose, type, content)


def check_sum(content: bytes, given: str | None) -> None:
    """``given`` is the Adler-32 of the content as decimal text; another one is 1062008, none is fine."""
    if given and given != str(zlib.adler32(content)):
        raise Refusal(1062008, "checksum param Invalid.", status=400)


def check_size(content: bytes, size: int) -> None:
    """The announced size must be the real one, else 1062009."""
    if len(content) != size:
        raise Refusal(
            1062009, "The actual size is inconsistent with the parameter declaration size.", status=400
        )
