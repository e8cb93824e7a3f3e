"""A scene of the demo camera: one object or none on one ground in one light, moving a little."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from cnn_studio.camera.demo_art import book, cap, cellphone, pencil, shoe, strange
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
"""The five objects that a network can learn."""
NOTHING, STRANGE = "nothing", "strange"
"""No object, and one that is none of the five."""
SHOWN = (*OBJECTS, NOTHING, STRANGE)
"""What can be shown."""

_ALL_DRAWINGS = {**_DRAWINGS, STRANGE: (strange.draw, len(strange.VARIANTS))}


@dataclass(frozen=True)
class _Pose:
    """How an object may lie: from and to."""

    turn_degrees: tuple[float, float]
    size: tuple[float, float]  # 1 is 512 pixels
    has_two_sides: bool = True  # no letters would show that it is mirrored


_POSES = {
    "shoe": _Pose((-18, 18), (0.82, 0.94)),
    "cap": _Pose((-18, 18), (0.82, 0.94)),
    "cellphone": _Pose((-24, 24), (0.82, 0.94), has_two_sides=False),
    # Along the diagonal there is room for its length.
    "pencil": _Pose((-68, -16), (0.96, 1.08), has_two_sides=False),
    "book": _Pose((-20, 20), (0.72, 0.84), has_two_sides=False),
    STRANGE: _Pose((-24, 24), (0.7, 0.84)),
}
_IRRATIONAL = (0.6180340, 0.4142136, 0.7320508, 0.2360680)

_TILT = 0.00055  # how strongly perspective narrows the far side, per pixel of the sprite
_SHADOW_SCALE = 4  # a shadow is soft, so a quarter of the pixels is enough
_SHADOW_DEPTH = 0.5
_GAIN_ONE = 128  # how a light of 1 is written in 8 bits
_NOISE_ROOM = 64


@cache
def sprite(name: str, variant: int) -> ImageArray:
    """A drawing of an object, made when it is first asked for; see `Canvas.sprite`."""
    return _ALL_DRAWINGS[name][0](variant)


class Scene:
    """What is chosen once for about half a second of frames.

    Args:
        name: One of `SHOWN`.
        index: The number of the scene; the same number gives the same scene.
        seed: Another seed gives other scenes.
    """

    def __init__(self, name: str, index: int, seed: int) -> None:
        # The surroundings do not depend on the object: they must tell nothing about it.
        around = np.random.default_rng((seed, index))
        self._ground = _flipped(ground(_ground_of(index, seed)), around)
        self._way = around.uniform(0.6, 1, 2) * around.choice([-1, 1], 2)
        self._gain = _light(around)
        self._noise = _noise(round(around.uniform(2, 7)))
        self._hour = around.uniform(0, 2 * np.pi)  # where the slow change of brightness stands
        self._object = None if name == NOTHING else _Object(name, index, seed)

    def draw(self, moment: float, rng: np.random.Generator) -> ImageArray:
        """The frame at a moment of the scene.

        Args:
            moment: In seconds since the scene began.
            rng: For the noise of the sensor.

        Returns:
            Pixels (480, 640, 3), uint8, RGB.
        """
        image = self._behind(moment).copy()
        if self._object is not None:
            self._object.put_on(image, moment)
        daylight = 1 + 0.1 * np.sin(5 * moment + self._hour)
        lit = cv2.multiply(image, self._gain, scale=daylight / _GAIN_ONE)
        top, left = rng.integers(0, _NOISE_ROOM, 2)
        brighter, darker = (each[top : top + HEIGHT, left : left + WIDTH] for each in self._noise)
        return np.asarray(cv2.subtract(cv2.add(lit, brighter), darker), np.uint8)

    def _behind(self, moment: float) -> ImageArray:
        """The part of the ground in view: the camera moves across it from side to side."""
        room = np.array([GROUND_HEIGHT - HEIGHT, GROUND_WIDTH - WIDTH])
        top, left = np.round(room / 2 * (1 + self._way * np.sin(4 * moment - 1))).astype(int)
        return self._ground[top : top + HEIGHT, left : left + WIDTH]


class _Object:
    """How the object of a scene lies, and how it moves."""

    def __init__(self, name: str, index: int, seed: int) -> None:
        # What matters to a network takes turns or is spread evenly instead of being drawn by
        # lot: few scenes in a row already show most of what there is.
        number = index + seed
        pose = _POSES[name]
        self._sprite = sprite(name, number % _ALL_DRAWINGS[name][1])
        self._mirrored = pose.has_two_sides and number % 2 == 1
        turn, size, *place = (_spread(number, each) for each in range(4))
        self._turn = pose.turn_degrees[0] + turn * np.ptp(pose.turn_degrees)
        self._size = pose.size[0] + size * np.ptp(pose.size)
        self._place = 36 * (np.array(place) - 0.5)
        rng = np.random.default_rng((seed, index, 1 + SHOWN.index(name)))
        self._tilt = rng.uniform(-_TILT, _TILT, 2)
        self._sway = rng.uniform(0.6, 1.4, 5)
        self._phase = rng.uniform(0, 2 * np.pi, 5)
        self._height = rng.uniform(8, 26)  # of the object above the ground, for the shadow

    def put_on(self, image: ImageArray, moment: float) -> None:
        """Lay the object and its shadow over `image`, touching only the part that they cover."""
        matrix = self._pose(moment)
        left, top, right, bottom = self._covered(matrix)
        size = (right - left, bottom - top)
        to_part = np.array([[1, 0, -left], [0, 1, -top], [0, 0, 1]]) @ matrix
        part = image[top:bottom, left:right]
        object_rgba = cv2.warpPerspective(self._sprite, to_part, size)
        shown = cv2.multiply(
            255 - object_rgba[..., 3], self._unshaded(to_part, size), scale=1 / 255
        )
        ground_rgb = cv2.multiply(part, cv2.cvtColor(shown, cv2.COLOR_GRAY2RGB), scale=1 / 255)
        part[:] = cv2.add(ground_rgb, cv2.cvtColor(object_rgba, cv2.COLOR_RGBA2RGB))

    def _pose(self, moment: float) -> _Matrix:
        """Where the sprite's pixels come to lie in the frame, as a homography (3, 3)."""
        sway = np.sin(moment * 3 * self._sway + self._phase)
        turn = np.radians(self._turn + 10 * sway[0])
        size = self._size * (1 + 0.07 * sway[1])
        place = np.array([WIDTH / 2, HEIGHT / 2]) + self._place + 16 * sway[2:4]
        tilt = self._tilt + 0.3 * _TILT * sway[4]
        cos, sin = np.cos(turn) * size, np.sin(turn) * size
        mirror = -1.0 if self._mirrored else 1.0
        to_middle = np.array([[1, 0, -SIDE / 2], [0, 1, -SIDE / 2], [0, 0, 1]])
        lean = np.array([[mirror, 0, 0], [0, 1, 0], [tilt[0], tilt[1], 1]])
        to_frame = np.array([[cos, -sin, place[0]], [sin, cos, place[1]], [0, 0, 1]])
        return np.asarray(to_frame @ lean @ to_middle, np.float64)

    def _covered(self, matrix: _Matrix) -> tuple[int, int, int, int]:
        """The part of the frame that the object and its shadow reach: left, top, right, bottom."""
        x, y, width, height = cv2.boundingRect(self._sprite[..., 3])
        corners = np.array([[x, x + width, x + width, x], [y, y, y + height, y + height], [1] * 4])
        reached = matrix @ corners
        across, down = reached[0] / reached[2], reached[1] / reached[2]
        margin = self._height * 3
        left, right = np.clip([across.min() - margin, across.max() + margin], 0, WIDTH)
        top, bottom = np.clip([down.min() - margin, down.max() + margin], 0, HEIGHT)
        return int(left), int(top), int(right), int(bottom)

    def _unshaded(self, matrix: _Matrix, size: tuple[int, int]) -> cv2.typing.MatLike:
        """How much light the object leaves to the ground: uint8 of this size, 255 for all."""
        lower = np.array([[1, 0, self._height * 0.6], [0, 1, self._height], [0, 0, 1]])
        smaller = np.diag([1 / _SHADOW_SCALE, 1 / _SHADOW_SCALE, 1])
        small = (size[0] // _SHADOW_SCALE + 1, size[1] // _SHADOW_SCALE + 1)
        shape = cv2.warpPerspective(self._sprite[..., 3], smaller @ lower @ matrix, small)
        soft = cv2.GaussianBlur(shape, (0, 0), self._height / _SHADOW_SCALE)
        return cv2.resize(cv2.convertScaleAbs(soft, alpha=-_SHADOW_DEPTH, beta=255), size)


def _spread(number: int, measure: int) -> float:
    """A value of 0 to 1 that fills the range evenly as `number` grows (additive recurrence)."""
    return float((0.5 + number * _IRRATIONAL[measure]) % 1)


def _ground_of(index: int, seed: int) -> int:
    """All grounds in turn, each round in another order."""
    turn, position = divmod(index, GROUND_COUNT)
    order = np.random.default_rng((seed, turn)).permutation(GROUND_COUNT)
    return int(order[position])


def _flipped(image: ImageArray, rng: np.random.Generator) -> ImageArray:
    return np.asarray(cv2.flip(image, int(rng.integers(-1, 2))), np.uint8)


def _light(rng: np.random.Generator) -> ImageArray:
    """Brightness that falls off to one side, warm or cool: (480, 640, 3) uint8, 128 for 1."""
    brightness = rng.uniform(0.76, 1.04)
    slope_y, slope_x = rng.uniform(-0.16, 0.16, 2)
    warmth = rng.uniform(-0.07, 0.07)
    y = np.linspace(-1, 1, HEIGHT // 8)[:, None, None]
    x = np.linspace(-1, 1, WIDTH // 8)[None, :, None]
    gain = brightness * (1 + slope_y * y + slope_x * x) * [1 + warmth, 1, 1 - warmth]
    coarse = np.clip(gain * _GAIN_ONE, 0, 255).astype(np.uint8)
    return np.asarray(cv2.resize(coarse, (WIDTH, HEIGHT)), np.uint8)


@cache
def _noise(strength: int) -> tuple[ImageArray, ImageArray]:
    """The noise of a sensor: what it adds and what it takes away.

    Both are larger than a frame, so that every frame can have another part of them.
    """
    rng = np.random.default_rng(strength)
    shape = (HEIGHT + _NOISE_ROOM, WIDTH + _NOISE_ROOM, 3)
    noise = np.round(rng.normal(0, strength, shape)).astype(np.int16)
    return np.maximum(noise, 0).astype(np.uint8), np.maximum(-noise, 0).astype(np.uint8)
