"""A training taken up again equals one that never stopped, bit for bit."""

from __future__ import annotations

import csv
import json
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnn_studio.data.catalog import Dataset
from cnn_studio.data.marks import Mark, Marking, Marks
from cnn_studio.errors import TrainingError, UsageError
from cnn_studio.models.answers import kept_answers
from cnn_studio.models.batch_history import read_batches
from cnn_studio.models.bundle import LITE_FILE, RunStatus
from cnn_studio.models.runs import HISTORY_FILE, SPLIT_FILE, open_run
from cnn_studio.paths import Workspace
from cnn_studio.training.checkpoint import load_checkpoint
from cnn_studio.training.events import Continued, EpochDone, Event, Message, Paused, Started
from cnn_studio.training.loop import train
from cnn_studio.training.recipe import Augmentation, Schedule
from cnn_studio.training.records import claimed
from cnn_studio.training.request import TrainingRequest
from cnn_studio.training.resuming import request_to_resume
from cnn_studio.training.strengths import Turns
from tests.training.class_pictures import QUICK, colours, of_kind, put_pictures, request_for

pytestmark = pytest.mark.slow

RECIPE = replace(
    QUICK,
    epochs=3,
    augmentation=replace(Augmentation.STRONG, erase=0.2),
    schedule=Schedule.COSINE,
    warmup_epochs=0.5,
    ema=0.9,
    label_smoothing=0.1,
    weight_decay=0.01,
    class_weights=True,
)
CONSTANT = replace(QUICK, epochs=3, augmentation=Augmentation.LIGHT)
_TIMES = ("images_per_second", "seconds")


@pytest.fixture
def dataset(workspace: Workspace) -> Dataset:
    return colours(workspace)


def _train(
    request: TrainingRequest, stop_when: Callable[[Event], bool] = lambda _event: False
) -> tuple[Path, list[Event]]:
    events: list[Event] = []
    stop = threading.Event()

    def emit(event: Event) -> None:
        events.append(event)
        if stop_when(event):
            stop.set()

    return train(request, emit, stop), events


def _history(run: Path) -> list[dict[str, str]]:
    rows = csv.DictReader((run / HISTORY_FILE).read_text().splitlines())
    return [{key: row[key] for key in row if key not in _TIMES} for row in rows]


def _assert_equal(run: Path, other: Path) -> None:
    assert _history(run) == _history(other)
    assert (run / LITE_FILE).read_bytes() == (other / LITE_FILE).read_bytes()
    batches = [read_batches(open_run(folder)) for folder in (run, other)]
    assert batches[0].x.size >= 3  # at least one an epoch
    assert np.array_equal(batches[0].x, batches[1].x)
    assert np.array_equal(batches[0].losses, batches[1].losses)
    states = [load_checkpoint(folder) for folder in (run, other)]
    assert states[0] is not None
    assert states[1] is not None
    assert len(states[0].values) == len(states[1].values) > 8
    assert all(map(np.array_equal, states[0].values, states[1].values))
    assert states[0].best == states[1].best
    bundles = [open_run(folder).bundle for folder in (run, other)]
    assert bundles[0] is not None
    assert bundles[1] is not None
    assert bundles[0].validation == bundles[1].validation
    assert bundles[0].train == bundles[1].train
    assert bundles[0].recipe == bundles[1].recipe


_KILLED = """
import os, pickle, signal, sys, threading
from pathlib import Path
from cnn_studio.training import course, saving
from cnn_studio.training.loop import train

saving.INTERVAL_S, saving._MOST_COST = 0.0, 1e9  # after every step
save = course.save_checkpoint
epoch, step = int(sys.argv[2]), int(sys.argv[3])

def save_and_die(folder, checkpoint):
    save(folder, checkpoint)
    if (checkpoint.position.epoch, checkpoint.position.step) == (epoch, step):
        os.kill(os.getpid(), signal.SIGKILL)

course.save_checkpoint = save_and_die
train(pickle.loads(Path(sys.argv[1]).read_bytes()), lambda event: None, threading.Event())
"""


def _train_until_killed(request: TrainingRequest, tmp_path: Path, epoch: int, step: int) -> None:
    import pickle

    asked = tmp_path / "request"
    asked.write_bytes(pickle.dumps(request))
    command = [sys.executable, "-c", _KILLED, str(asked), str(epoch), str(step)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == -signal.SIGKILL, done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="kills as POSIX does")
@pytest.mark.parametrize(("epoch", "step"), [(2, 3), (3, 0)])
def test_a_killed_training_resumed_equals_an_uninterrupted_one(
    workspace: Workspace, dataset: Dataset, tmp_path: Path, epoch: int, step: int
) -> None:
    whole, _events = _train(request_for(dataset, workspace, RECIPE))
    killed = tmp_path / "killed"
    _train_until_killed(request_for(dataset, workspace, RECIPE, out=killed), tmp_path, epoch, step)
    assert open_run(killed).status is RunStatus.INTERRUPTED
    put_pictures(dataset.folder, "red", 3, seed=9)  # the run goes on with its own images

    resumed, events = _train(request_to_resume(workspace, str(killed)))
    assert resumed == killed
    (started,) = of_kind(events, Started)
    assert (started.epochs_before, started.steps_before) == (epoch - 1, step)
    _assert_equal(whole, killed)


def test_a_training_with_turns_that_was_stopped_equals_one_that_was_not(
    workspace: Workspace, dataset: Dataset
) -> None:
    recipe = replace(RECIPE, augmentation=Augmentation(turns=Turns.ALL))
    whole, _events = _train(request_for(dataset, workspace, recipe))
    stopped, _events = _train(
        request_for(dataset, workspace, recipe),
        lambda event: isinstance(event, EpochDone) and event.epoch == 2,
    )
    _train(request_to_resume(workspace, stopped.name))
    _assert_equal(whole, stopped)


def test_a_stopped_training_keeps_its_best_and_can_go_on(
    workspace: Workspace, dataset: Dataset
) -> None:
    whole, _events = _train(request_for(dataset, workspace, RECIPE))
    stopped, _events = _train(
        request_for(dataset, workspace, RECIPE),
        lambda event: isinstance(event, EpochDone) and event.epoch == 2,
    )
    assert open_run(stopped).status is RunStatus.STOPPED
    _train(request_to_resume(workspace, stopped.name))
    _assert_equal(whole, stopped)


def test_a_finished_run_is_extended(workspace: Workspace, dataset: Dataset) -> None:
    whole, _events = _train(request_for(dataset, workspace, CONSTANT))
    run, _events = _train(request_for(dataset, workspace, replace(CONSTANT, epochs=2)))
    with pytest.raises(UsageError, match="is finished"):
        request_to_resume(workspace, run.name)
    with pytest.raises(UsageError, match="1 or more"):
        request_to_resume(workspace, run.name, -1)
    _folder, events = _train(request_to_resume(workspace, run.name, 1))
    assert of_kind(events, Started)[0].epochs == 3
    _assert_equal(whole, run)  # at a constant rate, as if it had been asked for at once
    bundle = open_run(run).bundle
    assert bundle is not None
    assert (bundle.status, bundle.epochs_done) == (RunStatus.FINISHED, 3)


def test_the_test_part_is_the_run_s_own_also_when_classes_have_come(
    workspace: Workspace, dataset: Dataset
) -> None:
    tested = tuple(f"{name}/0-{number:03d}.jpg" for name in ("red", "blue") for number in range(3))
    Marks(dataset.folder).write([Marking(Mark.TEST, True, tested)], ())
    folder, _events = _train(request_for(dataset, workspace, QUICK))
    before = kept_answers(open_run(folder), "test")
    assert before is not None
    assert set(before.names) == set(tested)
    put_pictures(dataset.folder, "blue", 3, seed=7)
    (dataset.folder / "amber").mkdir()
    for path in (dataset.folder / "blue").glob("7-*"):
        shutil.move(path, dataset.folder / "amber")
    added = tuple(f"amber/7-{number:03d}.jpg" for number in range(3))
    Marks(dataset.folder).write([Marking(Mark.TEST, True, added)], ())
    _train(request_to_resume(workspace, folder.name, 1))
    after = kept_answers(open_run(folder), "test")
    assert after is not None
    assert (after.names, after.labels.tolist()) == (before.names, before.labels.tolist())
    learned = json.loads((folder / SPLIT_FILE).read_text())["train"][0]
    Marks(dataset.folder).write([Marking(Mark.TEST, True, (learned,))], ())
    with pytest.raises(TrainingError, match=f"kept for the test now.*{learned}"):
        _train(request_to_resume(workspace, folder.name, 1))


def test_a_pause_is_saved_and_changes_nothing(workspace: Workspace, dataset: Dataset) -> None:
    whole, _events = _train(request_for(dataset, workspace, RECIPE))
    running, events = threading.Event(), list[Event]()
    running.set()
    saved: list[Any] = []

    def emit(event: Event) -> None:
        events.append(event)
        if isinstance(event, EpochDone) and event.epoch == 1:
            running.clear()
        elif isinstance(event, Paused):
            saved.append(load_checkpoint(Path(of_kind(events, Started)[0].run)))
            running.set()

    request = request_for(dataset, workspace, RECIPE)
    folder = train(request, emit, threading.Event(), running=running)
    assert of_kind(events, Paused) == [Paused(2, 0)]
    assert of_kind(events, Continued) == [Continued()]
    assert (saved[0].position.epoch, saved[0].position.step) == (2, 0)
    _assert_equal(whole, folder)


def test_images_that_have_gone_or_changed_are_named(workspace: Workspace, dataset: Dataset) -> None:
    run, _events = _train(
        request_for(dataset, workspace, RECIPE),
        lambda event: isinstance(event, EpochDone),
    )
    picture, other = sorted((dataset.folder / "red").iterdir())[:2]
    before = picture.read_bytes()
    picture.write_bytes(other.read_bytes())
    with pytest.raises(TrainingError, match=f"1 image has changed.*: red/{picture.name}"):
        _train(request_to_resume(workspace, run.name))
    picture.unlink()
    with pytest.raises(TrainingError, match=f"1 image has gone.*: red/{picture.name}"):
        _train(request_to_resume(workspace, run.name))
    picture.write_bytes(before)
    _folder, events = _train(request_to_resume(workspace, run.name))
    assert [event.epoch for event in of_kind(events, EpochDone)] == [2, 3]


def test_a_run_is_trained_by_one_process_at_a_time(workspace: Workspace, dataset: Dataset) -> None:
    run, events = _train(
        request_for(dataset, workspace, RECIPE),
        lambda event: isinstance(event, EpochDone),
    )
    assert "Stopped" in of_kind(events, Message)[0].text
    with claimed(run), pytest.raises(TrainingError, match="being trained right now"):
        _train(request_to_resume(workspace, run.name))
