"""The demo camera: it draws what it shows, so that everything can be tried without a camera."""

from __future__ import annotations

import secrets
import threading
from collections import Counter

import numpy as np

from cnn_studio.camera.demo_art.scene import NOTHING, OBJECTS, SHOWN, STRANGE, Scene
from cnn_studio.camera.pace import Pace
from cnn_studio.camera.source import FrameSource
from cnn_studio.errors import UsageError
from cnn_studio.vision.images import ImageArray

FRAMES_PER_SECOND = 30.0
FRAMES_PER_SCENE = 16
_FRAMES_APART = 4096 * FRAMES_PER_SCENE  # 36 minutes
_SEEDS = 1_000_000


class DemoCamera(FrameSource):
    """Shows one of five objects, nothing, or something strange; 640x480 at 30 frames a second.

    The object moves a little; its place, size, ground and light change with every scene, about
    twice a second. No two recordings show the same scenes: they would be copies of each other,
    and a validation on them would flatter.

    Args:
        shown: What to begin with, one of `SHOWN`.
        seed: The same seed and the same calls give the same frames; None draws a seed.
        paced: Whether `read` keeps the rate of a camera, or draws as fast as it is asked.
    """

    OBJECTS = OBJECTS
    SHOWN = SHOWN
    NOTHING, STRANGE = NOTHING, STRANGE

    def __init__(self, shown: str = "shoe", *, seed: int | None = None, paced: bool = True) -> None:
        self.description = "Demo camera"
        self.frames_per_second = FRAMES_PER_SECOND
        self._seed = secrets.randbelow(_SEEDS) if seed is None else seed
        self._paced = paced
        self._pace = Pace(FRAMES_PER_SECOND)
        self._lock = threading.Lock()
        self._shown = _checked(shown)
        self._scene: Scene | None = None
        self._drawn = ""  # the object of the frame before
        self._count = 0  # of its frames
        self._showings: Counter[str] = Counter()

    @property
    def shown(self) -> str:
        """What the next frame shows."""
        with self._lock:
            return self._shown

    def show(self, name: str) -> None:
        """Show something else from the next frame on; thread-safe.

        Raises:
            UsageError: It is none of `SHOWN`.
        """
        with self._lock:
            self._shown = _checked(name)

    def open(self) -> None:
        """Begin with the first scene. See `FrameSource.open`."""
        self._drawn = ""
        self._pace = Pace(FRAMES_PER_SECOND)

    def read(self) -> ImageArray:
        """Wait for the next frame and draw it. See `FrameSource.read`."""
        if self._paced:
            self._pace.wait()
        name = self.shown
        if name != self._drawn:
            # Every object begins with the same scenes when it is first shown, so that short
            # recordings of several objects, each made right after choosing it, differ by nothing
            # but the object. Shown again it goes on with others.
            self._drawn, self._count = name, self._showings[name] * _FRAMES_APART
            self._showings[name] += 1
        index, frame = divmod(self._count, FRAMES_PER_SCENE)
        if frame == 0 or self._scene is None:
            self._scene = Scene(name, index, self._seed)
        noise = np.random.default_rng((self._seed, self._count))
        self._count += 1
        return self._scene.draw(frame / FRAMES_PER_SECOND, noise)

    def close(self) -> None:
        """Nothing has to be let go of."""


def _checked(name: str) -> str:
    if name not in SHOWN:
        raise UsageError(f"The demo camera shows {', '.join(SHOWN)}, not {name}.")
    return name
