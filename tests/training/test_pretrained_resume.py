"""A pretrained network's training that is stopped, paused, killed or taken up again."""

from __future__ import annotations

import json
import pickle
import shutil
import signal
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from cnn_studio.data.catalog import Dataset
from cnn_studio.errors import ModelError, TrainingError, UsageError
from cnn_studio.models.bundle import LITE_FILE, RunStatus, read_bundle
from cnn_studio.models.lite import LiteModel
from cnn_studio.models.runs import RECIPE_FILE, SPLIT_FILE, list_runs, open_run
from cnn_studio.paths import Workspace
from cnn_studio.training.events import (
    Continued,
    EpochDone,
    Event,
    Finished,
    Paused,
    Preparing,
    Started,
)
from cnn_studio.training.records import claimed
from cnn_studio.training.resuming import request_to_resume
from tests.training.class_pictures import of_kind, request_for, train_until, words
from tests.training.drawn_shapes import (
    RECIPE,
    assert_same,
    figures,
    history,
    put_drawings,
    shapes,
    split_of,
)


@pytest.fixture
def dataset(workspace: Workspace) -> Dataset:
    return shapes(workspace)


@pytest.mark.parametrize("stop_at", [1, 3])
def test_a_stop_keeps_the_model_and_it_can_go_on(
    workspace: Workspace, dataset: Dataset, stop_at: int
) -> None:
    whole, _events = train_until(request_for(dataset, workspace, RECIPE))
    run, events = train_until(
        request_for(dataset, workspace, RECIPE),
        lambda event: isinstance(event, EpochDone) and event.epoch == stop_at,
    )
    bundle = read_bundle(run)
    assert (bundle.status, bundle.epochs_done) == (RunStatus.STOPPED, stop_at)
    assert isinstance(events[-1], Finished)
    assert events[-1].status == "stopped"
    assert len(history(run)) == stop_at
    assert bundle.validation is not None
    LiteModel(run / LITE_FILE)
    train_until(request_to_resume(workspace, run.name))
    assert_same(whole, run)


def _is_start(event: Event) -> bool:
    return isinstance(event, Started)


def test_a_stop_before_the_first_epoch_keeps_nothing(
    workspace: Workspace, dataset: Dataset
) -> None:
    with pytest.raises(TrainingError, match=r"before its first epoch\. Nothing is kept"):
        train_until(
            request_for(dataset, workspace, RECIPE), lambda event: isinstance(event, Started)
        )
    assert list_runs(workspace) == []
    with pytest.raises(TrainingError, match=r"before its first step\. Nothing is kept"):
        train_until(
            request_for(dataset, workspace, RECIPE), lambda event: isinstance(event, Preparing)
        )
    assert list_runs(workspace) == []
    folder = workspace.root / "own"
    with pytest.raises(TrainingError, match="Nothing is kept"):
        train_until(
            request_for(dataset, workspace, RECIPE, out=folder),
            lambda event: isinstance(event, Started),
        )
    assert not folder.exists()


def test_a_run_that_is_taken_up_and_stopped_at_once_stays_as_it_was(
    workspace: Workspace, dataset: Dataset
) -> None:
    run, _events = train_until(
        request_for(dataset, workspace, RECIPE),
        lambda event: isinstance(event, EpochDone) and event.epoch == 2,
    )
    before = {path.name: path.read_bytes() for path in run.iterdir() if path.is_file()}
    with pytest.raises(TrainingError, match="Nothing is kept"):
        train_until(
            request_to_resume(workspace, run.name), lambda event: isinstance(event, Started)
        )
    assert {path.name: path.read_bytes() for path in run.iterdir() if path.is_file()} == before


def test_a_pause_changes_nothing(workspace: Workspace, dataset: Dataset) -> None:
    whole, _events = train_until(request_for(dataset, workspace, RECIPE))
    running, seen = threading.Event(), list[Event]()
    running.set()

    def steer(event: Event) -> bool:
        seen.append(event)
        if isinstance(event, Started) or (isinstance(event, EpochDone) and event.epoch == 2):
            running.clear()
        if isinstance(event, Paused):
            running.set()
        return False

    run, events = train_until(request_for(dataset, workspace, RECIPE), steer, running)
    paused = of_kind(events, Paused)
    assert [(each.epoch, each.step) for each in paused] == [(1, 0), (3, 0)]
    assert len(of_kind(events, Continued)) == 2
    assert_same(whole, run)


def test_a_stop_ends_a_pause(workspace: Workspace, dataset: Dataset) -> None:
    running = threading.Event()
    running.set()

    def steer(event: Event) -> bool:
        if isinstance(event, EpochDone):
            running.clear()
        if isinstance(event, Paused):
            threading.Timer(0.1, running.set).start()  # who stops sets it too
            return True
        return False

    run, events = train_until(request_for(dataset, workspace, RECIPE), steer, running)
    assert read_bundle(run).status is RunStatus.STOPPED
    assert of_kind(events, Continued) == []


_KILLED = """
import os, pickle, signal, sys, threading
from pathlib import Path
from cnn_studio.training import events
from cnn_studio.training.pretrained_training import train

kind, number = getattr(events, sys.argv[2]), int(sys.argv[3])
seen = []

def emit(event):
    if isinstance(event, kind):
        seen.append(event)
        if len(seen) == number:
            os.kill(os.getpid(), signal.SIGKILL)

train(pickle.loads(Path(sys.argv[1]).read_bytes()), emit, threading.Event())
"""


@pytest.mark.skipif(sys.platform == "win32", reason="kills as POSIX does")
@pytest.mark.parametrize(("kind", "number"), [("Started", 1), ("EpochDone", 3), ("Message", 3)])
def test_a_training_that_is_killed_ends_in_the_same_model_when_resumed(
    workspace: Workspace, dataset: Dataset, tmp_path: Path, kind: str, number: int
) -> None:
    recipe = replace(RECIPE, epochs=6, class_weights=True)
    whole, _events = train_until(request_for(dataset, workspace, recipe))
    killed, request = tmp_path / "killed", tmp_path / "request"
    request.write_bytes(pickle.dumps(request_for(dataset, workspace, recipe, out=killed)))
    command = [sys.executable, "-c", _KILLED, str(request), kind, str(number)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert open_run(killed).status is RunStatus.INTERRUPTED
    put_drawings(dataset.folder, "ball", 3, first=900)  # the run goes on with its own images
    # In a process of its own, which has loaded nothing before: so do people.
    code = (
        "import pickle, sys, threading\n"
        "from pathlib import Path\n"
        "from cnn_studio.training.pretrained_training import train\n"
        "train(pickle.loads(Path(sys.argv[1]).read_bytes()), lambda _e: None, threading.Event())\n"
    )
    request.write_bytes(pickle.dumps(request_to_resume(workspace, str(killed))))
    done = subprocess.run(
        [sys.executable, "-c", code, str(request)], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert_same(whole, killed)


def test_images_that_have_gone_or_changed_are_named(workspace: Workspace, dataset: Dataset) -> None:
    run, _events = train_until(
        request_for(dataset, workspace, RECIPE), lambda event: isinstance(event, EpochDone)
    )
    model = (run / LITE_FILE).read_bytes()
    picture, other = sorted((dataset.folder / "box").iterdir())[:2]
    before = picture.read_bytes()
    picture.write_bytes(other.read_bytes())
    with pytest.raises(TrainingError, match=f"1 image has changed.*: box/{picture.name}"):
        train_until(request_to_resume(workspace, run.name))
    picture.write_bytes(b"no photo")
    with pytest.raises(TrainingError, match=f"can no longer be read: box/{picture.name}"):
        train_until(request_to_resume(workspace, run.name))
    picture.unlink()
    with pytest.raises(TrainingError, match=f"1 image has gone.*: box/{picture.name}"):
        train_until(request_to_resume(workspace, run.name))
    assert (run / LITE_FILE).read_bytes() == model
    picture.write_bytes(before)
    train_until(request_to_resume(workspace, run.name))
    assert read_bundle(run).status is RunStatus.FINISHED


@pytest.mark.parametrize(
    "folds",
    [
        ["a"] * 27,
        [0.5] * 27,
        [True] * 27,
        [None] * 27,
        [-1] * 27,
        [10**12] * 27,
        [0] * 26,
        [0] * 28,
        [],
        "0" * 27,
        {"0": 1},
    ],
)
def test_damaged_folds_are_said_so(workspace: Workspace, dataset: Dataset, folds: object) -> None:
    run, _events = train_until(
        request_for(dataset, workspace, RECIPE), lambda event: isinstance(event, EpochDone)
    )
    (run / SPLIT_FILE).write_text(json.dumps({**split_of(run), "folds": folds}))
    with pytest.raises(ModelError, match=r"damaged|must be"):
        train_until(request_to_resume(workspace, run.name))


def test_epochs_are_added(workspace: Workspace, dataset: Dataset) -> None:
    whole, _events = train_until(request_for(dataset, workspace, replace(RECIPE, epochs=5)))
    run, _events = train_until(request_for(dataset, workspace, replace(RECIPE, epochs=2)))
    assert read_bundle(run).epochs_done == 2
    with pytest.raises(UsageError, match="is finished"):
        request_to_resume(workspace, run.name)
    train_until(request_to_resume(workspace, run.name, 3))
    assert (run / LITE_FILE).read_bytes() == (whole / LITE_FILE).read_bytes()
    assert figures(run) == figures(whole)
    assert history(run) == history(whole)


def test_a_run_that_has_settled_says_so_and_takes_no_more_epochs(
    workspace: Workspace, dataset: Dataset
) -> None:
    run, events = train_until(request_for(dataset, workspace, replace(RECIPE, epochs=5000)))
    done = read_bundle(run).epochs_done
    assert 5 < done < 1000
    assert f"It has settled after {done} epochs: more would change nothing." in words(events)
    with pytest.raises(UsageError, match=f"has settled after {done} of its 5000 epochs"):
        request_to_resume(workspace, run.name, 10)


def test_a_run_is_trained_by_one_process_at_a_time(workspace: Workspace, dataset: Dataset) -> None:
    run, _events = train_until(
        request_for(dataset, workspace, RECIPE), lambda event: isinstance(event, EpochDone)
    )
    with claimed(run), pytest.raises(TrainingError, match="being trained right now"):
        train_until(request_to_resume(workspace, run.name))


def test_a_card_that_calls_for_a_folder_that_is_gone(
    workspace: Workspace, dataset: Dataset
) -> None:
    run, _events = train_until(
        request_for(dataset, workspace, RECIPE), lambda event: isinstance(event, EpochDone)
    )
    shutil.rmtree(dataset.folder / "box")
    with pytest.raises(TrainingError, match="9 images have gone"):
        train_until(request_to_resume(workspace, run.name))
    assert (run / RECIPE_FILE).is_file()
