"""How soon what was recorded is learned, and what that costs while frames are recorded.

    .venv/bin/python -m tests.benchmarks.instant_recording [--recordings 20] [--seconds 300]

The demo camera gives frames of 640x480 at 30 a second in a real window, and each object is recorded
in turn by the record button, 15 a second for two seconds. It is measured how long after the button
came up the strip says something by a model that has learned the last frame. Then one recording of
300 seconds at 30 a second, with the strip on and each frame kept.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QComboBox

from cnn_studio.camera.demo import DemoCamera
from cnn_studio.gui.capture.classes.class_view import ClassView
from cnn_studio.gui.capture.recording.record_control import RecordControl
from cnn_studio.gui.capture.recording.recording import Burst
from cnn_studio.gui.main_window import MainWindow
from cnn_studio.gui.studio import Studio
from tests.benchmarks.live_memory import resident_mb
from tests.benchmarks.loop_probe import LoopProbe
from tests.benchmarks.open_studio import named, open_studio, run_for, run_until

_SHORT_S = 2.0
_RATE = 30


class Recording:
    """Records by the button of a window, and knows how many images there are."""

    def __init__(self, studio: Studio, window: MainWindow) -> None:
        self.studio = studio
        (self._control,) = window.findChildren(RecordControl)
        (self._view,) = window.findChildren(ClassView)
        self._button = named(window, "recordButton")
        self._ended: list[Burst] = []
        self._control.ended.connect(self._ended.append)
        self.images = 0

    def record(self, name: str, seconds: float) -> Burst:
        """Hold the button down; what came of it, once the last frame is on the disk."""
        self.studio.camera.show_demo_object(name)
        self._view.class_chosen.emit(name)
        run_for(0.5)
        self._ended.clear()
        QTest.mousePress(self._button, Qt.MouseButton.LeftButton)
        run_for(seconds)
        QTest.mouseRelease(self._button, Qt.MouseButton.LeftButton)
        self.released_s = time.monotonic()
        run_until(lambda: self._ended, "end of the recording")
        self.images += self._ended[-1].counts.kept
        return self._ended[-1]

    def is_learned(self) -> bool:
        """Whether the strip's answer is by a model that knows all images."""
        answer = self.studio.instant.latest()
        return answer is not None and answer.model.images == self.images


def main() -> None:
    """Record and measure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--recordings", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--platform", choices=("xcb", "offscreen"), default="xcb")
    options = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        open_studio(Path(folder), "demo:shoe", options.platform) as (studio, window),
    ):
        run_until(studio.camera.latest, "frame")
        recording = Recording(studio, window)
        _short(recording, options.recordings)
        if options.seconds:
            _long(recording, window, options.seconds)


def _short(recording: Recording, count: int) -> None:
    objects = DemoCamera.OBJECTS
    for name in objects[:2]:
        recording.record(name, _SHORT_S)
    run_until(recording.is_learned, "answer")
    waits, right, costs = [], [], []
    probe = LoopProbe()
    probe.start()
    probe.restart()
    for number in range(count):
        name = objects[number % len(objects)]
        recording.record(name, _SHORT_S)
        run_until(recording.is_learned, "answer")
        waits.append(time.monotonic() - recording.released_s)
        for _look in range(10):
            run_for(0.2)
            answer = recording.studio.instant.latest()
            if answer is not None:
                right.append(answer.prediction.top[0] == name and not answer.prediction.unknown)
                costs.append(answer.prediction.inference_ms)
    print(
        f"{count} recordings of {_SHORT_S:g} s, {recording.images} images: learned "
        f"p50 {np.percentile(waits, 50):.2f} s, p95 {np.percentile(waits, 95):.2f} s after the "
        f"button came up; a frame costs p50 {np.percentile(costs, 50):.1f} ms, "
        f"p95 {np.percentile(costs, 95):.1f} ms; {np.mean(right):.3f} of {len(right)} looks right"
    )
    print(f"event loop meanwhile: {probe.gaps()}")
    probe.stop()


def _long(recording: Recording, window: MainWindow, seconds: float) -> None:
    for switch in window.findChildren(QCheckBox, "skipSameSwitch"):
        switch.setChecked(False)
    for rate in window.findChildren(QComboBox, "rateChooser"):
        rate.setCurrentIndex(rate.findData(_RATE))
    before_mb = resident_mb()
    probe = LoopProbe()
    probe.start()
    probe.restart()
    burst = recording.record("shoe", seconds)
    gaps = probe.gaps()
    probe.stop()
    run_until(recording.is_learned, "answer")
    counts = burst.counts
    print(
        f"{seconds:.0f} s at {_RATE} a second with the strip on: kept {counts.kept}, "
        f"lost {counts.lost}; learned {time.monotonic() - recording.released_s:.2f} s after; "
        f"memory {before_mb:.0f} to {resident_mb():.0f} MB"
    )
    print(f"event loop meanwhile: {gaps}")


if __name__ == "__main__":
    main()
