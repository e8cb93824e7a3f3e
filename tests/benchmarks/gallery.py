"""How the gallery bears 50,000 samples: first pictures, scrolling, edits, memory.

    .venv/bin/python tests/benchmarks/gallery.py [--samples 50000] [--seconds 5] [--culprits]
        [--scrolling]

A workspace is made with that many images of 640x480 in one class (see `many_samples.py`), and the
studio is opened on it in a process of its own: once with an empty disk cache of thumbnails, once
with what the first window left in it. The machine should have nothing else to do: its load is
printed, too.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from statistics import mean, median

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QAction, QWheelEvent
from PySide6.QtWidgets import QApplication, QComboBox

from cnn_studio.data.thumbnail_store import ThumbnailStore
from cnn_studio.gui.capture.gallery.arrangement import Order, Show
from cnn_studio.gui.capture.gallery.gallery_panel import GalleryPanel
from cnn_studio.gui.main_window import MainWindow
from cnn_studio.gui.pictures.gallery_view import GalleryView
from cnn_studio.gui.pictures.thumbnail_slider import ThumbnailSlider
from cnn_studio.gui.pictures.thumbnail_view import PICTURE_SIDE
from cnn_studio.gui.pictures.thumbnail_work import Request, make_picture
from cnn_studio.gui.studio import Studio
from cnn_studio.paths import Workspace
from cnn_studio.vision.images import read_image
from tests.benchmarks.loop_probe import LoopProbe
from tests.benchmarks.many_samples import DATASET, OTHER_CLASS, make_samples
from tests.benchmarks.open_studio import named, open_studio, run_for, run_until

_GAP_AIM_MS, _MEMORY_AIM_MB, _FIRST_AIM_S = 50, 500, 1.0
_CULPRIT_MS = 20
_WHEEL_INTERVAL_MS = 16
_LOOK_INTERVAL_MS = 100
_SIZE_STEP_S = 0.1
_SETTLING_S = 1.0
_EDITED = 5000
_COMPARED = 1000
_SCAN_S = "BENCHMARK_SCAN_S"


class Gallery:
    """The gallery of an open window, as a person uses it.

    Args:
        window: The window.
        probe: Measures how evenly it runs.
        show_culprits: Whether to print what went on in the long gaps.
    """

    def __init__(self, window: MainWindow, probe: LoopProbe, show_culprits: bool) -> None:
        self._window = window
        self._probe = probe
        self._show_culprits = show_culprits
        (self.panel,) = window.findChildren(GalleryPanel)
        (self.view,) = window.findChildren(GalleryView)
        self.seen = 0.0  # how much of what was in sight had its picture while it was scrolled last

    def measure(self, name: str, work: Callable[[], object]) -> None:
        """Do something and print how evenly the event loop ran meanwhile."""
        self._probe.restart()
        begun = time.monotonic()
        work()
        took_s = time.monotonic() - begun
        gaps = self._probe.gaps()
        sign = "" if gaps.largest_ms < _GAP_AIM_MS else "  <-- misses the aim"
        print(f"   {name:<36} {took_s:5.1f} s   {gaps}{sign}", flush=True)
        if self._show_culprits:
            for stack in self._probe.stacks():
                print(stack, flush=True)

    def pictures_in_sight(self) -> float:
        """How much of what is in sight has its picture, 0 to 1; 0 while nothing is listed."""
        model, view = self.view.model(), self.view
        first, last = view.rows_in_sight()
        rows = range(first, last + 1)
        found = [model.thumbnail(model.index(row, 0)) for row in rows]
        there = sum(picture is not None and picture.pixmap is not None for picture in found)
        return there / len(rows) if rows else 0.0

    def wait_for_pictures(self) -> None:
        """Wait until everything in sight has its picture."""
        run_until(lambda: self.pictures_in_sight() == 1.0, "thumbnails")

    def wheel(self, seconds: float) -> None:
        """Turn the wheel, three notches at a time, down and up again."""
        started = time.monotonic()

        def turn() -> None:
            down = time.monotonic() - started < seconds / 2
            middle = QPointF(self.view.viewport().rect().center())
            event = QWheelEvent(
                middle,
                QPointF(self.view.viewport().mapToGlobal(middle)),
                QPoint(),
                QPoint(0, -360 if down else 360),
                Qt.MouseButton.NoButton,
                Qt.KeyboardModifier.NoModifier,
                Qt.ScrollPhase.NoScrollPhase,
                False,
            )
            QApplication.sendEvent(self.view.viewport(), event)

        self._repeat(turn, seconds)

    def drag_bar(self, seconds: float) -> None:
        """Drag the bar evenly from the first sample to the last."""
        bar, started = self.view.verticalScrollBar(), time.monotonic()
        bar.setSliderDown(True)
        self._repeat(
            lambda: bar.setSliderPosition(
                round(bar.maximum() * min(1.0, (time.monotonic() - started) / seconds))
            ),
            seconds,
        )
        bar.setSliderDown(False)

    def act(self, action: str) -> None:
        """Do what a key or a button of the gallery does, and watch for a second."""
        found = self.panel.findChild(QAction, action)
        if found is None:
            raise LookupError(f"The gallery has no action {action}.")
        found.trigger()
        run_for(_SETTLING_S)

    def choose(self, chooser: str, value: str) -> None:
        """Choose an entry of the filter bar, and watch for a while."""
        box = named(self._window, chooser)
        if not isinstance(box, QComboBox):
            raise LookupError(f"{chooser} is no chooser.")
        box.setCurrentIndex(box.findData(value))
        run_for(_SETTLING_S)

    def select(self, count: int) -> None:
        """Select the first ones, as a click and a click with Shift do."""
        model, selection = self.view.model(), self.view.selectionModel()
        rows = QItemSelection(model.index(0, 0), model.index(count - 1, 0))
        selection.select(rows, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        run_for(_SETTLING_S)

    def edit(self, action: str, count: int) -> None:
        """Do what a key does, until so many samples are left."""
        self.act(action)
        self._wait_for(count)

    def move(self, class_name: str, count: int) -> None:
        """Move the selected samples to a class, until so many are left."""
        self.panel.move_requested.emit(self.view.selected_samples(), class_name)
        self._wait_for(count)

    def _wait_for(self, count: int) -> None:
        run_until(lambda: len(self.panel.samples) == count, f"list of {count} samples")
        self.wait_for_pictures()
        run_for(_SETTLING_S)

    def _repeat(self, step: Callable[[], object], seconds: float) -> None:
        seen: list[float] = []
        watch = QTimer(interval=_LOOK_INTERVAL_MS)
        watch.timeout.connect(lambda: seen.append(self.pictures_in_sight()))
        watch.start()
        timer = QTimer(interval=_WHEEL_INTERVAL_MS)
        timer.timeout.connect(step)
        timer.start()
        run_for(seconds)
        timer.stop()
        watch.stop()
        self.seen = mean(seen)


def main() -> None:
    """Make the workspace and open the studio on it twice."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--samples", type=int, default=50_000)
    parser.add_argument("--seconds", type=float, default=5, help="of each scrolling (default 5)")
    parser.add_argument("--platform", choices=("xcb", "offscreen"), default="xcb")
    parser.add_argument("--culprits", action="store_true")
    parser.add_argument("--scrolling", action="store_true", help="no edits")
    parser.add_argument("--window", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.window:
        _be_the_window(options)
        return
    with tempfile.TemporaryDirectory() as folder:
        begun = time.monotonic()
        samples = make_samples(Workspace(Path(folder)), options.samples)
        print(f"{options.samples:,} samples made in {time.monotonic() - begun:.1f} s")
        scan_s = median(_scan(samples) for _ in range(5))
        print(f"listing them with os.scandir: {scan_s * 1000:.0f} ms")
        variables = {**os.environ, "XDG_CACHE_HOME": f"{folder}/cache"}
        command = [sys.executable, *sys.argv, "--window", folder]
        _compare_cache(sorted(samples.iterdir()), Path(folder))
        for cache in ("with an empty disk cache:", "with what that window left in the cache:"):
            print(cache, flush=True)
            subprocess.run(command, check=True, env={**variables, _SCAN_S: str(scan_s)})
    print(f"load of the machine over the last minute: {os.getloadavg()[0]:.1f}")


def _scan(folder: Path) -> float:
    begun = time.monotonic()
    with os.scandir(folder) as entries:
        for _ in entries:
            pass
    return time.monotonic() - begun


def _compare_cache(paths: Sequence[Path], folder: Path) -> None:
    """Make the thumbnails of a thousand images, and have them again from the disk cache."""
    store = ThumbnailStore(folder / "compared.sqlite")
    some = paths[:: max(1, len(paths) // _COMPARED)]
    took_s = []
    for _ in range(2):
        begun = time.monotonic()
        for path in some:
            make_picture(Request(path, read_image, store, PICTURE_SIDE, None, 0))
        took_s.append(time.monotonic() - begun)
    store.close()
    made, found = (seconds / len(some) * 1000 for seconds in took_s)
    print(
        f"a thumbnail from its file {made:.2f} ms, from the disk cache {found:.2f} ms, "
        f"ratio {made / found:.1f} (one thread, {len(some):,} images, files in memory)"
    )


def _be_the_window(options: argparse.Namespace) -> None:
    with open_studio(options.window, "demo:shoe", options.platform) as (studio, window):
        probe = LoopProbe(_CULPRIT_MS if options.culprits else None)
        probe.start()
        run_until(studio.camera.latest, "frame of the camera")
        run_for(1)
        gallery = Gallery(window, probe, options.culprits)
        _measure_opening(studio, gallery)
        _measure_scrolling(gallery, options.seconds)
        _measure_sizes(gallery, options.seconds)
        if not options.scrolling:
            _measure_edits(gallery, options.samples)
        probe.stop()
    print(f"   peak memory of the process: {_peak_mb():.0f} MB (aim: under {_MEMORY_AIM_MB})")


def _measure_opening(studio: Studio, gallery: Gallery) -> None:
    begun = time.monotonic()

    def open_it() -> None:
        studio.choose_dataset(DATASET)
        run_until(lambda: gallery.panel.samples, "list of the samples")
        gallery.wait_for_pictures()

    gallery.measure("opened, until all in sight is there", open_it)
    first_s, scan_s = time.monotonic() - begun, float(os.environ[_SCAN_S])
    print(
        f"   first screen of pictures after {first_s:.2f} s (aim: under {_FIRST_AIM_S:g}), "
        f"{first_s / scan_s:.1f} times os.scandir; memory so far {_peak_mb():.0f} MB"
    )
    gallery.measure("left alone", lambda: run_for(2))


def _measure_scrolling(gallery: Gallery, seconds: float) -> None:
    for name, scroll in (
        ("the wheel turned", gallery.wheel),
        ("the bar dragged", gallery.drag_bar),
    ):
        gallery.measure(name, partial(scroll, seconds))
        begun = time.monotonic()
        gallery.wait_for_pictures()
        after_ms = (time.monotonic() - begun) * 1000
        print(
            f"   with pictures while it went: {gallery.seen:.0%} of the tiles; all of them "
            f"{after_ms:.0f} ms after it stopped; memory so far {_peak_mb():.0f} MB"
        )


def _measure_sizes(gallery: Gallery, seconds: float) -> None:
    (slider,) = gallery.panel.findChildren(ThumbnailSlider)
    usual = slider.value()
    for name, place in (("largest", slider.maximum()), ("smallest", slider.minimum())):
        gallery.measure(f"{name} thumbnails chosen", partial(_choose_size, gallery, slider, place))
        gallery.measure("the wheel turned", partial(gallery.wheel, seconds))
        print(f"   with pictures while it went: {gallery.seen:.0%} of the tiles")
    gallery.measure("usual thumbnails chosen", partial(_choose_size, gallery, slider, usual))


def _choose_size(gallery: Gallery, slider: ThumbnailSlider, place: int) -> None:
    while slider.value() != place:  # as a slider that is dragged does
        slider.step(1 if place > slider.value() else -1)
        run_for(_SIZE_STEP_S)
    gallery.wait_for_pictures()


def _measure_edits(gallery: Gallery, count: int) -> None:
    edited = min(_EDITED, count // 2)
    gallery.measure("all selected", partial(gallery.act, "selectAll"))
    gallery.measure(f"{edited} selected", partial(gallery.select, edited))
    gallery.measure(f"{edited} deleted", partial(gallery.edit, "delete", count - edited))
    gallery.measure("undone", partial(gallery.edit, "undo", count))
    gallery.select(edited)
    gallery.measure(f"{edited} moved", partial(gallery.move, OTHER_CLASS, count - edited))
    gallery.measure("undone", partial(gallery.edit, "undo", count))
    gallery.measure("filter bar opened", partial(gallery.act, "filter"))
    gallery.measure("all classes shown", partial(gallery.choose, "scopeChooser", "all"))
    gallery.measure("oldest first", partial(gallery.choose, "orderChooser", str(Order.OLDEST)))
    gallery.measure("not reviewed", partial(gallery.choose, "showChooser", str(Show.UNREVIEWED)))
    gallery.measure("blurred ones looked for", partial(gallery.choose, "showChooser", "blurred"))
    gallery.measure("filter bar closed", partial(gallery.act, "filter"))


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
