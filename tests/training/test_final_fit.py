"""Once it is measured, a network learns from all images; what was measured stays as it was."""

from __future__ import annotations

import pickle
import signal
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from cnn_studio.data.catalog import Dataset
from cnn_studio.models.answers import read_answers
from cnn_studio.models.bundle import LITE_FILE, Bundle, RunStatus, read_bundle
from cnn_studio.models.lite import LiteModel
from cnn_studio.models.runs import open_run
from cnn_studio.paths import Workspace
from cnn_studio.training.checkpoint import best_file
from cnn_studio.training.events import Continued, Event, FinalStep, Paused, Started
from cnn_studio.training.recipe import Recipe
from cnn_studio.training.resuming import request_to_resume
from cnn_studio.vision.images import read_image
from cnn_studio.vision.preparation import prepare
from tests.training.class_pictures import QUICK, colours, of_kind, request_for, train_until, words

pytestmark = pytest.mark.slow

RECIPE = replace(QUICK, epochs=4, validation_share=0.5)  # 24 images of 48 on either side


@pytest.fixture
def dataset(workspace: Workspace) -> Dataset:
    return colours(workspace)


def _said(run: Path, dataset: Dataset, names: tuple[str, ...]) -> np.ndarray:
    """What the model that is handed over says of images, (n, classes)."""
    model, spec = LiteModel(run / LITE_FILE), read_bundle(run).input
    images = [prepare(read_image(dataset.folder / name), spec) for name in names]
    return np.stack([model.run(image).probabilities for image in images])


def test_it_learns_from_all_images_and_the_figures_stay_those_that_were_measured(
    workspace: Workspace, dataset: Dataset
) -> None:
    measured, _events = train_until(
        request_for(dataset, workspace, replace(RECIPE, final_fit=False))
    )
    run, events = train_until(request_for(dataset, workspace, RECIPE))
    before, after = read_bundle(measured), read_bundle(run)
    assert (before.final_epochs, after.final_epochs) == (0, 1)
    assert (after.train, after.validation) == (before.train, before.validation)
    assert after.calibration == before.calibration
    assert "Measured on 24 images held back; now it learns from all 48, for 1 epoch." in words(
        events
    )
    (started,), steps = of_kind(events, Started), of_kind(events, FinalStep)
    assert started.final_steps == 6
    assert (steps[-1].step, steps[-1].steps, steps[-1].images) == (6, 6, 48)

    kept, others = read_answers(run, "validation"), read_answers(measured, "validation")
    assert kept is not None
    assert others is not None
    assert np.array_equal(kept.probabilities, others.probabilities)
    now = replace(kept, probabilities=_said(run, dataset, kept.names))
    assert now.scores().loss < kept.scores().loss / 2  # it has learned from them


def test_what_is_usual_is_known_from_before_and_where_classes_lie_from_now(
    workspace: Workspace, dataset: Dataset
) -> None:
    measured, _events = train_until(
        request_for(dataset, workspace, replace(RECIPE, final_fit=False))
    )
    run, _events = train_until(request_for(dataset, workspace, RECIPE))
    before, after = read_bundle(measured).unknown, read_bundle(run).unknown
    assert before is not None
    assert after is not None
    assert np.array_equal(before.levels, after.levels)
    assert np.array_equal(before.right, after.right)
    assert before.entropy_weight == after.entropy_weight
    assert np.abs(before.means - after.means).max() > 1e-5


@pytest.mark.parametrize(
    "recipe", [replace(RECIPE, final_fit=False), replace(RECIPE, validation_share=0.0)]
)
def test_it_can_be_switched_off_and_needs_images_held_back(
    workspace: Workspace, dataset: Dataset, recipe: Recipe
) -> None:
    run, events = train_until(request_for(dataset, workspace, recipe))
    assert read_bundle(run).final_epochs == 0
    assert of_kind(events, FinalStep) == []
    assert of_kind(events, Started)[0].final_steps == 0


@pytest.mark.parametrize(("epochs", "final"), [(1, 1), (3, 1), (10, 3), (100, 30)])
def test_it_takes_a_share_of_the_epochs_before(epochs: int, final: int) -> None:
    assert Recipe().final_epochs(epochs) == final


def test_a_training_that_is_stopped_in_it_keeps_the_measured_model(
    workspace: Workspace, dataset: Dataset
) -> None:
    measured, _events = train_until(
        request_for(dataset, workspace, replace(RECIPE, final_fit=False))
    )
    run, events = train_until(
        request_for(dataset, workspace, RECIPE), lambda event: isinstance(event, FinalStep)
    )
    bundle = read_bundle(run)
    assert (bundle.status, bundle.final_epochs) == (RunStatus.FINISHED, 0)
    assert "The model that was measured is kept" in words(events)
    assert (run / LITE_FILE).read_bytes() == (measured / LITE_FILE).read_bytes()


def test_a_training_that_is_stopped_before_it_does_without(
    workspace: Workspace, dataset: Dataset
) -> None:
    run, events = train_until(
        request_for(dataset, workspace, RECIPE), lambda event: isinstance(event, Started)
    )
    assert (read_bundle(run).status, read_bundle(run).final_epochs) == (RunStatus.STOPPED, 0)
    assert of_kind(events, FinalStep) == []


def test_a_pause_in_it_changes_nothing(workspace: Workspace, dataset: Dataset) -> None:
    whole, _events = train_until(request_for(dataset, workspace, RECIPE))
    running, paused = threading.Event(), threading.Event()
    running.set()

    def steer(event: Event) -> bool:
        if isinstance(event, FinalStep) and not paused.is_set():
            running.clear()
        if isinstance(event, Paused):
            paused.set()
            running.set()
        return False

    run, events = train_until(request_for(dataset, workspace, RECIPE), steer, running)
    assert len(of_kind(events, Paused)) == len(of_kind(events, Continued)) == 1
    assert (run / LITE_FILE).read_bytes() == (whole / LITE_FILE).read_bytes()


_KILLED = """
import os, pickle, signal, sys, threading
from pathlib import Path
from cnn_studio.training.events import FinalStep
from cnn_studio.training.loop import train

def emit(event):
    if isinstance(event, FinalStep):
        os.kill(os.getpid(), signal.SIGKILL)

train(pickle.loads(Path(sys.argv[1]).read_bytes()), emit, threading.Event())
"""


@pytest.mark.skipif(sys.platform == "win32", reason="kills as POSIX does")
def test_a_training_that_is_killed_in_it_ends_in_the_same_model_when_resumed(
    workspace: Workspace, dataset: Dataset, tmp_path: Path
) -> None:
    whole, _events = train_until(request_for(dataset, workspace, RECIPE))
    killed, request = tmp_path / "killed", tmp_path / "request"
    request.write_bytes(pickle.dumps(request_for(dataset, workspace, RECIPE, out=killed)))
    done = subprocess.run([sys.executable, "-c", _KILLED, str(request)], capture_output=True)
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert open_run(killed).status is RunStatus.INTERRUPTED
    train_until(request_to_resume(workspace, str(killed)))
    assert (killed / LITE_FILE).read_bytes() == (whole / LITE_FILE).read_bytes()
    bundles = read_bundle(whole), read_bundle(killed)
    assert _figures(bundles[0]) == _figures(bundles[1])


def test_added_epochs_go_on_from_the_measured_weights(
    workspace: Workspace, dataset: Dataset
) -> None:
    whole, _events = train_until(request_for(dataset, workspace, replace(RECIPE, epochs=5)))
    run, _events = train_until(request_for(dataset, workspace, RECIPE))
    train_until(request_to_resume(workspace, run.name, 1))
    assert best_file(run, read_bundle(run).best_epoch).is_file()
    assert (run / LITE_FILE).read_bytes() == (whole / LITE_FILE).read_bytes()


def test_the_test_part_is_measured_on_the_model_that_is_handed_over(
    workspace: Workspace, idx_dataset: Dataset
) -> None:
    recipe = replace(QUICK, epochs=1, image_size=28)
    run, events = train_until(request_for(idx_dataset, workspace, recipe))
    bundle, test = read_bundle(run), read_answers(run, "test")
    assert bundle.final_epochs == 1
    assert test is not None
    assert bundle.test == test.scores()
    assert of_kind(events, FinalStep)


def test_a_stopped_training_is_measured_on_the_test_part_too(
    workspace: Workspace, idx_dataset: Dataset
) -> None:
    recipe = replace(QUICK, epochs=3, image_size=28)
    run, _events = train_until(
        request_for(idx_dataset, workspace, recipe), lambda event: isinstance(event, Started)
    )
    bundle, test = read_bundle(run), read_answers(run, "test")
    assert bundle.status is RunStatus.STOPPED
    assert test is not None
    assert bundle.test == test.scores()
    assert bundle.test.count == 10


def _figures(bundle: Bundle) -> tuple[object, ...]:
    return (bundle.train, bundle.validation, bundle.calibration, bundle.final_epochs)
