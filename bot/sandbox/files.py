"""The files that were sent in either direction, kept in memory and found by `file_id`."""

import hashlib
import io
import struct
from dataclasses import dataclass
from typing import Any

from PIL import Image, UnidentifiedImageError

from bot.sandbox.errors import RefusedError
from bot.sandbox.parameters import Parameters, Upload

LARGEST_PHOTO_BYTES = 10 * 1024 * 1024
"""Bot API, sendPhoto: at most 10 MB."""
LARGEST_DOCUMENT_BYTES = 50 * 1024 * 1024
"""Bot API, sendDocument: at most 50 MB."""
LARGEST_PHOTO_SIDES = 10_000
"""Bot API, sendPhoto: width and height together must not exceed 10000."""
LARGEST_PHOTO_RATIO = 20
"""Bot API, sendPhoto: the ratio of the sides must be at most 20."""


@dataclass(frozen=True, slots=True)
class StoredFile:
    """One file: its identifiers, its name and type, and where it can be downloaded."""

    file_id: str
    unique_id: str
    upload: Upload
    path: str


class Files:
    """Everything that can be downloaded."""

    def __init__(self) -> None:
        self._by_id: dict[str, StoredFile] = {}
        self._by_path: dict[str, StoredFile] = {}

    def keep(self, upload: Upload, folder: str) -> StoredFile:
        """Store a file and give it its identifiers."""
        unique_id = hashlib.sha256(upload.content).hexdigest()[:16]
        number = len(self._by_id)
        suffix = upload.name.rpartition(".")[2] or "bin"
        stored = StoredFile(
            file_id=f"SBX{number:06d}-{unique_id}",
            unique_id=unique_id,
            upload=upload,
            path=f"{folder}/file_{number}.{suffix}",
        )
        self._by_id[stored.file_id] = stored
        self._by_path[stored.path] = stored
        return stored

    def by_id(self, file_id: str) -> StoredFile:
        """Find a file; raises `RefusedError` for an unknown identifier."""
        try:
            return self._by_id[file_id]
        except KeyError:
            raise RefusedError("file_id") from None

    def by_path(self, path: str) -> StoredFile | None:
        """Find a file by the path that `getFile` gave."""
        return self._by_path.get(path)

    def sent(self, parameters: Parameters, source: object, folder: str) -> StoredFile:
        """Give the file that a call sends: uploaded with it, or known by its `file_id`."""
        name = str(source) if source else folder.removesuffix("s")
        upload = parameters.files.get(name.removeprefix("attach://"))
        if upload is not None:
            return self.keep(upload, folder)
        if not source:
            raise RefusedError("file_missing", what=name)
        if name not in self._by_id:
            raise RefusedError("file_unknown")
        return self._by_id[name]


def photo_sizes(stored: StoredFile) -> list[dict[str, Any]]:
    """Describe a picture in the sizes Telegram offers; raises `RefusedError` where it would not take it."""
    content = stored.upload.content
    if len(content) > LARGEST_PHOTO_BYTES:
        raise RefusedError("file_too_big")
    try:
        with Image.open(io.BytesIO(content)) as picture:
            width, height = picture.size
    except UnidentifiedImageError:
        raise RefusedError("photo_broken") from None
    if width + height > LARGEST_PHOTO_SIDES or max(width, height) > LARGEST_PHOTO_RATIO * min(width, height):
        raise RefusedError("photo_dimensions")
    whole = {
        "file_id": stored.file_id,
        "file_unique_id": stored.unique_id,
        "width": width,
        "height": height,
        "file_size": len(content),
    }
    scale = min(1.0, 90 / max(width, height))
    small = {**whole, "width": max(1, round(width * scale)), "height": max(1, round(height * scale))}
    return [small, whole]


def document(stored: StoredFile) -> dict[str, Any]:
    """Describe a document; raises `RefusedError` where it is larger than bots may send."""
    if len(stored.upload.content) > LARGEST_DOCUMENT_BYTES:
        raise RefusedError("file_too_big")
    return {
        "file_name": stored.upload.name,
        "mime_type": stored.upload.mime_type,
        "file_id": stored.file_id,
        "file_unique_id": stored.unique_id,
        "file_size": len(stored.upload.content),
    }


def example_photo() -> Upload:
    """Draw the picture that a patient of the sandbox attaches: a plain evening sky."""
    picture = Image.new("RGB", (640, 400))
    for row in range(400):
        shade = row / 400
        colour = (round(52 + 190 * shade), round(84 + 90 * shade), round(140 + 10 * shade))
        picture.paste(colour, (0, row, 640, row + 1))
    drawn = io.BytesIO()
    picture.save(drawn, "JPEG", quality=80)
    return Upload("photo.jpg", drawn.getvalue(), "image/jpeg")


def example_voice() -> Upload:
    """Give the voice note that a patient of the sandbox attaches: an Ogg page that holds no sound."""
    header = b"OggS" + struct.pack("<BBqIIIB", 0, 6, 0, 1, 0, 0, 0)
    return Upload("voice.ogg", header, "audio/ogg")
