"""How a number is written where it has no room: shorter or not at all, and whole in a tooltip."""

from __future__ import annotations

import re

import pytest
from PySide6.QtCore import QEvent, QPoint, QSettings
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QApplication, QLabel, QScrollArea, QToolTip, QWidget
from pytestqt.qtbot import QtBot

from cnn_studio.gui.figures import short, whole
from cnn_studio.gui.theme import Theme
from cnn_studio.gui.training.results.confusion_view import ConfusionView
from cnn_studio.gui.training.start.class_counts import ClassCounts
from cnn_studio.gui.widgets.elided_chooser import SHORTER_ROLE, ElidedChooser
from cnn_studio.gui.widgets.elided_label import ElidedLabel, elided
from cnn_studio.gui.widgets.wrapped_label import WrappedLabel
from cnn_studio.models.scores import ClassScores, Scores
from tests.gui.drawn_text import cut_numbers, words_in
from tests.gui.numbers.conftest import ALL, MANY, settle


@pytest.fixture
def host(qtbot: QtBot, settings: QSettings) -> QWidget:
    """A window of 400x300, in the look of the program."""
    Theme(settings).apply()
    host = QWidget()
    qtbot.addWidget(host)
    host.resize(400, 300)
    host.show()
    return host


def tooltip(widget: QWidget, place: QPoint) -> str:
    """What is said where the mouse rests."""
    event = QHelpEvent(QEvent.Type.ToolTip, place, widget.mapToGlobal(place))
    QApplication.sendEvent(widget, event)
    text = QToolTip.text()
    QToolTip.hideText()
    return text


def test_no_number_is_elided_within_at_any_width(host: QWidget) -> None:
    metrics = host.fontMetrics()
    for text in (
        "1,234,567 of 7,654,321 files",
        "Importing 1,234,567 images into a cellphone of the nineties with antenna: 7,654,321 done",
        "1.234.567",
        "1\N{NARROW NO-BREAK SPACE}234\N{NARROW NO-BREAK SPACE}567 images",
    ):
        numbers = re.findall(r"\d[\d.,\N{NARROW NO-BREAK SPACE}]*\d", text)
        for width in range(metrics.horizontalAdvance(text) + 10):
            shown = elided(text, metrics, width)
            left = re.findall(r"\d[\d.,\N{NARROW NO-BREAK SPACE}]*", shown)
            assert set(left) <= set(numbers), (width, shown)


def test_a_label_takes_the_first_form_that_fits_and_says_the_whole_one(host: QWidget) -> None:
    label = ElidedLabel(host)
    texts = [f"{say(MANY)} of {say(ALL)} images" for say in (whole, short)]
    label.set_texts(*texts)
    label.show()
    label.resize(label.sizeHint())
    assert (words_in(label), label.toolTip()) == (texts[0], "")
    label.resize(label.minimumSizeHint())
    assert (words_in(label), label.toolTip()) == (texts[1], texts[0])
    assert label.accessibleName() == label.text() == texts[0]


def test_a_chooser_takes_the_first_form_that_fits_and_says_the_whole_one(host: QWidget) -> None:
    chooser = ElidedChooser(host)
    chooser.setToolTip("Which session")
    texts = [
        f"Recorded 22 Nov 2026 ({whole(MANY)})",
        f"22 Nov {whole(MANY)}",
        f"22 Nov {short(MANY)}",
    ]
    chooser.addItem(texts[0])
    chooser.setItemData(0, texts[1:], SHORTER_ROLE)
    chooser.show()
    shown = []
    for width in range(380, 140, -4):
        chooser.resize(width, 32)
        text = words_in(chooser)
        tip = tooltip(chooser, QPoint(5, 5))
        assert tip == ("Which session" if text == texts[0] else f"{texts[0]}\nWhich session")
        if text not in shown:
            shown.append(text)
    assert shown == texts


def test_a_matrix_writes_shorter_in_small_cells_and_says_the_whole_count(
    host: QWidget, settings: QSettings
) -> None:
    theme = Theme(settings)
    view = ConfusionView(theme, host)
    names = ("cup", "pen", "key")
    confusion = tuple(tuple(ALL if r == c else MANY for c in range(3)) for r in range(3))
    rows = tuple(ClassScores(0.8, 0.8, 0.8, 5) for _ in names)
    view.set_scores(Scores(0.7, 9 * MANY, names, confusion, rows, 0.5))
    view.show()
    view.resize(390, 200)
    assert whole(ALL) in words_in(view)
    view.resize(210, 200)
    assert short(ALL) in words_in(view)
    assert whole(ALL) not in words_in(view)
    left, top, width, height = view._grid()
    place = QPoint(round(left + width / 2), round(top + height / 2))
    assert whole(ALL) in tooltip(view, place)


def test_a_count_has_its_room_beside_a_long_name(host: QWidget, settings: QSettings) -> None:
    bars = ClassCounts(Theme(settings), host)
    bars.set_counts({"a cellphone of the nineties with antenna": MANY, "cup": 6})
    bars.resize(180, 48)
    bars.show()
    assert cut_numbers(host) == []
    assert whole(MANY) in words_in(bars)
    assert whole(MANY) in tooltip(bars, QPoint(5, 5))


def test_sentences_that_are_too_high_end_before_a_number(host: QWidget) -> None:
    label = WrappedLabel(host)
    text = f"{whole(MANY)} images to learn from, {whole(ALL)} held back to measure on."
    label.setText(text)
    label.show()
    for width in range(110, 380, 16):
        label.resize(width, label.heightForWidth(width))
        assert label.toolTip() == ""
        for height in range(label.height() - 4, 14, -8):
            label.resize(width, height)
            assert label.toolTip() == text
            assert cut_numbers(label) == []


def test_what_is_cut_is_found(host: QWidget) -> None:
    label = QLabel("6,000 of 10,000 to test", host)
    label.show()
    label.resize(label.sizeHint())
    assert cut_numbers(host) == []
    label.setFixedWidth(label.sizeHint().width() // 2)
    settle()
    assert "6,000 of 10,000 to test" in cut_numbers(host)[0]
    label.setFixedWidth(400)
    label.setText("10,0\N{HORIZONTAL ELLIPSIS}")
    assert "elided in a number" in cut_numbers(host)[0]
    label.setText("to test\N{HORIZONTAL ELLIPSIS}")
    assert cut_numbers(host) == []


def test_what_lies_out_of_sight_is_cut_unless_it_can_be_scrolled_to(host: QWidget) -> None:
    label = QLabel("10,000 to test", host)
    label.show()
    label.move(390, 0)
    assert "10,000 to test" in cut_numbers(host)[0]
    area = QScrollArea(host)
    area.resize(200, 100)
    inside = QWidget()
    inside.resize(800, 60)
    label.setParent(inside)
    label.show()
    area.setWidget(inside)
    area.show()
    settle()
    assert cut_numbers(host) == []
    label.resize(20, 20)
    assert "10,000 to test" in cut_numbers(host)[0]
