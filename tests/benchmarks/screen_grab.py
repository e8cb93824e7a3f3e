"""What grabbing a part of the screen costs the window's thread.

    .venv/bin/python tests/benchmarks/screen_grab.py [--grabs 100]

On a virtual screen of 1400x1000 where Xvfb is installed, else on the one there is.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from contextlib import ExitStack

from PySide6.QtGui import QGuiApplication, QScreen

from cnn_studio.gui.prediction.sources.screen_grabber import INTERVAL_MS, next_interval_ms
from tests.screen import Screen, missing_programs

_SIZES = ((320, 240), (640, 480), (1280, 720), (1400, 1000))


def main() -> None:
    """Measure and print the milliseconds of each size."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--grabs", type=int, default=100)
    options = parser.parse_args()
    with ExitStack() as stack:
        if not missing_programs():
            os.environ.update(stack.enter_context(Screen()).environment)
        application = QGuiApplication([])
        screen = application.primaryScreen()
        for width, height in _SIZES:
            times = [_grab_ms(screen, width, height) for _grab in range(options.grabs)]
            median, worst = statistics.median(times), max(times)
            interval_ms = next_interval_ms(median)
            print(
                f"{width}x{height}: median {median:.1f} ms, worst {worst:.1f} ms; "
                f"{1000 / interval_ms:.1f} a second, {median / interval_ms:.0%} of the thread"
            )
        print(f"aim: 10 a second (every {INTERVAL_MS} ms) for 640x480")
        del application


def _grab_ms(screen: QScreen, width: int, height: int) -> float:
    begun = time.perf_counter()
    screen.grabWindow(0, 0, 0, width, height).toImage()
    return (time.perf_counter() - begun) * 1000


if __name__ == "__main__":
    main()
