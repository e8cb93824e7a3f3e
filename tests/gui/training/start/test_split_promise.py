"""What the start panel promises to learn from is what the training then reports."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton, QSpinBox, QWidget
from pytestqt.qtbot import QtBot

from cnn_studio.data.sessions import Session, SessionKind
from cnn_studio.gui.studio import Studio
from cnn_studio.gui.training.training_tab import TrainingTab
from tests.gui.training.conftest import COLOURS

TRAINING_MS = 90_000


def _part(tab: TrainingTab, kind: type[QWidget], name: str) -> Any:
    found = tab.findChild(kind, name)
    assert found is not None, name
    return found


@pytest.fixture
def recorded(dataset_folder: Path) -> Path:
    """Two recordings a class of 14 and 10 images, and two corrections of red."""
    for name in COLOURS:
        files = sorted((dataset_folder / name).iterdir())
        kinds = [SessionKind.RECORDING, SessionKind.RECORDING]
        sizes = [14, 10]
        if name == "red":
            kinds, sizes = [*kinds, SessionKind.CORRECTION], [12, 10, 2]
        for kind, size in zip(kinds, sizes, strict=True):
            session = Session.new(kind)
            for number in range(1, size + 1):
                path = files.pop()
                path.rename(path.with_name(session.file_name(number)))
    return dataset_folder


def test_the_promise_is_kept(
    qtbot: QtBot, recorded: Path, tab: TrainingTab, studio: Studio
) -> None:
    hint = _part(tab, QLabel, "batchHint")
    promised = "42 images to learn from, 30 held back."
    assert "42 images" not in hint.text()
    qtbot.waitUntil(lambda: hint.text().startswith(promised), timeout=20_000)
    _part(tab, QSpinBox, "epochsField").setValue(1)
    qtbot.waitUntil(lambda: hint.text().startswith(promised), timeout=20_000)
    qtbot.mouseClick(_part(tab, QPushButton, "startButton"), Qt.MouseButton.LeftButton)
    control = tab._control
    qtbot.waitUntil(lambda: control.progress.started is not None, timeout=TRAINING_MS)
    started = control.progress.started
    assert started is not None
    assert (started.train_count, started.validation_count) == (42, 30)
    qtbot.waitUntil(lambda: not control.progress.is_under_way, timeout=TRAINING_MS)


def test_an_edit_takes_the_promise_back_until_it_is_drawn_again(
    qtbot: QtBot, recorded: Path, tab: TrainingTab, studio: Studio
) -> None:
    hint = _part(tab, QLabel, "batchHint")
    qtbot.waitUntil(lambda: ", 30 held back." in hint.text(), timeout=20_000)
    _part(tab, QSpinBox, "validationField").setValue(0)
    assert hint.text().startswith("About 72 images")
    qtbot.waitUntil(lambda: "72 images to learn from, 0 held back." in hint.text(), timeout=20_000)
    for path in list((recorded / "blue").iterdir())[:4]:
        path.unlink()
    studio.dataset_was_edited()
    qtbot.waitUntil(lambda: "68 images to learn from, 0 held back." in hint.text(), timeout=20_000)
