"""Downloading a file that is checked before it is kept."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

from cnn_studio.errors import DatasetError
from cnn_studio.steps_beside import NotInTimeError, StepsBeside

_CHUNK_BYTES = 1 << 12  # a thread that nobody waits for ends with its chunk
_LONGEST_S = 3600.0
_HANG_UP_S = 1.0
_TIMEOUT_S = 15.0


class CancelledError(Exception):
    """A download was asked to end early."""


class ByteMeter:
    """Counts the bytes of several files.

    Args:
        total_bytes: The sum of all files.
        progress: Told how many bytes are done, and of how many.
        cancelled: Asked with each step.
    """

    def __init__(
        self,
        total_bytes: int,
        progress: Callable[[int, int], None] | None,
        cancelled: Callable[[], bool],
    ) -> None:
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


def download(url: str, meter: ByteMeter, most_bytes: int) -> bytes:
    """Download a file of some megabytes.

    Args:
        url: Its address.
        meter: Is called at each step; may end the download, at once even if the server is silent.
        most_bytes: A server that sends more is believed no longer.

    Raises:
        DatasetError: The server cannot be reached, refuses, breaks off, sends too much, or takes
            longer than an hour, however much it drips.
        CancelledError: The meter was asked to end.
    """
    from pooch import HTTPDownloader  # slow to import

    incoming = _Incoming(url, most_bytes)
    fetch = HTTPDownloader(
        chunk_size=_CHUNK_BYTES,
        timeout=_TIMEOUT_S,
        headers={"Accept-Encoding": "identity"},  # or a server's gzip would be taken off unasked
        hooks={"response": incoming.comes_from},
    )
    steps = StepsBeside("download")
    counted = 0

    def look() -> None:
        nonlocal counted
        came = incoming.tell()
        meter.update(came - counted)
        counted = came

    try:
        steps.run(lambda: fetch(url, incoming, None), _LONGEST_S, look)
        look()
    except NotInTimeError as error:
        raise DatasetError(f"{url} cannot be downloaded: the server is too slow.") from error
    except OSError as error:  # which each error of requests is, too
        response = getattr(error, "response", None)
        what = "cannot be reached or broke off" if response is None else "refuses"
        code = "" if response is None else f" ({response.status_code})"
        raise DatasetError(f"{url} cannot be downloaded: the server {what}{code}.") from error
    finally:
        incoming.is_wanted = False
        steps.end(incoming.hang_up, _HANG_UP_S)
    return incoming.getvalue()


class _Incoming(io.BytesIO):
    """A file on its way here, written on a thread of its own.

    Attributes:
        is_wanted: Once it is False, no more is taken.
    """

    def __init__(self, url: str, most_bytes: int) -> None:
        super().__init__()
        self.is_wanted = True
        self._url = url
        self._most_bytes = most_bytes
        self._responses: list[Any] = []

    def comes_from(self, response: Any, *_args: object, **_options: object) -> None:
        """Remember a response of requests: pooch does not close what it cannot read."""
        self._responses.append(response)

    def hang_up(self) -> None:
        """Close the connection; on the thread that reads it."""
        for response in self._responses:
            response.close()

    def write(self, data: Any) -> int:
        """Take some more bytes.

        Raises:
            DatasetError: They are too many.
            OSError: Nobody wants them any more.
        """
        if not self.is_wanted:
            raise OSError("nobody waits for it")
        if self.tell() + len(data) > self._most_bytes:
            raise DatasetError(
                f"{self._url} cannot be downloaded: the server sends more than the "
                f"{self._most_bytes:,} bytes of the file."
            )
        return super().write(data)
