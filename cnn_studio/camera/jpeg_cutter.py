"""Cuts JPEG pictures out of what a camera sends, by the pictures themselves.

Cameras put all kinds of things between their pictures: boundaries that are not those that they
announced, or none before the first; a Content-Length that is wrong or lacks; bare line feeds. A
JPEG says itself where it begins and ends (ITU-T T.81, annex B), so nothing else is needed.
"""

from __future__ import annotations

import re

MOST_BYTES = 32 << 20
"""No picture of a camera is larger; what is would only fill the memory."""

_SOI, _EOI, _SOS = 0xD8, 0xD9, 0xDA
_STANDALONE = frozenset({0x01, *range(0xD0, 0xD8)})
_HEAD_BYTES = 4096  # more than the headers of a part have
_LENGTH = re.compile(rb"^content-length:[ \t]*(\d{1,9})[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)
_BLANK_LINE = re.compile(rb"\n\r?\n\Z")
_PART = re.compile(rb"\r?\n(--[^\r\n]*|content-type:[^\r\n]*)\r?\n", re.IGNORECASE)


class JpegCutter:
    """Takes bytes as they come, and gives the pictures in them."""

    def __init__(self) -> None:
        self._bytes = bytearray()
        self._start = -1  # of the picture that is being read; -1 between two
        self._at = 0
        self._in_scan = False
        self._length = 0  # what the part is said to have
        self._rest = 0  # what it is said to have behind its picture

    def feed(self, data: bytes) -> None:
        """So much more has come."""
        self._bytes += data
        if len(self._bytes) > MOST_BYTES:
            self._bytes.clear()
            self._begin_search(0)
            self._rest = 0

    def next(self) -> bytes | None:
        """The next picture that is complete; None until more has come.

        One that lacks its end comes as well, as soon as the next one begins: whether its pixels
        are all there is for the decoder to say.
        """
        while True:
            if self._start < 0 and not self._find_start():
                return None
            end = self._find_end()
            if end is None:
                return None
            if end > self._start:
                return self._cut_out(end)
            self._begin_search(self._start + 2)  # it only looked like a picture

    def finish(self) -> bytes | None:
        """No more will come: what has begun and lacks its end; None if there is no such thing."""
        return self._cut_out(len(self._bytes)) if self._start >= 0 else None

    def _find_start(self) -> bool:
        if self._rest and not self._pass_rest():
            return False
        start = self._bytes.find(b"\xff\xd8\xff", self._at)
        if start < 0:
            excess = len(self._bytes) - _HEAD_BYTES
            if excess > 0:
                del self._bytes[:excess]
            self._at = max(len(self._bytes) - 2, 0)
            return False
        head = bytes(self._bytes[max(start - _HEAD_BYTES, 0) : start])
        said = _LENGTH.findall(head) if _BLANK_LINE.search(head) else []
        self._length = int(said[-1]) if said else 0
        self._start, self._at, self._in_scan = start, start + 2, False
        return True

    def _pass_rest(self) -> bool:
        """Pass over what a part has behind its picture, such as a smaller copy.

        Only where another part begins behind it: else its length was wrong.
        """
        if not _PART.search(self._bytes, 0, self._rest):
            if len(self._bytes) < self._rest + 4:
                return False
            if bytes(self._bytes[self._rest : self._rest + 4]).lstrip(b"\r\n").startswith(b"--"):
                del self._bytes[: self._rest]
        self._rest = self._at = 0
        return True

    def _find_end(self) -> int | None:
        """Where the picture ends; None until it is known; its start if it is no picture."""
        data = self._bytes
        while True:
            if self._in_scan:
                self._at = data.find(b"\xff", self._at)
                if self._at < 0:
                    self._at = len(data)
            if self._at + 2 > len(data):
                return None
            marker = data[self._at + 1]
            if data[self._at] != 0xFF or (marker == 0 and not self._in_scan):
                return self._start
            if marker == 0xFF:
                self._at += 1
            elif marker in _STANDALONE or marker == 0:
                self._at += 2
            elif marker == _EOI:
                return self._at + 2
            elif marker == _SOI:
                return self._at
            elif not self._pass_segment(marker):
                return None if self._at + 4 > len(data) else self._start

    def _pass_segment(self, marker: int) -> bool:
        if self._at + 4 > len(self._bytes):
            return False
        length = int.from_bytes(self._bytes[self._at + 2 : self._at + 4], "big")
        if length < 2:
            return False
        self._at += 2 + length
        self._in_scan = marker == _SOS
        return True

    def _cut_out(self, end: int) -> bytes:
        picture = bytes(self._bytes[self._start : end])
        if not picture.endswith(b"\xff\xd9"):
            part = _PART.search(picture, max(len(picture) - _HEAD_BYTES, 0))
            picture = picture[: part.start()] if part else picture
        else:
            self._rest = max(self._length - len(picture), 0)
        del self._bytes[:end]
        self._begin_search(0)
        return picture

    def _begin_search(self, at: int) -> None:
        self._start, self._at, self._in_scan, self._length = -1, at, False, 0
