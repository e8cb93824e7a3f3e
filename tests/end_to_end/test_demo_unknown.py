"""The demo camera shows what unknown means, and what a class for nothing is good for."""

from __future__ import annotations

from pathlib import Path

import pytest

from cnn_studio.camera.demo import FRAMES_PER_SCENE, DemoCamera
from cnn_studio.data.catalog import find_dataset
from cnn_studio.data.class_changes import class_addition
from cnn_studio.data.class_folders import ClassFolders
from cnn_studio.data.sessions import Session, SessionKind
from cnn_studio.paths import Workspace
from cnn_studio.prediction.classifier import Classifier
from cnn_studio.vision.images import ImageArray
from tests.demo_workspace import DATASET, record_demo_images, train

_SCENES = 24
_NETWORK = ("--network", "pretrained", "--image-size", "128")
_EMPTY = "empty table"


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """The five objects, recorded three times each."""
    workspace = Workspace(tmp_path_factory.mktemp("demo"))
    record_demo_images(workspace, per_class=36, recordings=3)
    return workspace


def _scenes(name: str) -> list[ImageArray]:
    """A frame of each of some scenes that were not recorded."""
    camera = DemoCamera(name, seed=50, paced=False)
    frames = [camera.read() for _frame in range(_SCENES * FRAMES_PER_SCENE)]
    return frames[FRAMES_PER_SCENE // 2 :: FRAMES_PER_SCENE]


def _unknown_share(run: Path, name: str) -> float:
    classifier = Classifier.open(run)
    answers = [classifier.classify(frame) for frame in _scenes(name)]
    return sum(answer.unknown for answer in answers) / len(answers)


@pytest.mark.slow
def test_strange_things_are_unknown_far_more_often_than_the_five_objects(
    workspace: Workspace,
) -> None:
    run = train(workspace, 10, *_NETWORK)
    strange = _unknown_share(run, DemoCamera.STRANGE)
    known = {name: _unknown_share(run, name) for name in DemoCamera.OBJECTS}
    assert strange >= 0.8, known
    assert max(known.values()) <= 0.3, known


@pytest.mark.slow
def test_nothing_recorded_as_the_background_class_is_then_recognized(workspace: Workspace) -> None:
    folders = ClassFolders(find_dataset(workspace, DATASET))
    folders.carry_out(class_addition(folders, _EMPTY, background=True))
    for seed in (1, 2, 3):
        camera = DemoCamera(DemoCamera.NOTHING, seed=seed, paced=False)
        session = Session.new(SessionKind.RECORDING)
        for sequence in range(1, 13):
            folders.add_image(_EMPTY, camera.read(), session, sequence)
            for _frame_between in range(2):
                camera.read()
    classifier = Classifier.open(train(workspace, 10, *_NETWORK))
    answers = [classifier.classify(frame) for frame in _scenes(DemoCamera.NOTHING)]
    named = [answer.top[0] for answer in answers]
    assert named.count(_EMPTY) >= 0.9 * len(named)
    assert all(answer.unknown for answer in answers if answer.top[0] == _EMPTY)
    shoes = [classifier.classify(frame).top[0] for frame in _scenes("shoe")]
    assert shoes.count("shoe") >= 0.9 * len(shoes)
