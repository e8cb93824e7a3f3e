"""Images are learned and forgotten exactly, in whatever order they come."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest

from cnn_studio.camera.demo import DemoCamera
from cnn_studio.data.catalog import create_dataset
from cnn_studio.data.class_folders import ClassFolders
from cnn_studio.data.sessions import Session, SessionKind
from cnn_studio.errors import DatasetError
from cnn_studio.instant.feature_table import FeatureTable
from cnn_studio.instant.instant_model import HeldBack, InstantModel
from cnn_studio.instant.learner import Learner, learn_dataset
from cnn_studio.models.unknown import unit_length
from cnn_studio.paths import Workspace
from cnn_studio.training.linear_layer import one_thread
from tests.instant.features import features_like

STAMP = (1, 1)


class Studied:
    """A table and what learns from it."""

    def __init__(self, background: str = "") -> None:
        self.table = FeatureTable()
        self.learner = Learner(background)

    def add(self, class_name: str, names: list[str], features: np.ndarray) -> None:
        files = [f"{class_name}/{name}" for name in names]
        self.table.keep(files, [STAMP] * len(files), features)
        self.take()

    def take(self) -> None:
        self.learner.take(self.table.take_changes(), self.table.features_of)

    def model(self) -> InstantModel:
        with one_thread():
            self.learner.judge(self.table.view())
            model = self.learner.fit()
        assert model is not None
        return model


def photos(count: int, start: int = 0) -> list[str]:
    return [f"photo-{place:03d}.jpg" for place in range(start, start + count)]


def recording(seconds: int, count: int) -> list[str]:
    started = datetime(2026, 1, 2, 3, 4, seconds, tzinfo=UTC)
    session = Session(SessionKind.RECORDING, started, f"{seconds:04x}")
    return [session.file_name(place) for place in range(1, count + 1)]


def studied(per_class: int = 30) -> Studied:
    found = Studied()
    for number, name in enumerate(["cap", "mug", "pen"]):
        found.add(name, photos(per_class), features_like(number, per_class, number))
    return found


def test_it_begins_with_two_classes_of_three_images() -> None:
    found = Studied()
    found.add("cap", photos(30), features_like(0, 30, 1))
    found.add("mug", photos(2), features_like(1, 2, 2))
    assert found.learner.fit() is None
    found.add("mug", photos(1, 2), features_like(1, 1, 3))
    model = found.learner.fit()
    assert model is not None
    assert model.classes == ("cap", "mug")
    assert model.images == 33


def test_new_images_of_the_classes_are_named() -> None:
    model = studied().model()
    for number, name in enumerate(model.classes):
        units = features_like(number, 40, 50 + number)
        assert (model.probabilities(units).argmax(axis=1) == number).mean() > 0.95
        assert model.predict(units[0] * 3).top[0] == name  # of any length


def test_images_one_at_a_time_say_the_same_as_all_at_once() -> None:
    at_once, one_by_one = studied(), Studied()
    pictures = [
        (name, photo, row)
        for number, name in enumerate(["cap", "mug", "pen"])
        for photo, row in zip(photos(30), features_like(number, 30, number), strict=True)
    ]
    np.random.default_rng(3).shuffle(pictures)  # type: ignore[arg-type]
    for name, photo, row in pictures:
        one_by_one.add(name, [photo], row[np.newaxis])
    units = features_like(1, 20, 9)
    expected, given = at_once.model(), one_by_one.model()
    assert np.array_equal(given.probabilities(units), expected.probabilities(units))
    scores = given.scores(units), expected.scores(units)
    assert scores[0] is not None
    assert scores[1] is not None
    assert np.array_equal(scores[0], scores[1])


def test_what_is_forgotten_never_was() -> None:
    never, found = studied(), studied()
    found.add("cap", photos(25, 100), features_like(2, 25, 77))  # pens, taken for caps
    found.add("spoon", photos(4), features_like(7, 4, 78))
    found.table.retain(never.table.view().names)
    found.take()
    units = features_like(2, 20, 9)
    expected, given = never.model(), found.model()
    assert given.classes == expected.classes
    assert np.array_equal(given.probabilities(units), expected.probabilities(units))


def test_an_image_that_moves_to_another_class_counts_there() -> None:
    found = studied()
    row = features_like(2, 1, 300)
    found.add("cap", ["wrong.jpg"], row)
    before = found.model().probabilities(row)[0]
    found.table.retain([name for name in found.table.view().names if name != "cap/wrong.jpg"])
    found.add("pen", ["wrong.jpg"], row)
    after = found.model().probabilities(row)[0]
    assert after[2] > before[2]
    assert after[0] < before[0]


def test_a_recording_is_judged_by_the_others() -> None:
    """Frames of one recording are alike, so that those of the same one would prove nothing."""
    found = Studied()
    for number, name in enumerate(["cap", "mug"]):
        for take in range(4):
            frames = features_like(number, 1, 10 * number + take, spread=4.0)
            noise = 0.001 * np.random.default_rng(take).random((20, frames.shape[1]))
            found.add(name, recording(10 * number + take, 20), unit_length(frames + noise))
    held = found.model().held_back
    assert held is not None
    assert held.recordings == (4, 4)
    folds = {
        (name.rpartition("-")[0], found.learner._fold_of[name]) for name in found.learner._fold_of
    }
    assert len(folds) == 8  # one fold a recording


def test_a_class_of_one_recording_is_cut_up_and_said_to_be_of_one() -> None:
    found = Studied()
    for number, name in enumerate(["cap", "mug"]):
        found.add(name, recording(number, 20), features_like(number, 20, number))
    held = found.model().held_back
    assert held is not None
    assert held.recordings == (1, 1)
    assert held.confusion.sum() == 40
    assert held.enough == frozenset()  # nobody knows how it looks on another day


def test_the_unknown_is_unknown() -> None:
    model = studied(60).model()
    strangers = features_like(9, 60, 4)
    known = np.concatenate([features_like(number, 20, 60 + number) for number in range(3)])
    assert model.unknowns(strangers).mean() > 0.9
    assert model.unknowns(known).mean() < 0.15


def test_with_few_images_nothing_is_called_unknown() -> None:
    found = Studied()
    for number, name in enumerate(["cap", "mug"]):
        found.add(name, photos(3), features_like(number, 3, number))
    assert found.model().scores(features_like(9, 2, 4)) is None


def test_the_background_class_is_no_answer() -> None:
    found = Studied("pen")
    for number, name in enumerate(["cap", "mug", "pen"]):
        found.add(name, photos(30), features_like(number, 30, number))
    model = found.model()
    assert model.predict(features_like(2, 1, 70)[0]).unknown
    assert not model.predict(features_like(0, 1, 70)[0]).unknown


def test_mixed_up_classes_are_named_with_their_numbers() -> None:
    labels = np.repeat([0, 1, 2], 40)
    logits = np.zeros((120, 3))
    logits[np.arange(120), labels] = 5.0
    logits[:9] = [0.0, 5.0, 0.0]  # nine pens are taken for books
    logits[40:43] = [5.0, 0.0, 0.0]
    held = HeldBack(("pen", "book", "cap"), labels, logits, np.zeros(120), (3, 3, 3))
    assert [(m.one, m.other, m.wrong, m.images) for m in held.mix_ups] == [("pen", "book", 12, 80)]
    assert held.enough == {"cap"}


def held_back(right: int, wrong: int) -> HeldBack:
    """Images of two classes that are told apart by the same distance, some of them wrongly."""
    labels = np.arange(right + wrong) % 2
    logits = np.full((right + wrong, 2), -100.0)
    said = np.where(np.arange(right + wrong) < right, labels, 1 - labels)
    logits[np.arange(right + wrong), said] = 0.0
    return HeldBack(("a", "b"), labels, logits, np.zeros(right + wrong), (2, 2))


def test_a_few_right_answers_are_no_reason_to_be_sure() -> None:
    few, many = held_back(6, 0).temperature(), held_back(600, 0).temperature()
    assert 30 < few < 60
    assert many < few / 1.5


def test_probabilities_say_how_often_it_is_right() -> None:
    temperature = held_back(900, 100).temperature()
    assert 1 / (1 + np.exp(-100 / temperature)) == pytest.approx(0.9, abs=0.02)


def test_a_dataset_is_learned_at_once(workspace: Workspace) -> None:
    dataset = create_dataset(workspace, "Things", ["shoe", "cap"])
    folders = ClassFolders(dataset)
    camera = DemoCamera(seed=1, paced=False)
    camera.open()
    for name in ("shoe", "cap"):
        camera.show(name)
        for _recording in range(2):
            session = Session.new(SessionKind.RECORDING)
            for place in range(1, 6):
                folders.add_image(name, camera.read(), session, place)
    seen: list[tuple[int, int]] = []
    model, table = learn_dataset(dataset, progress=lambda done, total: seen.append((done, total)))
    assert model is not None
    assert model.images == len(table) == 20
    assert seen[-1] == (20, 20)
    names = np.array([name.partition("/")[0] for name in table.view().names])
    given = model.probabilities(table.view().features.astype(np.float32)).argmax(axis=1)
    assert (np.array(model.classes)[given] == names).all()


def test_a_dataset_without_images_says_so(workspace: Workspace) -> None:
    with pytest.raises(DatasetError, match="no images to learn from"):
        learn_dataset(create_dataset(workspace, "Empty", ["a", "b"]))
