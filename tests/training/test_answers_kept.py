"""What a training leaves for looking at single images, and for honest probabilities."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from cnn_studio.data.catalog import Dataset
from cnn_studio.models.answers import read_answers
from cnn_studio.models.bundle import RunStatus, read_bundle
from cnn_studio.paths import Workspace
from cnn_studio.prediction.classifier import Classifier
from cnn_studio.training.events import EpochDone, Event, Message
from cnn_studio.training.loop import train
from cnn_studio.vision.images import read_image
from tests.training.class_pictures import QUICK, colours, request_for

pytestmark = pytest.mark.slow


def test_the_answers_are_those_of_the_model_that_is_kept(workspace: Workspace) -> None:
    dataset = colours(workspace)
    events: list[Event] = []
    recipe = replace(QUICK, epochs=3, validation_share=0.5, final_fit=False)
    folder = train(request_for(dataset, workspace, recipe), events.append, threading.Event())
    bundle, answers = read_bundle(folder), read_answers(folder, "validation")
    assert answers is not None
    assert bundle.validation == answers.scores()
    assert bundle.calibration is not None
    assert bundle.calibration.count == len(answers) == 24
    assert any("on 24 images held back" in e.text for e in events if isinstance(e, Message))
    assert bundle.unknown is not None
    assert len(bundle.unknown.levels) == 24
    assert any("Of 24 images held back" in e.text for e in events if isinstance(e, Message))
    classifier = Classifier.open(folder)
    softened = answers.calibrated(bundle.temperature)
    scores = []
    for place in range(0, len(answers), 6):
        image = read_image(dataset.folder / answers.names[place])
        said = classifier.classify(image)
        assert said.probabilities == pytest.approx(softened.probabilities[place], abs=2e-3)
        scores.append(said.score)
    assert all(score is not None and 0 <= score <= 1 for score in scores)
    strange = classifier.classify(np.random.default_rng(0).integers(0, 256, (20, 20, 3), np.uint8))
    assert (strange.score, strange.unknown) == (0, True)
    classifier.accept = 1.0
    assert not classifier.classify(np.zeros((20, 20, 3), np.uint8)).unknown


def test_a_stopped_training_keeps_its_answers_too(workspace: Workspace) -> None:
    stop = threading.Event()

    def emit(event: Event) -> None:
        if isinstance(event, EpochDone):
            stop.set()

    recipe = replace(QUICK, epochs=5, validation_share=0.5)
    folder = train(request_for(colours(workspace), workspace, recipe), emit, stop)
    bundle, answers = read_bundle(folder), read_answers(folder, "validation")
    assert bundle.status is RunStatus.STOPPED
    assert answers is not None
    assert bundle.validation == answers.scores()
    assert bundle.calibration is not None
    assert bundle.unknown is not None


@pytest.mark.parametrize("recordings", [1, 4])
def test_one_recording_a_class_cannot_tell_what_is_usual_and_leaves_a_margin(
    workspace: Workspace, recordings: int
) -> None:
    dataset = colours(workspace, count=32)
    for picture in sorted(dataset.folder.glob("*/*.jpg")):
        number = int(picture.stem[-3:])
        session = f"r20261122T2105{number % recordings:02d}-3f9a"
        picture.rename(picture.with_name(f"{session}-{number:05d}.jpg"))
    events: list[Event] = []
    recipe = replace(QUICK, epochs=1)
    folder = train(request_for(dataset, workspace, recipe), events.append, threading.Event())
    rule = read_bundle(folder).unknown
    assert rule is not None
    words = " ".join(event.text for event in events if isinstance(event, Message))
    assert (rule.margin > 0) == ("There is a margin" in words) == (recordings == 1)


def test_the_test_part_is_kept_and_has_no_part_in_the_calibration(
    workspace: Workspace, idx_dataset: Dataset
) -> None:
    recipe = replace(QUICK, epochs=1, image_size=28)
    folder = train(
        request_for(idx_dataset, workspace, recipe), lambda _event: None, threading.Event()
    )
    bundle, test = read_bundle(folder), read_answers(folder, "test")
    assert test is not None
    assert bundle.test == test.scores()
    assert set(test.names) == {f"test/{number:05d}" for number in range(10)}
    assert np.array_equal(test.labels, np.arange(10) % 10)
    assert bundle.calibration is None  # ten validation images are too few
    assert bundle.unknown is None


def test_without_validation_nothing_is_kept(workspace: Workspace) -> None:
    recipe = replace(QUICK, epochs=1, validation_share=0.0)
    events: list[Event] = []
    folder: Path = train(
        request_for(colours(workspace), workspace, recipe), events.append, threading.Event()
    )
    assert any("20 or more images" in e.text for e in events if isinstance(e, Message))
    assert read_answers(folder, "validation") is None
    assert read_bundle(folder).calibration is None
    assert read_bundle(folder).unknown is None
