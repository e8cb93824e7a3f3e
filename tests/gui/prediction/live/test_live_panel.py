"""The right of the tab in the smallest window: all that goes on is seen whole."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QAbstractButton, QWidget
from pytestqt.qtbot import QtBot

from cnn_studio.gui.prediction.live.live_panel import LivePanel
from cnn_studio.gui.theme import Theme
from cnn_studio.gui.training.progress import TrainingProgress
from cnn_studio.prediction.smoothing import Answer, Row
from cnn_studio.training.events import Batches, Started
from tests.gui.prediction.conftest import bundle_of

LOW_PX, HOME_PX = 350, 402  # the latter is that of 1280x800, with files below


@pytest.fixture
def panel(qtbot: QtBot, models: Path, tmp_path: Path) -> Iterator[LivePanel]:
    """The panel with an answer of three lines, while what was taught is being learned."""
    theme = Theme(QSettings(str(tmp_path / "s.ini"), QSettings.Format.IniFormat))
    theme.apply()
    window = QWidget()  # which gives it no more room than there is
    qtbot.addWidget(window)
    window.resize(400, HOME_PX)
    panel = LivePanel(theme, window)
    theme.setParent(panel)
    panel.resize(400, HOME_PX)
    panel.accept.show_model(bundle_of(models / "colours"), 0.95)
    panel.answer.show_answer(Answer((Row("shoe", 0.6, 60), Row("cap", 0.4, 40)), unknown=True), "")
    window.show()
    yield panel
    del window  # which lives as long as the panel is looked at


def _progress() -> TrainingProgress:
    progress = TrainingProgress("Colours", 10)
    progress.feed(Started("/runs/a", 1000, 60, 12, 0, 10, 10, 6))
    progress.feed(Batches(4, 1, (1.0,), (0.5,), 5, 10, 900.0, 61.0))
    return progress


@pytest.mark.parametrize("height", [LOW_PX, HOME_PX])
def test_nothing_is_cut_while_it_trains(qtbot: QtBot, panel: LivePanel, height: int) -> None:
    panel.corrections.set_count(6)
    panel.training.show_progress(_progress())
    panel.resize(panel.width(), height)
    qtbot.waitUntil(lambda: panel.height() == height)
    qtbot.waitUntil(lambda: panel.accept.isVisible() is (height == HOME_PX))
    shown = [button for button in panel.findChildren(QAbstractButton) if button.isVisible()]
    assert {"stopTrainingButton", "trainAgainButton"} <= {button.objectName() for button in shown}
    for button in shown:
        corner = button.mapTo(panel, button.rect().bottomRight())
        assert button.height() >= button.minimumSizeHint().height(), button.objectName()
        assert panel.rect().contains(corner), button.objectName()


def test_the_choices_come_back_once_there_is_room(qtbot: QtBot, panel: LivePanel) -> None:
    panel.corrections.set_count(6)
    panel.training.show_progress(_progress())
    panel.resize(panel.width(), LOW_PX)
    qtbot.waitUntil(lambda: not panel.accept.isVisible())
    panel.training.show_progress(TrainingProgress())
    panel.corrections.set_count(0)
    qtbot.waitUntil(panel.accept.isVisible)


def test_the_row_says_how_far_the_training_is(panel: LivePanel) -> None:
    row = panel.training
    row.show_progress(_progress())
    assert row.isVisible()
    assert (row._headline.text(), row._left.text()) == ("Round 4 of 10", "61 s left")
    assert row._bar.value() == 350
    progress = _progress()
    progress.stop_requested()
    row.show_progress(progress)
    assert not row._stop.isEnabled()
    row.show_progress(TrainingProgress())
    assert not row.isVisible()
