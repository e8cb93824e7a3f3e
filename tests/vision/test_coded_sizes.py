"""What a coded picture says of itself is read as its decoder reads it."""

from __future__ import annotations

import struct

import imagecodecs
import numpy as np
import pytest

from cnn_studio.vision.coded_sizes import avif_size


def _coded(width: int, height: int, *, is_high: bool, zeros: int) -> bytes:
    """An AV1 sequence header of the long kind; so many zeros stand before a number in it."""
    number = "0" * zeros + ("1" + "1" * zeros if zeros < 32 else "")
    bits = [
        "000" "0" "0",  # profile, no still picture, not short
        "1", "0" * 64, "1", number, "0",  # times, and no model of the decoder
        "0", "00000", "0" * 12, "01001", "1",  # one operating point, with a tier
        "1111", "1111", f"{width - 1:016b}", f"{height - 1:016b}",
        "1", "0" * 7, "000", "0000", "1", "11", "1", "0", "1", "111",  # what the frames may use
        "000", "01"[is_high], "0" * 16,
    ]  # fmt: skip
    text = "".join(bits)
    text += "0" * (-len(text) % 8)
    header = int(text, 2).to_bytes(len(text) // 8, "big")
    return b"\x12\0\x0a" + bytes([len(header)]) + header


def _avif(coded: bytes) -> bytes:
    def box(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", 8 + len(content)) + kind + content

    start = box(b"ftyp", b"avif\0\0\0\0avif")
    place = len(start) + 8 + 4 + 8 + 22 + 8
    said = bytes(4) + b"\x44\0" + struct.pack(">HHHHII", 1, 1, 0, 1, place, len(coded))
    return start + box(b"meta", bytes(4) + box(b"iloc", said)) + box(b"mdat", coded)


@pytest.mark.parametrize("zeros", [0, 1, 17, 31, 32])
@pytest.mark.parametrize("is_high", [False, True])
def test_a_long_header_is_followed_to_its_bits(zeros: int, is_high: bool) -> None:
    data = _avif(_coded(1000, 500, is_high=is_high, zeros=zeros))
    assert avif_size(data) == (500_000, not is_high)


@pytest.mark.parametrize("bits", [8, 10, 12])
@pytest.mark.parametrize("kind", ["420", "444"])
def test_an_encoders_own_header_is_understood(bits: int, kind: str) -> None:
    image = np.zeros((40, 56, 3), np.uint8 if bits == 8 else np.uint16)
    data = imagecodecs.avif_encode(image, bitspersample=bits, pixelformat=kind, speed=10)
    assert avif_size(data) == (40 * 56, bits == 8)


def test_what_cannot_be_followed_is_not_taken_for_8_bits() -> None:
    assert avif_size(_avif(b"\x0a\x02\x18\x00")) == (0, False)
