"""How long the checkup of a large dataset takes in the window, and whether the window stutters.

    .venv/bin/python tests/benchmarks/checkup.py [--images 20000] [--clusters 0 186] [--culprits]

The images are photos drawn here: each another one, or noisy copies of so many as `--clusters` says.
The cache of what is known of them is in a folder of its own, so the first checkup looks into every
file and the second into none. Beside the time by the clock stands the processor time of the whole
program, which says more on a machine that is shared, and by how much what the bar showed was off
the share of the time that had gone.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from PySide6.QtWidgets import QProgressBar

    from cnn_studio.gui.capture.checkup.checkup_dialog import CheckupDialog

_CLASSES = ("shoe", "cap", "cellphone", "pencil", "book")
_WIDTH, _HEIGHT = 320, 240
_SHAPES = 12
_NOISE = 12.0
_LOOK_INTERVAL_S = 0.2
_MOST_S = 3600


def main() -> None:
    """Draw the images, open the window on them, and check them twice."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", type=int, default=20_000)
    parser.add_argument("--clusters", type=int, nargs="+", default=[0, 186])
    parser.add_argument("--culprits", action="store_true", help="say who held the window up")
    options = parser.parse_args()
    if len(options.clusters) > 1:  # each in a process of its own, as Qt stays with one screen
        others = ["--images", str(options.images), *(["--culprits"] if options.culprits else [])]
        for clusters in options.clusters:
            command = [sys.executable, __file__, "--clusters", str(clusters), *others]
            subprocess.run(command, check=True)
        return
    (clusters,) = options.clusters
    of_what = f"noisy copies of {clusters} photos" if clusters else "different photos"
    print(f"{options.images:,} {of_what}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        os.environ["XDG_CACHE_HOME"] = f"{folder}/cache"
        draw_photos(Path(folder) / "datasets" / "objects", options.images, clusters)
        _measure(Path(folder), options.culprits)


def draw_photos(dataset: Path, count: int, clusters: int = 0) -> None:
    """Draw photos into class folders.

    Args:
        dataset: Where the class folders are made.
        count: How many.
        clusters: How many different ones; 0 draws each another one.
    """

    def draw(number: int) -> None:
        shown = number % clusters if clusters else number
        image = _photo(shown)
        if clusters:
            noise = np.random.default_rng(number).normal(0, _NOISE, image.shape)
            image = np.clip(image + noise, 0, 255).astype(np.uint8)
        path = dataset / _CLASSES[shown % len(_CLASSES)] / f"photo-{number:06}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(path), image)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(draw, range(count)))


def _photo(number: int) -> NDArray[np.uint8]:
    random = np.random.default_rng(number)
    small = random.integers(60, 200, (6, 8, 3)).astype(np.uint8)
    image = cv2.resize(small, (_WIDTH, _HEIGHT), interpolation=cv2.INTER_CUBIC)
    for _ in range(_SHAPES):
        corner = (int(random.integers(0, _WIDTH)), int(random.integers(0, _HEIGHT)))
        axes = (int(random.integers(8, 70)), int(random.integers(8, 50)))
        colour = [int(level) for level in random.integers(0, 255, 3)]
        cv2.ellipse(image, corner, axes, int(random.integers(0, 180)), 0, 360, colour, -1)
    return np.asarray(image, np.uint8)


def _measure(workspace: Path, culprits: bool) -> None:
    from PySide6.QtCore import QObject
    from PySide6.QtWidgets import QProgressBar

    from cnn_studio.gui.capture.checkup.checkup_dialog import CheckupDialog
    from tests.benchmarks.loop_probe import LoopProbe
    from tests.benchmarks.open_studio import open_studio, press, run_for, run_until

    with open_studio(workspace, "demo:shoe", "xcb") as (studio, window):
        run_until(studio.camera.latest, "frame of the camera")
        run_for(5)  # thumbnails, other tabs
        probe = LoopProbe(20 if culprits else None)
        probe.start()
        for phase in ("first checkup, every file is looked into", "second checkup, all is known"):
            probe.restart()
            begun_s, spent_s = time.perf_counter(), time.process_time()
            press(window, "checkupButton")
            dialog = window.findChild(QObject, "checkupDialog")
            assert isinstance(dialog, CheckupDialog)
            bar = dialog.findChild(QProgressBar, "checkupProgress")
            pace = _Pace(begun_s, bar)
            run_until(partial(pace.has_come_to_end, dialog), "end of the checkup", _MOST_S)
            seconds = time.perf_counter() - begun_s
            spent_s = time.process_time() - spent_s
            off = f"bar off by {pace.most_off(seconds):.0%}"
            print(f"{phase:<41}{seconds:6.1f} s{spent_s:7.1f} s of processor   {off}")
            print(f"    {probe.gaps()}", flush=True)
            print(*probe.stacks()[:6], sep="\n")
            dialog.close()
            run_for(1)
        probe.stop()


class _Pace:
    """Notes what a bar shows, as a person who looks at it now and then."""

    def __init__(self, begun_s: float, bar: QProgressBar) -> None:
        self._begun_s = begun_s
        self._bar = bar
        self._seen: list[tuple[float, float]] = []

    def has_come_to_end(self, dialog: CheckupDialog) -> bool:
        after_s = time.perf_counter() - self._begun_s
        is_due = not self._seen or after_s > self._seen[-1][0] + _LOOK_INTERVAL_S
        if is_due and self._bar.maximum():
            self._seen.append((after_s, self._bar.value() / self._bar.maximum()))
        return dialog.is_finished

    def most_off(self, whole_s: float) -> float:
        """By how much it was off the share of the time that had gone, 0 to 1."""
        return max((abs(shown - after_s / whole_s) for after_s, shown in self._seen), default=0.0)


if __name__ == "__main__":
    main()
