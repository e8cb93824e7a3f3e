"""How long the checkup of a large dataset takes in the window, and whether the window stutters.

    .venv/bin/python tests/benchmarks/checkup.py [--images 20000] [--culprits]

The images are photos drawn here, each another one; the cache of what is known of them is in a
folder of its own, so the first checkup looks into every file and the second into none.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cv2
import numpy as np

_CLASSES = ("shoe", "cap", "cellphone", "pencil", "book")
_WIDTH, _HEIGHT = 320, 240
_SHAPES = 12


def main() -> None:
    """Draw the images, open the window on them, and check them twice."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", type=int, default=20_000)
    parser.add_argument("--culprits", action="store_true", help="say who held the window up")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["XDG_CACHE_HOME"] = f"{folder}/cache"
        _draw(Path(folder) / "datasets" / "objects", options.images)
        _measure(Path(folder), options.culprits)


def _draw(dataset: Path, count: int) -> None:
    def draw(number: int) -> None:
        random = np.random.default_rng(number)
        small = random.integers(60, 200, (6, 8, 3)).astype(np.uint8)
        image = cv2.resize(small, (_WIDTH, _HEIGHT), interpolation=cv2.INTER_CUBIC)
        for _ in range(_SHAPES):
            corner = (int(random.integers(0, _WIDTH)), int(random.integers(0, _HEIGHT)))
            axes = (int(random.integers(8, 70)), int(random.integers(8, 50)))
            colour = [int(level) for level in random.integers(0, 255, 3)]
            cv2.ellipse(image, corner, axes, int(random.integers(0, 180)), 0, 360, colour, -1)
        path = dataset / _CLASSES[number % len(_CLASSES)] / f"photo-{number:06}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(path), image)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(draw, range(count)))


def _measure(workspace: Path, culprits: bool) -> None:
    from PySide6.QtCore import QObject

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
            begun_s = time.perf_counter()
            press(window, "checkupButton")
            dialog = window.findChild(QObject, "checkupDialog")
            assert isinstance(dialog, CheckupDialog)
            run_until(lambda dialog=dialog: dialog.is_finished, "end of the checkup", 1200)
            seconds = time.perf_counter() - begun_s
            print(f"{phase:<44} {seconds:6.1f} s   {probe.gaps()}", flush=True)
            print(*probe.stacks()[:6], sep="\n")
            dialog.close()
            run_for(1)
        probe.stop()


if __name__ == "__main__":
    main()
