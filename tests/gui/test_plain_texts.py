"""A name that looks like HTML is shown as it is, wherever the window shows a text."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QFormLayout, QLabel, QMessageBox, QToolTip, QWidget
from pytestqt.qtbot import QtBot

from cnn_studio.gui.plain_texts import PlainTexts
from cnn_studio.gui.widgets.elided_label import ElidedLabel
from cnn_studio.gui.widgets.question import Question
from cnn_studio.gui.widgets.wrapped_label import WrappedLabel

HOSTILE = "<b>x</b><img src='/etc/hostname'>"
PLAIN = Qt.TextFormat.PlainText


@pytest.fixture
def plain(qapp: QApplication) -> Iterator[None]:
    """What `create_application` sets."""
    sheet = qapp.styleSheet()
    qapp.setStyle(PlainTexts())
    qapp.setStyleSheet("QLabel { padding: 1px; }")  # under a style sheet too, as in the window
    yield
    qapp.setStyleSheet(sheet)
    qapp.setStyle("Fusion")


def test_labels_of_every_kind_are_plain(qtbot: QtBot, plain: None) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    layout = QFormLayout(window)
    layout.addRow(HOSTILE, QLabel(HOSTILE))
    window.show()
    labels = window.findChildren(QLabel)
    assert [label.textFormat() for label in labels] == [PLAIN] * 2
    page = QLabel(HOSTILE, window)
    page.setTextFormat(Qt.TextFormat.RichText)  # of what is ours, where somebody means it
    page.show()
    assert page.textFormat() is Qt.TextFormat.RichText


def test_a_message_is_plain(qtbot: QtBot, plain: None) -> None:
    box = QMessageBox()
    qtbot.addWidget(box)
    box.setText(HOSTILE)
    box.setInformativeText(HOSTILE)
    box.show()
    shown = [label for label in box.findChildren(QLabel) if label.text() == HOSTILE]
    assert [label.textFormat() for label in shown] == [PLAIN] * 2


def test_a_tooltip_is_plain(qtbot: QtBot, plain: None) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    QToolTip.showText(QPoint(9, 9), HOSTILE, window)
    tips = [each for each in QApplication.topLevelWidgets() if each.inherits("QTipLabel")]
    assert [(tip.text(), tip.textFormat()) for tip in tips if isinstance(tip, QLabel)] == [
        (HOSTILE, PLAIN)
    ]
    QToolTip.hideText()
    qtbot.waitUntil(lambda: not QToolTip.isVisible())


@pytest.mark.parametrize("kind", [ElidedLabel, WrappedLabel])
def test_what_turns_letters_round_is_escaped(qtbot: QtBot, kind: type[QLabel]) -> None:
    label = kind()
    qtbot.addWidget(label)
    label.setText("caf\udce9 \u202egpj.exe\x1b\nour own line")
    assert label.text() == "caf\\xe9 \\u202egpj.exe\\x1b\nour own line"


def test_a_question_escapes_names(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    question = Question("q", "Delete caf\udce9?", HOSTILE, "Delete", "Keep", parent)
    assert question.text() == "Delete caf\\xe9?"
    assert question.informativeText() == HOSTILE
    assert question.textFormat() is PLAIN
