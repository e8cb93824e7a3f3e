"""What is dragged over the prediction tab, told apart without holding up the window."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from cnn_studio.gui.jobs import Jobs
from cnn_studio.gui.prediction.drops import Drops


@pytest.fixture
def drops(qtbot: QtBot) -> Iterator[Drops]:
    jobs = Jobs()
    yield Drops(jobs)
    jobs.shutdown()


@pytest.fixture
def model(tmp_path: Path) -> Path:
    with zipfile.ZipFile(tmp_path / "model.zip", "w") as archive:
        archive.writestr("model_unquant.tflite", b"x")
        archive.writestr("labels.txt", "0 one")
    return tmp_path / "model.zip"


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    with zipfile.ZipFile(tmp_path / "pictures.zip", "w") as archive:
        archive.writestr("shoe/one.jpg", b"x")
    return tmp_path / "pictures.zip"


def test_a_model_is_told_while_it_is_dragged_and_again_when_dropped(
    qtbot: QtBot, drops: Drops, model: Path
) -> None:
    with qtbot.waitSignal(drops.model_dragged):
        drops.drag([model])
        assert drops.may_be_model
        assert not drops.is_model, "Nobody has looked into it yet."
    with qtbot.waitSignal(drops.model_dropped) as dropped:
        drops.drop()
    assert dropped.args == [model]


def test_a_drop_waits_for_what_is_found(
    qtbot: QtBot, drops: Drops, model: Path, pictures: Path
) -> None:
    for path, signal in ((model, drops.model_dropped), (pictures, drops.pictures_dropped)):
        with qtbot.waitSignal(signal), qtbot.assertNotEmitted(drops.model_dragged):
            drops.drag([path])
            drops.drop()


def test_what_was_dragged_before_is_not_mistaken_for_what_is_dropped(
    qtbot: QtBot, drops: Drops, model: Path, pictures: Path
) -> None:
    with (
        qtbot.waitSignal(drops.pictures_dropped) as dropped,
        qtbot.assertNotEmitted(drops.model_dropped),
    ):
        drops.drag([model])
        drops.drag([pictures])
        drops.drop()
    assert dropped.args == [[pictures]]


def test_what_cannot_be_looked_into_is_left_to_whoever_classifies_it(
    qtbot: QtBot, drops: Drops, pictures: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_path: Path) -> bool:
        raise RuntimeError("the drive is gone")

    monkeypatch.setattr("cnn_studio.gui.prediction.drops.is_model", fail)
    with qtbot.waitSignal(drops.pictures_dropped) as dropped:
        drops.drag([pictures])
        drops.drop()
    assert dropped.args == [[pictures]]


def test_names_that_say_it_all_are_not_looked_into(
    qtbot: QtBot, drops: Drops, tmp_path: Path
) -> None:
    for name, is_model in (("net.tflite", True), ("old.h5", True), ("photo.jpg", False)):
        drops.drag([tmp_path / name])
        assert (drops.is_model, drops.may_be_model) == (is_model, is_model)
    drops.drag([tmp_path / "net.tflite", tmp_path / "photo.jpg"])
    with qtbot.waitSignal(drops.pictures_dropped):
        drops.drop()
