"""Looking into an image file once: its size, quality, content and when it was taken."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from cnn_studio.errors import ImageError
from cnn_studio.vision.exif import Taken, when_taken
from cnn_studio.vision.file_kinds import readable_suffix, refusal
from cnn_studio.vision.images import decode_image, is_image_name, read_file
from cnn_studio.vision.likeness import SmallCopy, small_copy
from cnn_studio.vision.quality import ImageQuality, measure_quality


@dataclass(frozen=True)
class ImageFacts:
    """What was found in a file.

    Attributes:
        error: Why it cannot be read as an image, as a sentence; empty if it can.
        content: The SHA-256 of its bytes, hexadecimal; empty if they cannot be read.
        width: In pixels; 0 if it cannot be read.
        height: In pixels; 0 if it cannot be read.
        quality: How sharp and how bright it is; None if it cannot be read.
        taken: When it was taken, and by which camera; None if the file does not say.
    """

    error: str
    content: str
    width: int = 0
    height: int = 0
    quality: ImageQuality | None = None
    taken: Taken | None = None


@dataclass(frozen=True)
class Looked:
    """A file that was looked into.

    Attributes:
        path: The file.
        stamp: Its `file_stamp` just before.
        facts: What was found.
        small: A small copy of its image; None if it cannot be read.
    """

    path: Path
    stamp: tuple[int, int]
    facts: ImageFacts
    small: SmallCopy | None


def look_into(path: Path) -> Looked | None:
    """Read a file and measure its image; None if it has gone."""
    stamp = file_stamp(path)
    if stamp is None:
        return None
    try:
        data = read_file(path)
    except ImageError as error:
        if isinstance(error.__cause__, FileNotFoundError):
            return None
        return Looked(path, stamp, ImageFacts(str(error), ""), None)
    content = hashlib.sha256(data).hexdigest()
    if not is_image_name(path):
        suffix = readable_suffix(data)
        if suffix is None:
            reason = refusal(data, path.name)
        else:
            reason = f"It is an image, but is not called so; let it end in {suffix}: {path.name}."
        return Looked(path, stamp, ImageFacts(reason, content), None)
    try:
        image = decode_image(data, path.name)
    except ImageError as error:
        return Looked(path, stamp, ImageFacts(str(error), content), None)
    height, width = image.shape[:2]
    facts = ImageFacts("", content, width, height, measure_quality(image), when_taken(data))
    return Looked(path, stamp, facts, small_copy(image))


def file_stamp(path: Path) -> tuple[int, int] | None:
    """Its size and the time of its last change, in ns; None if it has gone."""
    with suppress(OSError):
        status = path.stat()
        return status.st_size, status.st_mtime_ns
    return None
