"""How long the map of a dataset takes, and how evenly the window's event loop runs beside it.

    .venv/bin/python tests/benchmarks/image_map.py [FEATURES.npz] [--images 2500]

FEATURES.npz holds features of photos as `X`, (n, 1280); without it they are drawn at random around
30 middles. Where there are fewer than wanted, they are repeated with noise. The map is made as
the window makes it: by a job, and then in a process of its own.
"""

from __future__ import annotations

import argparse
import os
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cnn_studio.gui.capture.map.map_points import MapPoints
from cnn_studio.gui.capture.map.map_view import MapView
from cnn_studio.gui.capture.map.map_work import MapWork
from cnn_studio.gui.jobs import Jobs
from cnn_studio.gui.theme import Theme
from cnn_studio.instant.feature_table import FeatureTable
from cnn_studio.models.unknown import unit_length
from cnn_studio.pretrained.efficientnet_lite import FEATURES
from tests.benchmarks.loop_probe import LoopProbe
from tests.benchmarks.open_studio import run_for, run_until

_FIRST_AIM_S, _AIM_S, _GAP_AIM_MS = 1.0, 10.0, 50
_COLOURS = {f"class {n}": colour for n, colour in enumerate(("#E69F00", "#56B4E9", "#009E73"))}
_PANS, _PAN_S = 40, 0.02


def main() -> None:
    """Make a map twice, the first time with all that is loaded for it, and look around in it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("features", type=Path, nargs="?")
    parser.add_argument("--images", type=int, default=2_500)
    options = parser.parse_args()
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from PySide6.QtCore import QSettings
    from PySide6.QtWidgets import QApplication

    application = QApplication([])
    table = FeatureTable()
    features = _features(options.features, options.images)
    names = [f"class {n % len(_COLOURS)}/{n:06d}.jpg" for n in range(len(features))]
    table.keep(names, [(n, n) for n in range(len(names))], features)
    del features
    jobs = Jobs()
    view = MapView(Theme(QSettings("benchmark", "map")))
    view.resize(1000, 700)
    view.set_colours(_COLOURS)
    view.show()
    probe = LoopProbe()
    probe.start()
    print(
        f"Aims for 2,500 images: {_FIRST_AIM_S:g} s to the first map, {_AIM_S:g} s in all; "
        f"largest gap under {_GAP_AIM_MS} ms"
    )
    for name in ("the first map", "another one"):
        _draw(name, MapWork(jobs), view, table, probe)
    probe.restart()
    for step in range(_PANS):
        view.zoom_in() if step % 2 else view.zoom_out()
        run_for(_PAN_S)
    print(f"{'zooming':<16} {probe.gaps()}", flush=True)
    probe.stop()
    jobs.shutdown()
    view.close()
    application.processEvents()
    print(f"load of the machine over the last minute: {os.getloadavg()[0]:.1f}")


def _draw(name: str, work: MapWork, view: MapView, table: FeatureTable, probe: LoopProbe) -> None:
    placed: list[float] = []

    def on_placed(points: MapPoints) -> None:
        placed.append(time.monotonic() - begun)
        view.set_points(points)

    work.placed.connect(on_placed)
    probe.restart()
    begun = time.monotonic()
    work.draw(table, "Benchmark")
    run_until(lambda: len(placed) == 2, "map", 600)
    print(
        f"{name:<16} first places after {placed[0]:.2f} s, arranged after {placed[1]:.1f} s   "
        f"{probe.gaps()}",
        flush=True,
    )
    run_until(lambda: not work.is_running, "end")


def _features(path: Path | None, count: int) -> NDArray[np.float32]:
    random = np.random.default_rng(1)
    if path is None:
        middles = random.normal(size=(30, FEATURES)).astype(np.float32)
        known = middles[random.integers(0, len(middles), count)]
        noise = 0.5
    else:
        known = np.load(path, allow_pickle=False)["X"].astype(np.float32)
        noise = 0.1 * float(known.std())
    repeated = np.resize(known, (count, FEATURES))
    first = 0 if path is None else len(known)
    repeated[first:] += noise * random.normal(size=repeated[first:].shape).astype(np.float32)
    return unit_length(repeated)


if __name__ == "__main__":
    main()
