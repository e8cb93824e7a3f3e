"""A second training on a random split of a run's images, in this process and in the engine's."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import pytest

from cnn_studio.data.catalog import Dataset, find_dataset
from cnn_studio.data.sessions import Session, SessionKind
from cnn_studio.errors import TrainingError, UsageError
from cnn_studio.models.flattering import images_of, is_worth_asking, read_flattering
from cnn_studio.models.runs import open_run
from cnn_studio.paths import Workspace
from cnn_studio.training.engine_task import work_in_engine
from cnn_studio.training.events import Event, Working
from cnn_studio.training.flattering import FlatteringTask, claim_of_random_split
from cnn_studio.training.loop import train
from tests.training.class_pictures import QUICK, colours, of_kind, request_for

pytestmark = pytest.mark.slow


@pytest.fixture
def dataset(workspace: Workspace) -> Dataset:
    """Three colours; each class has two recordings."""
    folder = colours(workspace).folder
    for class_folder in filter(Path.is_dir, folder.iterdir()):
        for place, path in enumerate(sorted(class_folder.glob("*.jpg"))):
            if place % 8 == 0:
                session = Session.new(SessionKind.RECORDING)
            path.rename(class_folder / session.file_name(place))
    return find_dataset(workspace, "colours")


@pytest.fixture
def run_folder(workspace: Workspace, dataset: Dataset) -> Path:
    return train(request_for(dataset, workspace), lambda _event: None, threading.Event())


def test_a_random_split_is_tried_on_the_very_images_and_leaves_two_figures(
    dataset: Dataset, run_folder: Path
) -> None:
    before = {path.name: path.read_bytes() for path in run_folder.iterdir() if path.is_file()}
    run = open_run(run_folder)
    assert is_worth_asking(run)
    events: list[Event] = []
    task = FlatteringTask(run_folder, dataset)
    found = claim_of_random_split(task, events.append, threading.Event())
    assert read_flattering(run_folder) == found
    assert run.bundle is not None
    assert found.honest == run.bundle.val_accuracy
    assert found.random_count == 12
    done = [event.done for event in of_kind(events, Working)]
    assert done == sorted(done)
    assert done[-1] == 1000
    assert len(done) == len(events)
    after = {path.name: path.read_bytes() for path in run_folder.iterdir() if path.is_file()}
    assert {name: after[name] for name in before} == before
    assert set(after) - set(before) == {"flattering.json"}
    assert not (run_folder / ".random-split").exists()


def test_images_that_are_gone_are_told(dataset: Dataset, run_folder: Path) -> None:
    (dataset.folder / images_of(run_folder)[0]).unlink()
    with pytest.raises(TrainingError, match="moved, deleted or left out since"):
        claim_of_random_split(
            FlatteringTask(run_folder, dataset), lambda _event: None, threading.Event()
        )


def test_a_stop_leaves_nothing(dataset: Dataset, run_folder: Path) -> None:
    stop = threading.Event()

    def emit(event: Event) -> None:
        if isinstance(event, Working) and event.done > 200:
            stop.set()

    with pytest.raises(TrainingError, match="stopped"):
        claim_of_random_split(FlatteringTask(run_folder, dataset), emit, stop)
    assert read_flattering(run_folder) is None
    assert not (run_folder / ".random-split").exists()


def test_without_validation_there_is_nothing_to_compare(
    workspace: Workspace, dataset: Dataset
) -> None:
    request = request_for(dataset, workspace, replace(QUICK, epochs=1, validation_share=0.0))
    folder = train(request, lambda _event: None, threading.Event())
    with pytest.raises(UsageError, match="finished run with validation images"):
        claim_of_random_split(
            FlatteringTask(folder, dataset), lambda _event: None, threading.Event()
        )


def test_the_engine_does_it_beside_the_window(dataset: Dataset, run_folder: Path) -> None:
    told: list[tuple[int, int]] = []
    sentence = work_in_engine(
        FlatteringTask(run_folder, dataset),
        progress=lambda done, total: told.append((done, total)),
        cancelled=lambda: False,
    )
    found = read_flattering(run_folder)
    assert found is not None
    assert sentence == found.why
    assert told[-1] == (1000, 1000)


def test_a_cancel_ends_the_engine(dataset: Dataset, run_folder: Path) -> None:
    sentence = work_in_engine(
        FlatteringTask(run_folder, dataset),
        progress=lambda _done, _total: None,
        cancelled=lambda: True,
    )
    assert sentence == ""
    assert read_flattering(run_folder) is None
