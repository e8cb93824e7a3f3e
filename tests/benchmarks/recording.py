"""How many frames a recording from the demo camera keeps, and how many it loses.

    .venv/bin/python tests/benchmarks/recording.py [--seconds 60] [--gallery] [--platform xcb]

The demo camera gives frames of 640x480 at 30 a second, and every one is to be kept. The window is
open and shows the preview. With `--gallery` the record button itself is held down, at 30 frames a
second and without skipping those that are alike, so that each one also appears in the gallery
below; `--samples` is how many that shows already, `--busy` how many other processes compute
meanwhile.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QComboBox

from cnn_studio.data.class_folders import ClassFolders
from cnn_studio.data.recorder import Recorder
from cnn_studio.data.sessions import Session, SessionKind
from cnn_studio.gui.capture.gallery.gallery_panel import GalleryPanel
from cnn_studio.gui.capture.recording.record_control import RecordControl
from cnn_studio.gui.capture.recording.recording import Burst, Counts
from cnn_studio.gui.main_window import MainWindow
from cnn_studio.gui.studio import Studio
from cnn_studio.paths import Workspace
from tests.benchmarks.loop_probe import LoopProbe
from tests.benchmarks.many_samples import CLASS_NAME, DATASET, make_samples
from tests.benchmarks.open_studio import named, open_studio, run_for, run_until

_RATE = 30


def main() -> None:
    """Record and count."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--gallery", action="store_true", help="record with the window's button")
    parser.add_argument("--samples", type=int, default=1000, help="in the gallery (default 1000)")
    parser.add_argument("--busy", type=int, default=0, help="processes beside it (default 0)")
    parser.add_argument("--platform", choices=("xcb", "offscreen"), default="xcb")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, _busy(options.busy):
        if options.gallery:
            make_samples(Workspace(Path(folder)), options.samples)
        with open_studio(Path(folder), "demo:shoe", options.platform) as (studio, window):
            run_until(studio.camera.latest, "frame")
            run_until(lambda: studio.camera.frames_per_second > 25, "steady rate")
            record = _record_by_button if options.gallery else _record_beside
            record(studio, window, options.seconds)
    print(f"load of the machine over the last minute: {os.getloadavg()[0]:.1f}")


def _record_beside(studio: Studio, _window: MainWindow, seconds: float) -> None:
    folders = ClassFolders(studio.dataset)
    recorder = Recorder(folders, CLASS_NAME, Session.new(SessionKind.RECORDING))
    offered: list[float] = []

    def offer(frame):
        offered.append(frame.captured_s)
        recorder.offer(frame.image_rgb, frame.captured_s)

    recorder.start()
    begun = time.monotonic()
    studio.camera.add_frame_listener(offer)
    run_for(seconds)
    studio.camera.remove_frame_listener(offer)
    took_s = time.monotonic() - begun
    recorder.finish(30)
    print(
        f"{took_s:.0f} s from the demo camera: {len(offered)} frames came "
        f"({len(offered) / took_s:.1f} a second), kept {recorder.kept}, lost {recorder.lost}, "
        f"files on disk {folders.counts()[CLASS_NAME]}"
    )


def _record_by_button(studio: Studio, window: MainWindow, seconds: float) -> None:
    (gallery,) = window.findChildren(GalleryPanel)
    (control,) = window.findChildren(RecordControl)
    studio.choose_dataset(DATASET)
    run_until(lambda: gallery.samples, "list of the samples")
    before = len(gallery.samples)
    for switch in window.findChildren(QCheckBox, "skipSameSwitch"):
        switch.setChecked(False)
    for rate in window.findChildren(QComboBox, "rateChooser"):
        rate.setCurrentIndex(rate.findData(_RATE))
    counts: list[Counts] = []
    ended: list[Burst] = []
    came: list[float] = []
    control.counted.connect(counts.append)
    control.ended.connect(ended.append)
    probe = LoopProbe()
    probe.start()
    button, left = named(window, "recordButton"), Qt.MouseButton.LeftButton
    run_for(1)
    probe.restart()
    studio.camera.add_frame_listener(lambda frame: came.append(frame.captured_s))
    QTest.mousePress(button, left)
    run_for(seconds)
    gaps = probe.gaps()
    QTest.mouseRelease(button, left)
    frames = len(came)
    run_until(lambda: ended, "end of the recording")
    final = ended[-1].counts
    run_until(lambda: len(gallery.samples) == before + final.kept, "end of the listing")
    probe.stop()
    passed_over = frames - final.kept - final.lost - final.same - final.flawed
    print(
        f"{seconds:.0f} s with the record button held, {before:,} samples in the gallery: "
        f"{frames} frames came ({frames / seconds:.1f} a second), kept {final.kept}, "
        f"skipped {final.same + final.flawed}, not due {passed_over}, lost {final.lost}; "
        f"in the gallery {len(gallery.samples):,}, files on disk "
        f"{ClassFolders(studio.dataset).counts()[CLASS_NAME]:,}"
    )
    print(f"event loop meanwhile: {gaps}")


@contextmanager
def _busy(count: int) -> Iterator[None]:
    """Have processes compute beside the window."""
    command = [sys.executable, "-c", "while True: pass"]
    processes = [subprocess.Popen(command) for _ in range(count)]
    try:
        yield
    finally:
        for process in processes:
            process.kill()
            process.wait()


if __name__ == "__main__":
    main()
