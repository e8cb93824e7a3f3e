"""How long a training takes to end after a click on Stop.

    .venv/bin/python tests/benchmarks/stop.py [--tries 3] [--platform xcb]

The window's own button and the real engine, in the middle of an epoch. Stopped is when the engine
trains no more; ended is when the models are written and compared, and the window says so.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path
from statistics import median

from cnn_studio.gui.main_window import MainWindow
from cnn_studio.gui.studio import Studio
from cnn_studio.models.runs import RunStatus, list_runs
from cnn_studio.paths import Workspace
from tests.benchmarks.open_studio import named, open_studio, prepare_classic, press, run_until
from tests.demo_workspace import record_demo_images

_PER_CLASS = 60
_EPOCHS = 999
_TRAINED = "Epoch 2:"  # in the log once that epoch is over


def main() -> None:
    """Train and stop, a few times over."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tries", type=int, default=3)
    parser.add_argument("--platform", choices=("xcb", "offscreen"), default="xcb")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        workspace = Workspace(Path(folder))
        record_demo_images(workspace, per_class=_PER_CLASS)
        with open_studio(Path(folder), "demo:shoe", options.platform) as (studio, window):
            seconds = [_time_a_stop(studio, window) for _ in range(options.tries)]
        statuses = [run.status for run in list_runs(workspace)]
        assert statuses == [RunStatus.STOPPED] * options.tries, statuses
    print(
        f"from the click on Stop to the run's end: median {median(seconds):.2f} s, "
        f"each: {', '.join(f'{took_s:.2f}' for took_s in seconds)}; every run has a model"
    )


def _time_a_stop(studio: Studio, window: MainWindow) -> float:
    changes: list[bool] = []
    studio.training_changed.connect(changes.append)
    window.show_page("training")
    prepare_classic(window)
    named(window, "epochsField").setProperty("value", _EPOCHS)
    press(window, "logSegment")
    log = named(window, "trainingLog")
    before = str(log.property("plainText")).count(_TRAINED)
    press(window, "startButton")
    run_until(lambda: str(log.property("plainText")).count(_TRAINED) > before, _TRAINED, 300)
    begun = time.perf_counter()
    press(window, "stopButton")
    run_until(lambda: changes[-1] is False, "end of the training", 60)
    took_s = time.perf_counter() - begun
    studio.training_changed.disconnect(changes.append)
    return took_s


if __name__ == "__main__":
    main()
