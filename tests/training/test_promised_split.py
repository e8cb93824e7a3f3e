"""One function draws the split, before a training and for it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from cnn_studio.data.catalog import Dataset
from cnn_studio.data.image_sets import ImageSet, open_images
from cnn_studio.data.marks import Mark, Marking, Marks
from cnn_studio.data.sessions import Session, SessionKind
from cnn_studio.paths import Workspace
from cnn_studio.training import training_data
from cnn_studio.training.events import Event
from cnn_studio.training.recipe import Recipe
from cnn_studio.training.request import TrainingRequest
from cnn_studio.training.training_data import load, plan, promised_split
from tests.training.class_pictures import QUICK, colours, put_pictures, request_for


def _recorded(folder: Path) -> None:
    for name in ("red", "green"):
        session = Session.new(SessionKind.RECORDING)
        for number, path in enumerate(sorted((folder / name).iterdir())[:11], 1):
            path.rename(path.with_name(session.file_name(number)))


def _corrected(folder: Path) -> None:
    session = Session.new(SessionKind.CORRECTION)
    for number, path in enumerate(sorted((folder / "red").iterdir())[:3], 1):
        path.rename(path.with_name(session.file_name(number)))


def _damaged(folder: Path) -> None:
    for path in sorted((folder / "blue").iterdir())[::4]:
        path.write_bytes(path.read_bytes()[:200])


def _doubled(folder: Path) -> None:
    for path in sorted((folder / "green").iterdir())[:6]:
        path.with_name(f"copy-{path.name}").write_bytes(path.read_bytes())


def _given(folder: Path) -> None:
    names = tuple(f"{name}/0-{number:03d}.jpg" for name in ("red", "blue") for number in range(3))
    Marks(folder).write([Marking(Mark.VALIDATION, True, names)], ())


@pytest.mark.parametrize("change", [_recorded, _corrected, _damaged, _doubled, _given])
@pytest.mark.parametrize(
    "recipe",
    [QUICK, replace(QUICK, validation_share=0.5, seed=4), replace(QUICK, limit=20)],
    ids=["quarter", "half", "limit"],
)
def test_the_promise_is_the_split_of_the_training(
    workspace: Workspace, change: Callable[[Path], None], recipe: Recipe
) -> None:
    dataset = colours(workspace)
    put_pictures(dataset.folder, "red", 5, seed=2)
    change(dataset.folder)
    promised = promised_split(dataset, recipe)
    drawn = _drawn(request_for(dataset, workspace, recipe))
    assert (len(promised.train), len(promised.validation)) == tuple(map(len, drawn))
    assert len(promised.validation) > 0


def test_validation_is_as_it_was_given_unless_it_is_to_be_drawn_again(
    workspace: Workspace,
) -> None:
    dataset = colours(workspace)
    _given(dataset.folder)
    tested = ("green/0-000.jpg", "green/0-001.jpg")
    Marks(dataset.folder).write([Marking(Mark.TEST, True, tested)], ())
    images = open_images(dataset)
    assert images is not None
    split = promised_split(dataset, QUICK)
    held_back = {images.names[place] for place in split.validation}
    assert held_back == Marks(dataset.folder).names(Mark.VALIDATION)
    assert split.notes[0] == "Validation is the part that came with the images: 6."
    assert "It has no image of green." in split.notes
    again = promised_split(dataset, replace(QUICK, given_split=False))
    classes = {images.names[place].partition("/")[0] for place in again.validation}
    assert classes == {"red", "green", "blue"}
    for drawn in (split, again):
        learned = {images.names[place] for place in (*drawn.train, *drawn.validation)}
        assert not learned & set(tested)
    planned = plan(request_for(dataset, workspace))
    assert planned.test_images is not None
    assert tuple(planned.test_images.names) == tested


def test_a_published_set_keeps_its_promise_too(workspace: Workspace, idx_dataset: Dataset) -> None:
    recipe = replace(QUICK, image_size=28)
    promised = promised_split(idx_dataset, recipe)
    assert (len(promised.train), len(promised.validation)) == tuple(
        map(len, _drawn(request_for(idx_dataset, workspace, recipe)))
    )


def test_what_a_pretrained_network_sees_alike_stays_on_one_side(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The features come from one place, and say the same to the promise and to the training."""
    dataset = colours(workspace)

    def seen(images: ImageSet, sources: np.ndarray, *_more: object) -> np.ndarray:
        number = np.array([int(Path(images.names[source]).stem[-3:]) for source in sources])
        features: np.ndarray = np.eye(4, 1280, dtype=np.float32)[number % 4]
        return features

    monkeypatch.setattr(training_data, "_features", seen)
    promised = promised_split(dataset, QUICK)
    train, validation = _drawn(request_for(dataset, workspace, QUICK))
    assert promised.validation.tolist() == validation.tolist()
    assert promised.grouped == 48
    assert "48 of 48 photos seem to share their origin" in promised.notes[0]
    images = open_images(dataset)
    assert images is not None
    side = {(images.labels[place], int(images.names[place][-7:-4]) % 4) for place in validation}
    assert len(side) == 3
    other = {(images.labels[place], int(images.names[place][-7:-4]) % 4) for place in train}
    assert not side & other


def _drawn(request: TrainingRequest) -> tuple[np.ndarray, np.ndarray]:
    events: list[Event] = []
    data = load(plan(request), request, events.append, threading.Event().is_set)
    assert data is not None
    return data.split.train, data.split.validation
