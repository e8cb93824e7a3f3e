"""Downloading a file that is checked before it is kept."""

from __future__ import annotations

from collections.abc import Callable

from cnn_studio.errors import DatasetError
from cnn_studio.steps_beside import NotInTimeError, StepsBeside

_CHUNK_BYTES = 1 << 16
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
        meter: Told of each step; may end the download, at once even if the server is silent.
        most_bytes: A server that sends more is believed no longer.

    Raises:
        DatasetError: The server cannot be reached, refuses, breaks off, sends too much, or takes
            longer than an hour, however much it drips.
        CancelledError: The meter was asked to end.
    """
    incoming = _Incoming(url, most_bytes)
    steps = StepsBeside("download")
    counted = 0

    def look() -> None:
        nonlocal counted
        came = len(incoming.data)
        meter.update(came - counted)
        counted = came

    try:
        steps.run(incoming.fetch, _LONGEST_S, look)
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
        steps.end(lambda: None, _HANG_UP_S)
    return bytes(incoming.data)


class _Incoming:
    """A file on its way here, on a thread of its own.

    Attributes:
        data: What has come.
        is_wanted: Once it is False, no more is read.
    """

    def __init__(self, url: str, most_bytes: int) -> None:
        self.data = bytearray()
        self.is_wanted = True
        self._url = url
        self._most_bytes = most_bytes

    def fetch(self) -> None:
        """Read it to its end.

        Raises:
            OSError: It cannot be had whole.
            DatasetError: It is too large.
        """
        import requests  # slow to import
        from urllib3.exceptions import HTTPError

        headers = {"Accept-Encoding": "identity"}  # or a server's gzip would be taken off unasked
        with requests.get(self._url, headers=headers, timeout=_TIMEOUT_S, stream=True) as response:
            response.raise_for_status()
            promised = response.headers.get("Content-Length", "")
            try:
                # Not by chunks of a size: a server that drips would fill one in hours.
                while self.is_wanted and (more := response.raw.read1(_CHUNK_BYTES)):
                    self.data += more
                    if len(self.data) > self._most_bytes:
                        raise DatasetError(
                            f"{self._url} cannot be downloaded: the server sends more than the "
                            f"{self._most_bytes:,} bytes of the file."
                        )
            except HTTPError as error:
                raise OSError(str(error)) from error
            if self.is_wanted and promised.isdecimal() and len(self.data) < int(promised):
                raise OSError("it broke off")
