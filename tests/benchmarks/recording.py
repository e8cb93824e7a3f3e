"""How many frames a recording from the demo camera keeps, and how many it loses.

    .venv/bin/python tests/benchmarks/recording.py [--seconds 60] [--platform xcb]

The window is open and shows the preview; every frame of the camera is to be kept.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

from cnn_studio.data.class_folders import ClassFolders
from cnn_studio.data.recorder import Recorder
from cnn_studio.data.sessions import Session, SessionKind
from tests.benchmarks.open_studio import open_studio, run_for, run_until


def main() -> None:
    """Record and count."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--platform", choices=("xcb", "offscreen"), default="xcb")
    options = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        open_studio(Path(folder), "demo:shoe", options.platform) as (studio, _window),
    ):
        run_until(studio.camera.latest, "frame")
        run_until(lambda: studio.camera.frames_per_second > 25, "steady rate")
        folders = ClassFolders(studio.dataset)
        recorder = Recorder(folders, "shoe", Session.new(SessionKind.RECORDING))
        offered: list[float] = []

        def offer(frame):
            offered.append(frame.captured_s)
            recorder.offer(frame.image_rgb, frame.captured_s)

        recorder.start()
        begun = time.monotonic()
        studio.camera.add_frame_listener(offer)
        run_for(options.seconds)
        studio.camera.remove_frame_listener(offer)
        took_s = time.monotonic() - begun
        recorder.finish(30)
        on_disk = folders.counts()["shoe"]
        print(
            f"{took_s:.0f} s from the demo camera: {len(offered)} frames came "
            f"({len(offered) / took_s:.1f} a second), kept {recorder.kept}, lost {recorder.lost}, "
            f"files on disk {on_disk}"
        )


if __name__ == "__main__":
    main()
