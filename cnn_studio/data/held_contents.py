"""What a class has already, byte for byte."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from contextlib import suppress
from pathlib import Path

from cnn_studio.data.listing import image_files
from cnn_studio.errors import ImageError
from cnn_studio.vision.images import read_file


class HeldContents:
    """Knows whether a class has a file of the same bytes; reads only those of the same size.

    Args:
        folder: The class's; None for a class that is made now.
    """

    def __init__(self, folder: Path | None) -> None:
        self._unread: dict[int, list[Path]] = defaultdict(list)
        self._hashes: set[bytes] = set()
        for entry in image_files(folder) if folder is not None else ():
            with suppress(FileNotFoundError):  # deleted by another program since it was listed
                self._unread[entry.stat().st_size].append(Path(entry.path))

    def has(self, data: bytes, digest: bytes = b"") -> bool:
        """Whether there is such a file; `digest` is the SHA-256 where that is known."""
        for path in self._unread.pop(len(data), []):
            with suppress(ImageError):  # gone or locked: then it cannot be compared
                self.add(read_file(path))
        return (digest or hashlib.sha256(data).digest()) in self._hashes

    def add(self, data: bytes, digest: bytes = b"") -> None:
        """There is such a file now."""
        self._hashes.add(digest or hashlib.sha256(data).digest())
