"""An answer on the screen: many classes, long names, and none at all."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QRect, QSettings
from PySide6.QtGui import QAccessible, QImage
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from cnn_studio.gui.prediction.live.answer_panel import AnswerPanel
from cnn_studio.gui.prediction.live.class_bars import ClassBars
from cnn_studio.gui.prediction.live.fitted_label import FittedLabel
from cnn_studio.gui.prediction.live.text_size import NORMAL
from cnn_studio.gui.theme import Theme
from cnn_studio.gui.widgets.prepared_view import PreparedView
from cnn_studio.prediction.smoothing import Answer, Row

LONG = "Kraftfahrzeughaftpflichtversicherungskar"


@pytest.fixture
def panel(qtbot: QtBot, tmp_path: Path) -> AnswerPanel:
    theme = Theme(QSettings(str(tmp_path / "s.ini"), QSettings.Format.IniFormat))
    theme.apply()
    panel = AnswerPanel(theme)
    theme.setParent(panel)
    qtbot.addWidget(panel)
    panel.resize(368, 260)
    panel.show()
    return panel


def _ink(widget: QWidget) -> np.ndarray:
    """Where a widget has painted something: (height, width), bool."""
    image = widget.grab().toImage().convertToFormat(QImage.Format.Format_Grayscale8)
    pixels = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1)
    return pixels[:, : image.width()] != pixels[0, 0]


def test_many_classes_scroll_and_few_do_not(qtbot: QtBot, panel: AnswerPanel) -> None:
    bar = panel.findChild(ClassBars).verticalScrollBar()
    panel.show_answer(Answer(tuple(Row(f"class {number}", 1 / 30, 3) for number in range(30))), "")
    qtbot.waitUntil(lambda: bar.maximum() > 0)
    panel.show_answer(
        Answer(
            (
                Row("shoe", 0.9, 90),
                Row("cap", 0.1, 10),
            )
        ),
        "",
    )
    qtbot.waitUntil(lambda: bar.maximum() == 0)


def test_with_little_room_only_whole_rows_are_shown_below_the_picture(
    qtbot: QtBot, panel: AnswerPanel
) -> None:
    bars, picture = panel.findChild(ClassBars), panel.findChild(PreparedView)
    panel.show_answer(Answer(tuple(Row(f"class {number}", 1 / 9, 11) for number in range(9))), "")
    whole = [NORMAL.row * count for count in range(1, 9)]
    for height in range(100, 300, 9):
        panel.resize(368, height)
        qtbot.waitUntil(lambda: bars.geometry().top() > picture.geometry().bottom())
        qtbot.waitUntil(lambda: bars.viewport().height() in whole)


def test_the_answer_is_what_a_screen_reader_reads(panel: AnswerPanel) -> None:
    panel.show_answer(
        Answer(
            (
                Row("shoe", 0.9, 90),
                Row("cap", 0.1, 10),
            )
        ),
        "28 fps · 3.1 ms",
    )
    for name, expected in (("topClass", "shoe"), ("topProbability", "90 %")):
        spoken = QAccessible.queryAccessibleInterface(panel.findChild(QLabel, name))
        assert spoken.text(QAccessible.Text.Name) == expected
    assert panel.findChild(ClassBars).accessibleDescription() == "shoe 90 %, cap 10 %"


def test_while_it_changes_no_class_is_the_answer(panel: AnswerPanel) -> None:
    rows = (Row("book", 0.39, 39), Row("shoe", 0.55, 55), Row("cap", 0.06, 6))
    top, percent = (panel.findChild(QLabel, name) for name in ("topClass", "topProbability"))
    panel.show_answer(Answer(rows, changing=True), "")
    changing = _ink_of_first(panel)
    assert (top.text(), percent.text()) == ("book or shoe?", "")
    assert not panel.findChild(QLabel, "nearestClass").isVisible()
    panel.show_answer(Answer(rows, unknown=True, changing=True), "")
    assert top.text() == "unknown"
    assert panel.findChild(QLabel, "nearestClass").text() == "most like book or shoe"
    panel.show_answer(Answer(rows), "")
    assert (top.text(), percent.text()) == ("book", "39 %")
    assert _ink_of_first(panel) != changing  # its bar stands out only while it is the answer


def test_two_long_names_are_both_seen(panel: AnswerPanel) -> None:
    rows = (Row(LONG, 0.39, 39), Row("my grandmother's old reading glasses", 0.55, 55))
    panel.show_answer(Answer(rows, changing=True), "28 fps")
    top = panel.findChild(QLabel, "topClass")
    assert top.text() == "Kraftfahrzeughaftpf… or my grandmother's ol…?"
    assert 1 < len(np.flatnonzero(np.diff(_ink(top).any(axis=1).astype(int)) == 1)) <= 3


def _ink_of_first(panel: AnswerPanel) -> QImage:
    bars = panel.findChild(ClassBars)
    return bars.grab(QRect(0, 0, bars.width(), NORMAL.row)).toImage()


def test_no_answer_leaves_no_class_behind(panel: AnswerPanel) -> None:
    panel.show_answer(Answer((Row("shoe", 1.0, 100),)), "")
    panel.show_nothing("Waiting for the camera …")
    assert panel.findChild(QLabel, "topClass").text() == ""
    assert panel.findChild(ClassBars).rows == ()
    assert panel.findChild(QLabel, "answerReason").isVisible()


def test_a_long_name_is_shown_whole_in_two_lines(qtbot: QtBot) -> None:
    label = FittedLabel(15, lines=2)
    qtbot.addWidget(label)
    label.setText(LONG)
    label.resize(230, label.sizeHint().height())
    label.show()
    rows = np.flatnonzero(_ink(label).any(axis=1))
    assert rows.size > 0
    assert (np.diff(rows) > 1).any()  # a gap between two lines
    assert label.text() == LONG


def test_a_text_shrinks_before_it_breaks(qtbot: QtBot) -> None:
    label = FittedLabel(10, lines=2)
    label.setStyleSheet("font-size: 22px")
    qtbot.addWidget(label)
    label.setText("cellphone")
    label.show()
    heights = []
    for share in (1.2, 0.7):
        label.resize(int(label.fontMetrics().horizontalAdvance("cellphone") * share), 60)
        rows = np.flatnonzero(_ink(label).any(axis=1))
        heights.append(rows[-1] - rows[0])
    assert 0 < heights[1] < heights[0]
