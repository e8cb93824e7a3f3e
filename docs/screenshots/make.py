"""Take the pictures of the README, and of every state of the window for those who work on it.

    .venv/bin/python docs/screenshots/make.py               capture.png, train.png, predict.png here
    .venv/bin/python docs/screenshots/make.py --all DIR     every look, size and state, into DIR

The demo camera's objects are recorded and a small model is trained first, in a folder of its own;
with `--workspace DIR` that is done once and kept.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PySide6.QtGui import QPixmap
    from PySide6.QtWidgets import QWidget

    from cnn_studio.gui.main_window import MainWindow
    from cnn_studio.gui.studio import Studio

HERE = Path(__file__).resolve().parent
PAGES = {"capture": "capture", "training": "train", "prediction": "predict"}
LOOKS = ("light", "dark")
SIZES = {"home": (1280, 800, 1), "least": (960, 640, 1), "sharp": (1280, 800, 2)}
STATES = ("full", "empty", "busy", "capture", "training", "prediction")
_PER_CLASS, _EPOCHS = 120, 10
_SETTLE_S = 2.5  # thumbnails and plots come in the background, each in its own way


def main() -> int:
    """Take the pictures, each look, size and state in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--all", type=Path, metavar="DIR", help="every look, size and state")
    parser.add_argument("--workspace", type=Path, help="keep the demo workspace here")
    parser.add_argument("--looks", nargs="+", choices=LOOKS, default=LOOKS)
    parser.add_argument("--sizes", nargs="+", choices=SIZES, default=tuple(SIZES))
    parser.add_argument("--states", nargs="+", choices=STATES, default=STATES)
    parser.add_argument("--one", nargs=4, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        look, size, state, prefix = options.one
        _shoot(options.workspace, look, size, state, prefix)
        return 0
    with tempfile.TemporaryDirectory() as folder:
        workspace = (options.workspace or Path(folder) / "demo").absolute()
        _prepare(workspace)
        if options.all is None:
            _start(workspace, "light", "home", "full", f"{HERE}/")
            return 0
        options.all.mkdir(parents=True, exist_ok=True)
        for state in options.states:
            for look in options.looks:
                for size in options.sizes:
                    place = Path(folder) / f"{look}-{size}-{state}"
                    if state not in ("full", "empty"):  # they leave what nobody wants to keep
                        shutil.copytree(workspace, place, copy_function=os.link)
                    elif state == "full":
                        place = workspace
                    prefix = f"{options.all.absolute()}/{look}-{size}-{state}-"
                    _start(place, look, size, state, prefix)
    return 0


def _prepare(workspace: Path) -> None:
    from cnn_studio.paths import Workspace
    from tests.demo_workspace import record_demo_images, train

    if not (workspace / "runs").is_dir():
        print("Recording the demo objects and training on them ...", flush=True)
        record_demo_images(Workspace(workspace), per_class=_PER_CLASS, recordings=4)
        train(Workspace(workspace), _EPOCHS, "--learning-rate", "0.0002")


def _start(workspace: Path, look: str, size: str, state: str, prefix: str) -> None:
    # Qt takes its scale from the environment, and only when it starts.
    environment = {**os.environ, "QT_SCALE_FACTOR": str(SIZES[size][2])}
    command = [sys.executable, __file__, "--workspace", str(workspace)]
    subprocess.run([*command, "--one", look, size, state, prefix], env=environment, check=True)


def _shoot(workspace: Path, look: str, size: str, state: str, prefix: str) -> None:
    import capture_states
    import prediction_states
    import training_states
    from on_screen import pictures_of
    from PySide6.QtWidgets import QWidget

    from cnn_studio.camera.demo import DemoCamera
    from cnn_studio.gui.theme import Mode
    from tests.benchmarks.open_studio import named, open_studio, run_for, run_until

    of_page = {
        "capture": capture_states,
        "training": training_states,
        "prediction": prediction_states,
    }.get(state)
    if of_page is not None:
        of_page.prepare(workspace)
    with open_studio(workspace, "demo:shoe", "offscreen") as (studio, window):
        studio.theme.set_mode(Mode(look))
        window.resize(*SIZES[size][:2])
        run_until(studio.camera.latest, "frame of the camera")
        if state == "busy":
            _shoot_training(studio, window, workspace, prefix)
            return
        if of_page is not None:
            window.show_page(state)
            run_for(_SETTLE_S)
            for name, picture in pictures_of(of_page.STATES, studio, window):
                _save(picture, f"{prefix}{name}.png")
            return
        if state == "full":
            count = _PER_CLASS * len(DemoCamera.OBJECTS)
            run_until(
                lambda: studio.dataset and studio.features.known_count(studio.dataset) >= count,
                "look",
                120,
            )
        for page, name in PAGES.items():
            window.show_page(page)
            run_for(_SETTLE_S)
            if page == "training":
                run_until(lambda: _is_drawn(named(window, "curvesView")), "plot")
            elif page == "prediction" and state == "full":
                _drop_images(named(window, "predictionTab"), workspace)
                run_until(lambda: not window.findChild(QWidget, "fileProgress").isVisible(), "list")
                run_for(_SETTLE_S)
                # For a moment it may be unknown.
                run_until(lambda: named(window, "topClass").property("text") == "shoe", "shoe")
            _save(window.grab(), f"{prefix}{name}.png")


def _shoot_training(studio: Studio, window: MainWindow, workspace: Path, prefix: str) -> None:
    from tests.benchmarks.open_studio import press, run_for, run_until

    changes: list[bool] = []
    studio.training_changed.connect(changes.append)
    window.show_page("training")
    run_for(_SETTLE_S)
    press(window, "startButton")
    run_until(lambda: changes, "training")
    _save(window.grab(), f"{prefix}train-starting.png")
    run_until(lambda: _epochs_done(workspace) >= 2, "second epoch", 300)
    _save(window.grab(), f"{prefix}train.png")
    press(window, "stopButton")
    run_until(lambda: changes[-1] is False, "end of the training")
    run_for(_SETTLE_S)
    _save(window.grab(), f"{prefix}train-stopped.png")


def _save(picture: QPixmap, path: str) -> None:
    picture.save(path)
    print(path, flush=True)


def _drop_images(tab: QWidget, workspace: Path) -> None:
    """Drop an image of each class, as a file manager does."""
    from tests.benchmarks.open_studio import drop_files

    folders = sorted((workspace / "datasets" / "objects").glob("[a-z]*/"))
    drop_files(tab, [sorted(each.glob("*.jpg"))[n * 20] for n, each in enumerate(folders)])


def _is_drawn(plot: QWidget) -> bool:
    """Whether anything but the ground is there yet."""
    image = plot.grab().toImage()
    columns, rows = range(0, image.width(), 3), range(0, image.height(), 3)
    return len({image.pixel(x, y) for x in columns for y in rows}) > 1


def _epochs_done(workspace: Path) -> int:
    newest = max((workspace / "runs").iterdir(), key=lambda run: run.stat().st_ctime)
    history = newest / "history.csv"
    if not history.is_file() or (newest / "studio.json").is_file():
        return 0
    return len(history.read_text().splitlines()) - 1


if __name__ == "__main__":
    sys.exit(main())
