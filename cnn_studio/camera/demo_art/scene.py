"""A scene of the demo camera: one object on one ground in one light, moving a little."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache

import numpy as np
from numpy.typing import NDArray

from cnn_studio.camera.demo_art import book, cap, cellphone, pencil, shoe
from cnn_studio.camera.demo_art.canvas import SIDE
from cnn_studio.camera.demo_art.grounds import GROUND_COUNT, ground
from cnn_studio.camera.demo_art.grounds import HEIGHT as GROUND_HEIGHT
from cnn_studio.camera.demo_art.grounds import WIDTH as GROUND_WIDTH
from cnn_studio.vision.images import ImageArray
from cnn_studio.vision.opencv import cv2

HEIGHT, WIDTH = 480, 640
"""Of a frame, in pixels."""

_Matrix = NDArray[np.float64]

_DRAWINGS: Mapping[str, tuple[Callable[[int], ImageArray], int]] = {
    "shoe": (shoe.draw, len(shoe.VARIANTS)),
    "cap": (cap.draw, len(cap.VARIANTS)),
    "cellphone": (cellphone.draw, len(cellphone.VARIANTS)),
    "pencil": (pencil.draw, len(pencil.VARIANTS)),
    "book": (book.draw, len(book.VARIANTS)),
}
OBJECTS = tuple(_DRAWINGS)
"""What can be shown."""

_TURN_DEGREES = {"shoe": 22, "cap": 22, "cellphone": 40, "pencil": 180, "book": 30}
_TILT = 0.00055  # how strongly perspective narrows the far side, per pixel of the sprite
_SHADOW_SCALE = 4  # a shadow is soft, so a quarter of the pixels is enough
_SHADOW_DEPTH = 0.5
_GAIN_ONE = 128  # how a light of 1 is written in 8 bits
_NOISE_ROOM = 64


@cache
def sprite(name: str, variant: int) -> ImageArray:
    """A drawing of an object, made when it is first asked for; see `Canvas.sprite`."""
    return _DRAWINGS[name][0](variant)


class Scene:
    """What is chosen once for about a second of frames.

    Args:
        name: One of `OBJECTS`.
        index: The number of the scene; the same number gives the same scene.
        seed: Another seed gives other scenes.
    """

    def __init__(self, name: str, index: int, seed: int) -> None:
        rng = np.random.default_rng((seed, OBJECTS.index(name), index))
        # Drawings and grounds take turns, so that a few seconds show them all.
        self._sprite = sprite(name, (index + seed) % _DRAWINGS[name][1])
        self._ground = _flipped(ground(int(rng.integers(GROUND_COUNT))), rng)
        self._gain = _light(rng)
        self._noise = _noise(round(rng.uniform(2, 7)))
        self._mirrored = bool(rng.integers(2)) and name not in ("book", "cellphone")
        self._turn = rng.uniform(-1, 1) * _TURN_DEGREES[name]
        self._size = rng.uniform(0.68, 0.96)
        self._place = rng.uniform(-36, 36, 2)
        self._tilt = rng.uniform(-_TILT, _TILT, 2)
        self._sway = rng.uniform(0.6, 1.4, 5)
        self._phase = rng.uniform(0, 2 * np.pi, 5)
        self._drift = rng.uniform(-1, 1, 2)
        self._height = rng.uniform(8, 26)  # of the object above the ground, for the shadow

    def draw(self, moment: float, rng: np.random.Generator) -> ImageArray:
        """The frame at a moment of the scene.

        Args:
            moment: In seconds since the scene began.
            rng: For the noise of the sensor.

        Returns:
            Pixels (480, 640, 3), uint8, RGB.
        """
        matrix = self._pose(moment)
        image: cv2.typing.MatLike = self._behind(moment)
        object_rgba = cv2.warpPerspective(self._sprite, matrix, (WIDTH, HEIGHT))
        image = cv2.multiply(image, self._shadow(matrix), scale=1 / 255)
        alpha = object_rgba[..., 3]
        rest = cv2.cvtColor(255 - alpha, cv2.COLOR_GRAY2RGB)
        image = cv2.multiply(image, rest, scale=1 / 255)
        image = cv2.add(image, cv2.cvtColor(object_rgba, cv2.COLOR_RGBA2RGB))
        image = cv2.multiply(image, self._gain, scale=1 / _GAIN_ONE)
        top, left = rng.integers(0, _NOISE_ROOM, 2)
        noise = self._noise[top : top + HEIGHT, left : left + WIDTH]
        return np.asarray(cv2.add(image, noise, dtype=cv2.CV_8U), np.uint8)

    def _pose(self, moment: float) -> _Matrix:
        """Where the sprite's pixels come to lie in the frame, as a homography (3, 3)."""
        sway = np.sin(moment * 2.4 * self._sway + self._phase)
        turn = np.radians(self._turn + 9 * sway[0])
        size = self._size * (1 + 0.06 * sway[1])
        place = np.array([WIDTH / 2, HEIGHT / 2]) + self._place + 14 * sway[2:4]
        tilt = self._tilt + 0.3 * _TILT * sway[4]
        cos, sin = np.cos(turn) * size, np.sin(turn) * size
        mirror = -1.0 if self._mirrored else 1.0
        to_middle = np.array([[1, 0, -SIDE / 2], [0, 1, -SIDE / 2], [0, 0, 1]])
        lean = np.array([[mirror, 0, 0], [0, 1, 0], [tilt[0], tilt[1], 1]])
        to_frame = np.array([[cos, -sin, place[0]], [sin, cos, place[1]], [0, 0, 1]])
        return np.asarray(to_frame @ lean @ to_middle, np.float64)

    def _behind(self, moment: float) -> ImageArray:
        room_y, room_x = GROUND_HEIGHT - HEIGHT, GROUND_WIDTH - WIDTH
        top = round(room_y / 2 + self._drift[0] * 30 * np.sin(moment))
        left = round(room_x / 2 + self._drift[1] * 40 * np.sin(moment))
        return self._ground[top : top + HEIGHT, left : left + WIDTH]

    def _shadow(self, matrix: _Matrix) -> ImageArray:
        """How much light the object leaves to the ground: (480, 640, 3) uint8, 255 for all."""
        lower = np.array([[1, 0, self._height * 0.6], [0, 1, self._height], [0, 0, 1]])
        smaller = np.diag([1 / _SHADOW_SCALE, 1 / _SHADOW_SCALE, 1])
        size = (WIDTH // _SHADOW_SCALE, HEIGHT // _SHADOW_SCALE)
        shape = cv2.warpPerspective(self._sprite[..., 3], smaller @ lower @ matrix, size)
        soft = cv2.GaussianBlur(shape, (0, 0), self._height / _SHADOW_SCALE)
        left_over = cv2.convertScaleAbs(soft, alpha=-_SHADOW_DEPTH, beta=255)
        return np.asarray(
            cv2.cvtColor(cv2.resize(left_over, (WIDTH, HEIGHT)), cv2.COLOR_GRAY2RGB), np.uint8
        )


def _flipped(image: ImageArray, rng: np.random.Generator) -> ImageArray:
    return np.asarray(cv2.flip(image, int(rng.integers(-1, 2))), np.uint8)


def _light(rng: np.random.Generator) -> ImageArray:
    """Brightness that falls off to one side, warm or cool: (480, 640, 3) uint8, 128 for 1."""
    brightness = rng.uniform(0.72, 1.12)
    slope_y, slope_x = rng.uniform(-0.22, 0.22, 2)
    warmth = rng.uniform(-0.09, 0.09)
    y = np.linspace(-1, 1, HEIGHT, dtype=np.float32)[:, None, None]
    x = np.linspace(-1, 1, WIDTH, dtype=np.float32)[None, :, None]
    tint = np.array([1 + warmth, 1, 1 - warmth], np.float32)
    gain = brightness * (1 + slope_y * y + slope_x * x) * tint
    return np.asarray(np.clip(gain * _GAIN_ONE, 0, 255), np.uint8)


@cache
def _noise(strength: int) -> NDArray[np.int16]:
    """The noise of a sensor, larger than a frame, so that every frame takes another part of it."""
    rng = np.random.default_rng(strength)
    shape = (HEIGHT + _NOISE_ROOM, WIDTH + _NOISE_ROOM, 3)
    return np.round(rng.normal(0, strength, shape)).astype(np.int16)
