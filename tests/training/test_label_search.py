"""A search for wrong labels, with the real pretrained network on small pictures."""

from __future__ import annotations

import shutil
import threading
from pathlib import Path

import numpy as np
import pytest

from cnn_studio.data.catalog import Dataset, find_dataset
from cnn_studio.data.class_folders import ClassFolders
from cnn_studio.data.label_doubts import DOUBTS_NAME, read_doubts, standing_doubts
from cnn_studio.data.marks import STUDIO_FOLDER
from cnn_studio.errors import DatasetError, TrainingError
from cnn_studio.paths import Workspace
from cnn_studio.training.engine_task import work_in_engine
from cnn_studio.training.events import Event, Message, Working
from cnn_studio.training.folds import dealt, loosened
from cnn_studio.training.label_search import LabelTask, search_labels
from tests.training.class_pictures import colours, of_kind


@pytest.fixture
def dataset(workspace: Workspace) -> Dataset:
    """Three colours; one red picture stands among the blue ones."""
    folder = colours(workspace).folder
    shutil.move(folder / "red" / "0-003.jpg", folder / "blue" / "wrong.jpg")
    return find_dataset(workspace, "colours")


def task(dataset: Dataset) -> LabelTask:
    return LabelTask(dataset, folds=3, rounds=2)


@pytest.mark.slow
def test_a_wrong_label_is_the_worst_and_is_remembered(dataset: Dataset) -> None:
    events: list[Event] = []
    found = search_labels(task(dataset), events.append, threading.Event())
    assert found.images == 48
    assert (found.doubts[0].name, found.doubts[0].suggested) == ("blue/wrong.jpg", "red")
    assert found.doubts[0].score < 0.5
    assert read_doubts(dataset.folder) is not None
    done = [event.done for event in events if isinstance(event, Working)]
    assert len(done) == len(events)
    assert done == sorted(done)
    assert done[-1] == 1000
    events.clear()
    again = search_labels(task(dataset), events.append, threading.Event())
    assert [one.name for one in again.doubts] == [one.name for one in found.doubts]
    assert events == []


@pytest.mark.slow
def test_a_stop_keeps_what_was_found_before(dataset: Dataset) -> None:
    stop = threading.Event()

    def emit(event: Event) -> None:
        if isinstance(event, Working) and event.done > 300:
            stop.set()

    with pytest.raises(TrainingError, match="stopped"):
        search_labels(task(dataset), emit, stop)
    assert not (dataset.folder / STUDIO_FOLDER / DOUBTS_NAME).exists()


@pytest.mark.slow
def test_what_cannot_be_kept_is_given_nevertheless(dataset: Dataset) -> None:
    (dataset.folder / STUDIO_FOLDER).write_text("no folder", encoding="utf-8")
    events: list[Event] = []
    found = search_labels(task(dataset), events.append, threading.Event())
    (message,) = of_kind(events, Message)
    assert "cannot be kept" in message.text
    doubts = standing_doubts(ClassFolders(dataset), found)
    assert doubts[0].name == "blue/wrong.jpg"


@pytest.mark.slow
def test_the_engine_does_it_beside_the_window(dataset: Dataset) -> None:
    told: list[tuple[int, int]] = []
    sentence = work_in_engine(
        task(dataset),
        progress=lambda done, total: told.append((done, total)),
        cancelled=lambda: False,
    )
    assert sentence.endswith("of 48 labels are doubted.")
    assert told[-1] == (1000, 1000)


def test_a_dataset_as_it_was_published_is_not_searched(workspace: Workspace) -> None:
    packed = find_dataset(workspace, "fashion-mnist")
    with pytest.raises(DatasetError, match="kept as it was published"):
        search_labels(LabelTask(packed), lambda _event: None, threading.Event())


def test_classes_without_images_are_told(workspace: Workspace, tmp_path: Path) -> None:
    objects = find_dataset(workspace, "objects")
    with pytest.raises(TrainingError):
        search_labels(LabelTask(objects), lambda _event: None, threading.Event())


def test_a_recording_that_is_most_of_a_class_is_cut_up() -> None:
    labels = np.array([0] * 6 + [1] * 4)
    groups = ["r"] * 6 + ["a", "a", "b", "b"]
    cut = loosened(groups, labels, 3)
    assert cut == ["r 0", "r 0", "r 1", "r 1", "r 2", "r 2", "a", "a", "b", "b"]


def test_what_belongs_together_is_judged_together() -> None:
    labels = np.repeat([0, 1], 12)
    groups = [str(place // 2) for place in range(24)]
    folds = dealt(labels, groups, 4, 1)
    assert sorted(np.concatenate(folds).tolist()) == list(range(24))
    assert len(folds) == 4
    for fold in folds:
        assert all(groups.count(groups[place]) == 2 for place in fold)
        assert len({groups[place] for place in fold}) * 2 == len(fold)
