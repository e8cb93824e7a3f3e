"""Small videos for the tests, real ones, whose frames are numbered in their pixels."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from cnn_studio.vision.images import ImageArray

WIDTH, HEIGHT = 96, 64
_BITS = 8
_BIT_WIDTH = WIDTH // _BITS


def numbered(number: int) -> ImageArray:
    """A sharp, well-lit image (64, 96, 3), different for each number 0 to 255."""
    image = np.full((HEIGHT, WIDTH, 3), (150, 120, 90), np.uint8)
    for bit in range(_BITS):
        image[:32, bit * _BIT_WIDTH : (bit + 1) * _BIT_WIDTH] = 230 if number >> bit & 1 else 25
    return image


def number_of(image_rgb: ImageArray) -> int:
    """The number that an image of `numbered` shows."""
    cells = [image_rgb[8:24, bit * _BIT_WIDTH + 3 : (bit + 1) * _BIT_WIDTH - 3] for bit in range(8)]
    return sum(1 << bit for bit, cell in enumerate(cells) if cell.mean() > 128)


def write_video(
    path: Path,
    numbers: Sequence[int],
    *,
    codec: str = "MJPG",
    rate: float = 20.0,
    light: float = 1.0,
) -> Path:
    """Write a video of numbered frames that come evenly; with less light they are darker."""
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*codec), rate, (WIDTH, HEIGHT))
    assert writer.isOpened()
    for number in numbers:
        picture = (numbered(number) * light).astype(np.uint8)
        writer.write(cv2.cvtColor(picture, cv2.COLOR_RGB2BGR))
    writer.release()
    return path


def write_uneven_video(path: Path, ticks: Sequence[int], rate: float = 30.0) -> Path:
    """Write a video whose frame number n is shown at ticks[n] / rate seconds."""
    raw = [cv2.VIDEOWRITER_PROP_RAW_VIDEO, 1]
    code = cv2.VideoWriter.fourcc(*"MJPG")
    writer = cv2.VideoWriter(str(path), cv2.CAP_FFMPEG, code, rate, (WIDTH, HEIGHT), raw)
    assert writer.isOpened()
    for number, tick in enumerate(ticks):
        picture = cv2.cvtColor(numbered(number), cv2.COLOR_RGB2BGR)
        writer.set(cv2.VIDEOWRITER_PROP_KEY_FLAG, 1)
        writer.set(cv2.VIDEOWRITER_PROP_PTS, tick)
        writer.set(cv2.VIDEOWRITER_PROP_DTS_DELAY, 0)
        writer.write(cv2.imencode(".jpg", picture)[1].reshape(1, -1))
    writer.release()
    return path


def turn_video(path: Path) -> Path:
    """Have an mp4 say that it is to be shown turned by a quarter, as a telephone held upright."""
    data = bytearray(path.read_bytes())
    matrix = data.index(b"tkhd") + 4 + 40  # behind version, times, track and volume
    data[matrix : matrix + 36] = struct.pack(">9i", 0, 1 << 16, 0, -(1 << 16), 0, 0, 0, 0, 1 << 30)
    path.write_bytes(data)
    return path


def damage_frames(path: Path, places: Sequence[int]) -> Path:
    """Make some frames of an MJPG video unreadable."""
    data = bytearray(path.read_bytes())
    starts, place = [], data.find(b"\xff\xd8\xff")
    while place >= 0:
        starts.append(place)
        place = data.find(b"\xff\xd8\xff", place + 3)
    for number in places:
        length = data.index(b"\xff\xd9", starts[number]) - starts[number]
        data[starts[number] : starts[number] + length] = bytes(length)
    path.write_bytes(data)
    return path


def cut_video(path: Path, share: float) -> Path:
    """Keep only the first part of a file."""
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    return path
