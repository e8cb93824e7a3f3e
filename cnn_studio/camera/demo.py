"""The demo camera: it draws what it shows, so that everything can be tried without a camera."""

from __future__ import annotations

import threading

import numpy as np

from cnn_studio.camera.demo_art.scene import OBJECTS, Scene
from cnn_studio.camera.pace import Pace
from cnn_studio.camera.source import FrameSource
from cnn_studio.errors import UsageError
from cnn_studio.vision.images import ImageArray

FRAMES_PER_SECOND = 30.0
FRAMES_PER_SCENE = 16


class DemoCamera(FrameSource):
    """Shows one of five objects, 640x480 at 30 frames a second.

    The object moves a little; its place, size, ground and light change with every scene, that is
    about every second. The same seed and the same calls give the same frames.

    Args:
        shown: The object to begin with.
        seed: Another seed gives other scenes.
        paced: Whether `read` keeps the rate of a camera, or draws as fast as it is asked.
    """

    OBJECTS = OBJECTS

    def __init__(self, shown: str = "shoe", *, seed: int = 1, paced: bool = True) -> None:
        self.description = "Demo camera"
        self.frames_per_second = FRAMES_PER_SECOND
        self._seed = seed
        self._paced = paced
        self._lock = threading.Lock()
        self._shown = ""
        self.show(shown)
        self._count = 0
        self._scene: tuple[tuple[str, int], Scene] | None = None
        self._pace = Pace(FRAMES_PER_SECOND)

    @property
    def shown(self) -> str:
        """The object that the next frame shows."""
        with self._lock:
            return self._shown

    def show(self, name: str) -> None:
        """Show another object from the next frame on; thread-safe.

        Raises:
            UsageError: There is no such object.
        """
        if name not in OBJECTS:
            raise UsageError(f"The demo camera shows {', '.join(OBJECTS)}. Received: {name}.")
        with self._lock:
            self._shown = name

    def open(self) -> None:
        """Begin with the first scene. See `FrameSource.open`."""
        self._count = 0
        self._pace = Pace(FRAMES_PER_SECOND)

    def read(self) -> ImageArray:
        """Wait for the next frame and draw it. See `FrameSource.read`."""
        if self._paced:
            self._pace.wait()
        index, frame = divmod(self._count, FRAMES_PER_SCENE)
        scene = self._scene_of(self.shown, index)
        rng = np.random.default_rng((self._seed, self._count))
        self._count += 1
        return scene.draw(frame / FRAMES_PER_SECOND, rng)

    def close(self) -> None:
        """Nothing has to be let go of."""

    def _scene_of(self, name: str, index: int) -> Scene:
        if self._scene is None or self._scene[0] != (name, index):
            self._scene = ((name, index), Scene(name, index, self._seed))
        return self._scene[1]
