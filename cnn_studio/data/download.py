"""Downloading a file that is checked before it is kept."""

from __future__ import annotations

import io
from collections.abc import Callable

from cnn_studio.errors import DatasetError

_CHUNK_BYTES = 1 << 14  # small, so that a slow line can be cancelled at once
_TIMEOUT_S = 15.0


class CancelledError(Exception):
    """A download was asked to end early."""


class ByteMeter:
    """Counts the bytes of several files; for pooch it is a progress bar.

    Args:
        total_bytes: The sum of all files.
        progress: Told how many bytes are done, and of how many.
        cancelled: Asked with each step.

    Attributes:
        total: Set by pooch, and not used: the sizes are known beforehand.
    """

    def __init__(
        self,
        total_bytes: int,
        progress: Callable[[int, int], None] | None,
        cancelled: Callable[[], bool],
    ) -> None:
        self.total = 0
        self._total_bytes = total_bytes
        self._progress = progress or (lambda _done, _total: None)
        self._cancelled = cancelled
        self._before = self._done = self._size = 0

    def begin(self, size_bytes: int) -> None:
        """A file of this size begins.

        Raises:
            CancelledError: It was asked to end.
        """
        self._done, self._size = 0, size_bytes
        self.update(0)

    def end(self) -> None:
        """The file is here."""
        self._before += self._size
        self._done = 0
        self._progress(self._before, self._total_bytes)

    def update(self, count: int) -> None:
        """So many bytes more of this file have come.

        Raises:
            CancelledError: It was asked to end.
        """
        if self._cancelled():
            raise CancelledError
        self._done = min(self._done + count, self._size)
        self._progress(self._before + self._done, self._total_bytes)

    def reset(self) -> None:
        """Count this file from its beginning again."""
        self._done = 0

    def close(self) -> None:
        """Nothing is open."""


def download(url: str, meter: ByteMeter) -> bytes:
    """Download a file of some megabytes.

    Args:
        url: Its address.
        meter: Told of each step; may end the download.

    Raises:
        DatasetError: The server cannot be reached, refuses or breaks off.
        CancelledError: The meter was asked to end.
    """
    from pooch import HTTPDownloader  # slow to import

    fetch = HTTPDownloader(
        progressbar=meter,
        chunk_size=_CHUNK_BYTES,
        timeout=_TIMEOUT_S,
        headers={"Accept-Encoding": "identity"},  # or a server's gzip would be taken off unasked
    )
    stream = io.BytesIO()
    try:
        fetch(url, stream, None)
    except OSError as error:  # which each error of requests is, too
        response = getattr(error, "response", None)
        what = "cannot be reached or broke off" if response is None else "refuses"
        code = "" if response is None else f" ({response.status_code})"
        raise DatasetError(f"{url} cannot be downloaded: the server {what}{code}.") from error
    return stream.getvalue()
