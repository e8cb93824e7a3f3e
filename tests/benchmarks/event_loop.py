"""How evenly the window's event loop runs while the studio works.

    .venv/bin/python tests/benchmarks/event_loop.py [--seconds 10] [--platform xcb] [--culprits]

A 5-ms timer ticks in the window's thread while each tab is opened for the first time, while the
engine starts and trains with the plots alive, and while the demo camera is classified at 30 frames
a second. `--culprits` prints what the window did whenever it had worked for 25 ms on end. The
machine should have nothing else to do: its load is printed, too.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

from cnn_studio.camera.demo import DemoCamera
from cnn_studio.gui.main_window import MainWindow
from cnn_studio.gui.studio import Studio
from cnn_studio.paths import Workspace
from tests.benchmarks.loop_probe import LoopProbe
from tests.benchmarks.open_studio import (
    named,
    open_studio,
    prepare_classic,
    press,
    run_for,
    run_until,
)
from tests.demo_workspace import record_demo_images, train

_P99_AIM_MS, _LARGEST_AIM_MS = 20, 60
_NOT_IN_THE_WINDOW = ("tensorflow", "keras", "matplotlib.pyplot")
_CULPRIT_MS = 25
_OPENING_S = 3.0
_EPOCHS = 4
_PER_CLASS = 60


class Phases:
    """Prints a line for each phase.

    Args:
        probe: What measures.
        show_culprits: Whether to print what went on in the long gaps.
    """

    def __init__(self, probe: LoopProbe, show_culprits: bool) -> None:
        self._probe = probe
        self._show_culprits = show_culprits

    def begin(self) -> None:
        """Measure from here."""
        self._probe.restart()

    def end(self, name: str) -> None:
        """Print what was measured since the phase began."""
        gaps = self._probe.gaps()
        met = gaps.p99_ms < _P99_AIM_MS and gaps.largest_ms < _LARGEST_AIM_MS
        print(f"{name:<42} {gaps}  {'' if met else '<-- misses the aim'}", flush=True)
        if self._show_culprits:
            for stack in self._probe.stacks():
                print(stack, flush=True)


def main() -> None:
    """Measure the phases one after the other, in one window."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=10, help="of classifying (default 10)")
    parser.add_argument("--platform", choices=("xcb", "offscreen"), default="xcb")
    parser.add_argument("--workspace", type=Path, help="keep the demo workspace here")
    parser.add_argument("--culprits", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["XDG_CACHE_HOME"] = f"{folder}/cache"
        workspace = options.workspace or Path(folder)
        if not (workspace / "runs").is_dir():
            record_demo_images(Workspace(workspace), per_class=_PER_CLASS)
            train(Workspace(workspace), 2)
        print(
            f"Aims: p99 under {_P99_AIM_MS} ms, largest gap under {_LARGEST_AIM_MS} ms", flush=True
        )
        with open_studio(workspace, "demo:shoe", options.platform) as (studio, window):
            probe = LoopProbe(_CULPRIT_MS if options.culprits else None)
            probe.start()
            _measure(studio, window, Phases(probe, options.culprits), options.seconds)
            probe.stop()
            loaded = [name for name in _NOT_IN_THE_WINDOW if name in sys.modules]
        print(f"loaded of {', '.join(_NOT_IN_THE_WINDOW)}: {', '.join(loaded) or 'none'}")
        print(f"load of the machine over the last minute: {os.getloadavg()[0]:.1f}")


def _measure(studio: Studio, window: MainWindow, phases: Phases, seconds: float) -> None:
    phases.begin()
    run_until(studio.camera.latest, "frame of the camera")
    run_for(_OPENING_S)
    phases.end("Capture, right after the start")
    phases.begin()
    run_for(seconds)
    phases.end("Capture, demo camera shown")
    phases.begin()
    _compute_features(studio)
    phases.end("Capture, features computed beside it")

    phases.begin()
    window.show_page("training")
    run_for(_OPENING_S)
    phases.end("Train, opened for the first time")
    phases.begin()
    window.show_page("prediction")
    run_for(_OPENING_S)
    phases.end("Predict, opened for the first time")

    phases.begin()
    window.show_page("training")
    _train(studio, window)
    phases.end("Engine starts and trains, plots alive")

    window.show_page("prediction")
    run_until(lambda: named(window, "topClass").property("text"), "answer")
    run_for(1)
    phases.begin()
    run_for(seconds)
    phases.end("Predict, demo camera classified live")
    print(f"   the prediction tab says: {named(window, 'speedText').property('text')}")

    phases.begin()
    window.show_page("training")
    said = _train(studio, window, "prediction")
    phases.end("Predict, classified while a training runs")
    print(f"   the prediction tab said: {said}")


def _compute_features(studio: Studio) -> None:
    """Wait until the features of all images of the dataset are computed, which no cache has yet."""
    dataset = studio.dataset
    if dataset is None:
        raise SystemExit("No dataset is chosen.")
    count = _PER_CLASS * len(DemoCamera.OBJECTS)
    run_until(lambda: studio.features.known_count(dataset) >= count, "features", 120)


def _train(studio: Studio, window: MainWindow, page: str = "training") -> str:
    """Start a training, look at a page while it runs, and wait for its end.

    Returns:
        What the prediction tab, if it is that page, said of its speed shortly before the end.
    """
    changes: list[bool] = []
    studio.training_changed.connect(changes.append)
    prepare_classic(window)
    named(window, "epochsField").setProperty("value", _EPOCHS)
    press(window, "startButton")
    run_until(lambda: changes, "training")
    window.show_page(page)
    said = ""
    while changes[-1]:
        if page == "prediction":
            said = named(window, "speedText").property("text")
        run_for(0.5)
    studio.training_changed.disconnect(changes.append)
    return said


if __name__ == "__main__":
    main()
