"""A name is shown as it is, wherever the window shows a text, and nothing in it is obeyed."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QCheckBox,
    QComboBox,
    QFormLayout,
    QLabel,
    QMessageBox,
    QPushButton,
    QToolTip,
    QWidget,
)
from pytestqt.qtbot import QtBot

from cnn_studio.gui.main_window import MainWindow
from cnn_studio.gui.plain_texts import PlainTexts
from cnn_studio.gui.studio import Studio
from cnn_studio.gui.widgets.elided_label import ElidedLabel
from cnn_studio.gui.widgets.question import Question
from cnn_studio.gui.widgets.wrapped_label import WrappedLabel
from cnn_studio.vision.images import encode_jpeg

HOSTILE = "<b>x</b><img src='/etc/hostname'>"
PLAIN = Qt.TextFormat.PlainText
TURNED, ESCAPED = "A\x1b[31m\u202eb", "A\\x1b[31m\\u202eb"


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


def _tip() -> QLabel:
    (tip,) = [each for each in QApplication.topLevelWidgets() if each.inherits("QTipLabel")]
    assert isinstance(tip, QLabel)
    return tip


def test_a_tooltip_is_escaped_also_where_it_changes(qtbot: QtBot, plain: None) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    with qtbot.waitActive(window):  # becoming active hides tooltips
        window.show()
    for line in ("one", "another"):
        QToolTip.showText(QPoint(9, 9), f"{line} {TURNED}\nours", window)
        qtbot.waitUntil(lambda line=line: _tip().text() == f"{line} {ESCAPED}\nours")
        assert _tip().width() >= _tip().sizeHint().width()
    QToolTip.hideText()
    qtbot.waitUntil(lambda: not QToolTip.isVisible())


def test_the_title_of_a_window_is_escaped_also_where_it_changes(qtbot: QtBot, plain: None) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.setWindowTitle(f"Map of {TURNED}")
    window.show()
    assert window.windowTitle() == f"Map of {ESCAPED}"
    window.setWindowTitle(f"Trash of {TURNED}")
    assert window.windowTitle() == f"Trash of {ESCAPED}"


def test_labels_and_buttons_paint_escapes(qtbot: QtBot, plain: None) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    for kind in (QLabel, QPushButton, QCheckBox):
        turned, escaped = kind(TURNED, window), kind(ESCAPED, window)
        for widget in (turned, escaped):
            widget.resize(400, 40)
            widget.show()
        assert turned.grab().toImage() == escaped.grab().toImage()


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such names")
def test_no_widget_has_a_name_as_it_is(qtbot: QtBot, plain: None, studio: Studio) -> None:
    name = TURNED.lower()
    for class_name in ("x\u202ey", "z"):
        folder = studio.workspace.datasets / name / class_name
        folder.mkdir(parents=True)
        for number in range(3):
            pixels = np.full((32, 32, 3), 40 * number, np.uint8)
            (folder / f"{number}.jpg").write_bytes(encode_jpeg(pixels))
    window = MainWindow(studio)
    qtbot.addWidget(window)
    studio.load_datasets()
    studio.choose_dataset(name)
    window.show_page("capture")
    window.show()
    qtbot.waitExposed(window)
    for button in ("checkupButton", "trashButton", "mapButton"):
        found = window.findChild(QAbstractButton, button)
        assert found is not None
        qtbot.waitUntil(found.isEnabled)
        found.click()
    qtbot.waitUntil(lambda: any(w.objectName().startswith("mapClass") for w in _widgets()))
    _assert_escaped()
    for page in ("training", "prediction"):
        window.show_page(page)
        _assert_escaped()
    titles = {widget.windowTitle() for widget in QApplication.topLevelWidgets()}
    assert {f"{what} of {ESCAPED}" for what in ("Checkup", "Trash", "Map")} <= titles
    window.close()


def _widgets() -> list[QWidget]:
    return QApplication.allWidgets()


def _assert_escaped() -> None:
    for widget in _widgets():
        texts = [widget.windowTitle(), widget.accessibleName()]
        texts += [action.text() for action in widget.actions()]
        if isinstance(widget, QComboBox):
            texts += map(widget.itemText, range(widget.count()))
        for text in texts:
            assert not {"\x1b", "\u202e"} & set(text), (widget, text)


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
