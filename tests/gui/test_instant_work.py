"""What is recorded is learned at once, beside the window, and forgotten as soon as it is gone."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from cnn_studio.camera.demo import DemoCamera
from cnn_studio.camera.mailbox import Mailbox
from cnn_studio.camera.source import Frame
from cnn_studio.data.catalog import Dataset, create_dataset
from cnn_studio.data.class_folders import ClassFolders
from cnn_studio.data.samples import Sample
from cnn_studio.data.sessions import Session, SessionKind
from cnn_studio.errors import ModelError
from cnn_studio.gui import feature_work
from cnn_studio.gui.studio import Studio
from cnn_studio.paths import Workspace
from cnn_studio.pretrained import image_features

EACH = 6
_sequence = itertools.count(1)


@pytest.fixture
def camera() -> DemoCamera:
    camera = DemoCamera(seed=1, paced=False)
    camera.open()
    return camera


def record(dataset: Dataset, camera: DemoCamera, name: str, count: int = EACH) -> list[Sample]:
    """Record frames of a demo object into its class."""
    camera.show(name)
    session, folders = Session.new(SessionKind.RECORDING), ClassFolders(dataset)
    return [folders.add_image(name, camera.read(), session, place) for place in range(1, count + 1)]


def show(mailbox: Mailbox, camera: DemoCamera, name: str) -> Frame:
    """Put a frame of a demo object where the newest frame lies."""
    camera.show(name)
    frame = Frame(camera.read(), next(_sequence), 0.0)
    mailbox.put(frame)
    return frame


@pytest.fixture
def things(workspace: Workspace) -> Dataset:
    return create_dataset(workspace, "Things", ["shoe", "cap", "book"])


@pytest.fixture
def learned(
    qtbot: QtBot,
    studio: Studio,
    things: Dataset,
    camera: DemoCamera,
    monkeypatch: pytest.MonkeyPatch,
) -> Dataset:
    """A dataset of shoes and caps that is chosen and was learned."""
    monkeypatch.setattr(feature_work, "_AFTER_MS", 10)
    record(things, camera, "shoe")
    record(things, camera, "cap")
    studio.load_datasets()
    studio.choose_dataset(things.name)
    wait_for_images(qtbot, studio, 2 * EACH)
    return things


def wait_for_images(qtbot: QtBot, studio: Studio, count: int) -> None:
    def knows() -> bool:
        model = studio.instant.model
        return model is not None and model.images == count

    qtbot.waitUntil(knows)


def test_the_images_of_the_chosen_dataset_are_learned(studio: Studio, learned: Dataset) -> None:
    model = studio.instant.model
    assert model is not None
    assert model.classes == ("cap", "shoe")
    assert studio.instant.dataset == learned
    assert len(studio.features.table) == 2 * EACH


def test_what_was_just_recorded_is_learned_while_all_else_stands_still(
    qtbot: QtBot, studio: Studio, learned: Dataset, camera: DemoCamera
) -> None:
    studio.features.hold("recording", True)
    studio.instant.learn(record(learned, camera, "book", 3))
    wait_for_images(qtbot, studio, 2 * EACH + 3)
    model = studio.instant.model
    assert model is not None
    assert model.classes == ("book", "cap", "shoe")
    studio.features.hold("recording", False)


def test_what_was_deleted_is_forgotten(
    qtbot: QtBot, studio: Studio, learned: Dataset, camera: DemoCamera
) -> None:
    samples = record(learned, camera, "book", 3)
    studio.instant.learn(samples)
    wait_for_images(qtbot, studio, 2 * EACH + 3)
    for sample in samples:
        sample.path.unlink()
    studio.dataset_was_edited()
    wait_for_images(qtbot, studio, 2 * EACH)
    model = studio.instant.model
    assert model is not None
    assert "book" not in model.classes


def test_an_image_that_cannot_be_read_is_passed_over(
    qtbot: QtBot, studio: Studio, learned: Dataset, camera: DemoCamera
) -> None:
    damaged, *sound = record(learned, camera, "book", 4)
    damaged.path.write_bytes(b"no image")
    gone = Sample(learned.folder / "book" / "gone.jpg", "book")
    studio.instant.learn([damaged, gone, *sound])
    wait_for_images(qtbot, studio, 2 * EACH + 3)


def test_it_says_what_the_newest_frame_shows_and_rests_when_asked_to(
    qtbot: QtBot, studio: Studio, learned: Dataset, camera: DemoCamera
) -> None:
    mailbox = Mailbox()
    studio.instant.watch(mailbox)
    for name in ("shoe", "cap", "shoe"):
        frame = show(mailbox, camera, name)

        def is_said(frame: Frame = frame) -> bool:
            latest = studio.instant.latest()
            return latest is not None and latest.frame is frame

        qtbot.waitUntil(is_said)
        latest = studio.instant.latest()
        assert latest is not None
        assert latest.prediction.top[0] == name
    studio.instant.watch(None)
    show(mailbox, camera, "cap")
    qtbot.wait(300)
    assert studio.instant.latest() is None


def test_what_was_recorded_counts_for_the_next_frame(
    qtbot: QtBot, studio: Studio, learned: Dataset, camera: DemoCamera
) -> None:
    mailbox = Mailbox()
    studio.instant.watch(mailbox)
    studio.instant.learn(record(learned, camera, "book"))

    def names_the_book() -> bool:
        latest = studio.instant.latest()
        return latest is not None and latest.prediction.top[0] == "book"

    show(mailbox, camera, "book")
    qtbot.waitUntil(names_the_book)


def test_another_dataset_has_a_model_of_its_own(
    qtbot: QtBot, studio: Studio, learned: Dataset, workspace: Workspace, camera: DemoCamera
) -> None:
    other = create_dataset(workspace, "Others", ["pencil", "book"])
    studio.load_datasets()
    with qtbot.waitSignal(
        studio.instant.model_changed, check_params_cb=lambda: studio.instant.model is None
    ):
        studio.choose_dataset(other.name)
    assert len(studio.features.table) == 0
    record(other, camera, "pencil", 3)
    record(other, camera, "book", 4)
    studio.dataset_was_edited()
    wait_for_images(qtbot, studio, 7)
    studio.choose_dataset(learned.name)
    wait_for_images(qtbot, studio, 2 * EACH)


def test_how_right_it_is_is_known_soon_after(
    qtbot: QtBot, studio: Studio, learned: Dataset, camera: DemoCamera
) -> None:
    def is_judged() -> bool:
        model = studio.instant.model
        return model is not None and model.held_back is not None

    qtbot.waitUntil(is_judged)
    model = studio.instant.model
    assert model is not None
    assert model.held_back is not None
    assert model.held_back.confusion.sum() == 2 * EACH


def test_a_sample_of_another_dataset_is_not_learned(
    qtbot: QtBot, studio: Studio, learned: Dataset, tmp_path: Path, camera: DemoCamera
) -> None:
    elsewhere = Sample(tmp_path / "elsewhere" / "shoe" / "x.jpg", "shoe")
    elsewhere.path.parent.mkdir(parents=True)
    elsewhere.path.write_bytes(next((learned.folder / "shoe").iterdir()).read_bytes())
    studio.instant.learn([elsewhere, *record(learned, camera, "cap", 1)])
    wait_for_images(qtbot, studio, 2 * EACH + 1)


def test_nothing_is_said_before_all_images_were_looked_at(
    qtbot: QtBot, studio: Studio, learned: Dataset, workspace: Workspace, camera: DemoCamera
) -> None:
    """Some of the classes alone would be wrong about the others, and sure of it."""
    other = create_dataset(workspace, "Others", ["pencil", "book", "cap"])
    samples = [*record(other, camera, "pencil", 3), *record(other, camera, "book", 3)]
    record(other, camera, "cap", 3)
    studio.load_datasets()
    studio.features.hold("training", True)
    studio.choose_dataset(other.name)
    qtbot.waitUntil(lambda: studio.features.counts == (0, 9))
    mailbox = Mailbox()
    studio.instant.watch(mailbox)
    with qtbot.waitSignals([studio.instant.model_changed] * 2):  # fitted, and judged
        studio.instant.learn(samples)
    show(mailbox, camera, "cap")
    qtbot.wait(300)
    assert studio.instant.model is None
    assert studio.instant.latest() is None
    studio.features.hold("training", False)
    wait_for_images(qtbot, studio, 9)
    qtbot.waitUntil(lambda: studio.instant.latest() is not None)


def test_the_first_model_knows_all_images(
    qtbot: QtBot,
    studio: Studio,
    workspace: Workspace,
    camera: DemoCamera,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(feature_work, "_AFTER_MS", 10)
    monkeypatch.setattr(feature_work, "_AT_ONCE", 4)  # they come in small parts
    many = create_dataset(workspace, "Many", ["shoe", "cap", "book"])
    for name in ("shoe", "cap", "book"):
        record(many, camera, name, 8)
    known: list[int] = []

    def note() -> None:
        if studio.instant.model is not None:
            known.append(studio.instant.model.images)

    studio.instant.model_changed.connect(note)
    studio.load_datasets()
    studio.choose_dataset(many.name)
    qtbot.waitUntil(lambda: len(known) > 1)
    assert set(known) == {24}


def test_damaged_weights_are_said_and_end_nothing_else(
    qtbot: QtBot,
    studio: Studio,
    learned: Dataset,
    workspace: Workspace,
    camera: DemoCamera,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(image_features, "lite_file", _raise_damaged)
    other = create_dataset(workspace, "Others", ["pencil", "book"])
    studio.load_datasets()
    studio.choose_dataset(other.name)
    studio.instant.learn(record(other, camera, "pencil", 3))
    qtbot.waitUntil(lambda: studio.instant.problem == "The weights are damaged.")
    assert studio.instant.model is None
    monkeypatch.undo()
    studio.choose_dataset(learned.name)
    wait_for_images(qtbot, studio, 2 * EACH)
    assert studio.instant.problem == ""


def _raise_damaged(*_given: object) -> bytes:
    raise ModelError("The weights are damaged.")
