"""Files out of an archive that are needed as files, on the disk where they are large."""

from __future__ import annotations

import io
import os
import tempfile
import threading
from typing import IO, Any, cast

from cnn_studio.paths import cache_folder

_PIECE_BYTES = 1 << 20


class InnerFiles:
    """Files out of an archive that are needed as files, in one file without a name on the disk.

    The system removes it with the last program that has it open, however that ends.
    """

    def __init__(self) -> None:
        self._file: IO[bytes] | None = None
        self._end = 0
        self._lock = threading.Lock()

    def add(self, stream: IO[bytes], most_bytes: int) -> IO[bytes] | None:
        """Keep a file.

        Args:
            stream: What it is read from.
            most_bytes: Nothing is kept of one that has more.

        Returns:
            The file, to be read; None if it has more.

        Raises:
            OSError: There is no room for it.
        """
        if self._file is None:
            folder = cache_folder()
            folder.mkdir(parents=True, exist_ok=True)
            self._file = tempfile.TemporaryFile(buffering=0, dir=folder)  # noqa: SIM115 - as long as this
        start = end = self._end
        while piece := stream.read(_PIECE_BYTES):
            with self._lock:
                self._file.seek(end)
                self._file.write(piece)
            end += len(piece)
            if end - start > most_bytes:
                return None
        self._end = end
        return cast("IO[bytes]", io.BufferedReader(_Window(self._file, self._lock, start, end)))

    def close(self) -> None:
        """Nothing can be read any more."""
        if self._file is not None:
            self._file.close()


class _Window(io.RawIOBase):
    """A part of a file as a file of its own."""

    def __init__(self, file: IO[bytes], lock: threading.Lock, start: int, end: int) -> None:
        self._file = file
        self._lock = lock
        self._start, self._size = start, end - start
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._size}[whence]
        if base + offset < 0:
            raise OSError(None, "A place before the beginning.")
        self._at = base + offset
        return self._at

    def readinto(self, buffer: Any) -> int:
        target = memoryview(buffer)
        with self._lock:
            self._file.seek(self._start + self._at)
            data = self._file.read(max(0, min(len(target), self._size - self._at)))
        target[: len(data)] = data
        self._at += len(data)
        return len(data)
