"""A second training on a random split of a run's images, in this process and in the engine's."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import pytest

from cnn_studio.data.catalog import Dataset, find_dataset
from cnn_studio.data.class_folders import ClassFolders
from cnn_studio.data.marks import Mark, Marking
from cnn_studio.data.sessions import Session, SessionKind
from cnn_studio.errors import TrainingError, UsageError
from cnn_studio.models.flattering import (
    ChangesSince,
    Flattering,
    is_worth_asking,
    read_flattering,
)
from cnn_studio.models.runs import open_run, split_names
from cnn_studio.paths import Workspace
from cnn_studio.training.engine_task import work_in_engine
from cnn_studio.training.events import Event, Working
from cnn_studio.training.flattering import FlatteringTask, claim_of_random_split
from cnn_studio.training.loop import train
from tests.training.class_pictures import QUICK, colours, of_kind, put_pictures, request_for

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


def tried(dataset: Dataset, run_folder: Path, workspace: Workspace) -> Flattering:
    changed = find_dataset(workspace, dataset.name)
    task = FlatteringTask(run_folder, changed)
    return claim_of_random_split(task, lambda _event: None, threading.Event())


def test_images_that_are_not_the_same_any_more_count_in_neither_figure(
    dataset: Dataset, run_folder: Path, workspace: Workspace
) -> None:
    run = open_run(run_folder)
    train_names, held_back = (sorted(split_names(run, side)) for side in ("train", "validation"))
    (dataset.folder / train_names[0]).unlink()
    ClassFolders(dataset).marks.write([Marking(Mark.EXCLUDED, True, (train_names[1],))], ())
    for name in (held_back[0], held_back[-1]):
        other = "green" if not name.startswith("green") else "red"
        (dataset.folder / name).rename(dataset.folder / other / Path(name).name)
    put_pictures(dataset.folder, "red", 3, seed=5)  # an image that was added changes nothing
    found = tried(dataset, run_folder, workspace)
    assert found.changes == ChangesSince(relabelled=2, left_out=1, deleted=1)
    assert (found.honest_count, found.same_count) == (len(held_back) - 2, 44)
    assert found.random_count == 11  # a quarter of each class
    words = "2 images were relabelled, 1 left out and 1 deleted since; measured on the other 44."
    assert found.about_changes == words
    assert read_flattering(run_folder) == found


def test_a_class_that_was_renamed_or_added_changes_no_figure(
    dataset: Dataset, run_folder: Path, workspace: Workspace
) -> None:
    (dataset.folder / "red").rename(dataset.folder / "crimson")
    put_pictures(dataset.folder / "aside", "blue", 4, seed=3)
    (dataset.folder / "aside" / "blue").rename(dataset.folder / "azure")
    (dataset.folder / "aside").rmdir()
    found = tried(dataset, run_folder, workspace)
    assert found.changes.count == 0
    held_back = split_names(open_run(run_folder), "validation")
    assert (found.honest_count, found.random_count) == (len(held_back), 12)
    assert found.about_changes == ""


def test_a_class_that_is_gone_is_told_in_words_without_the_names_of_files(
    dataset: Dataset, run_folder: Path, workspace: Workspace
) -> None:
    for path in sorted((dataset.folder / "red").iterdir())[:-1]:
        path.unlink()
    with pytest.raises(TrainingError) as told:
        tried(dataset, run_folder, workspace)
    assert str(told.value) == (
        "Too few images of red are what they were when this run was trained: 15 images were "
        "deleted since. Train again, and compare that run."
    )
    assert read_flattering(run_folder) is None


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
