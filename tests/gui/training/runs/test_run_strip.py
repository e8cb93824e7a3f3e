"""What the strip under the plots says of a run, in much room and in little."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from cnn_studio.gui.studio import Studio
from cnn_studio.gui.training.runs.run_strip import RunStrip
from cnn_studio.models.runs import Run, RunStatus
from tests.gui.training.results.test_result_sentence import evaluation
from tests.models.small_run import bundle, some_scores

MEASURED = "Measured on 40 images held back, then learned from all 200."


@pytest.fixture
def strip(qtbot: QtBot, studio: Studio) -> RunStrip:
    strip = RunStrip(studio.theme)
    qtbot.addWidget(strip)
    strip.resize(1600, strip.height())
    strip.show()
    return strip


def show_run(strip: RunStrip, final_epochs: int) -> None:
    made = bundle(
        train=some_scores(160, 0), validation=some_scores(30, 10), final_epochs=final_epochs
    )
    created = datetime(2026, 11, 22, 12, tzinfo=UTC)
    strip.show_run(Run(Path("/runs/a"), made.status, made.dataset, created, made))


def outcome(strip: RunStrip) -> QLabel:
    label = strip.findChild(QLabel, "runOutcome")
    assert label.heightForWidth(label.width()) <= label.height()  # nothing of it is cut off
    return label


def test_it_says_what_the_figures_rest_on(strip: RunStrip) -> None:
    show_run(strip, 3)
    assert strip.findChild(QLabel, "validationAccuracy").text() == "75.0 %"
    assert MEASURED in outcome(strip).text().splitlines()
    assert strip.findChild(QPushButton, "tryButton").isVisible()
    show_run(strip, 0)
    assert "Measured" not in outcome(strip).text()
    assert outcome(strip).text()


def test_a_sentence_comes_first_and_the_figures_where_there_is_room(strip: RunStrip) -> None:
    show_run(strip, 3)
    sentence = strip.findChild(QLabel, "runSentence")
    figure = strip.findChild(QLabel, "validationAccuracy")
    assert sentence.text() == "It names 30 of 40 new pictures rightly."
    assert sentence.mapTo(strip, QPoint()).y() < outcome(strip).mapTo(strip, QPoint()).y()
    assert figure.isVisible()
    assert not strip.findChild(QLabel, "testAccuracy").isVisible()  # there is no test part
    for width in (1600, 960, 760, 574):
        strip.resize(width, strip.height())
        assert sentence.heightForWidth(sentence.width()) <= sentence.height()
        outcome(strip)
    assert not figure.isVisible()
    created = datetime(2026, 11, 22, 12, tzinfo=UTC)
    strip.show_run(
        Run(Path("/runs/b"), RunStatus.INTERRUPTED, "objects", created, problem="It broke.")
    )
    assert not sentence.isVisible()
    assert outcome(strip).text() == "It broke."


def test_what_it_says_of_copies_is_not_cut_off_where_there_is_little_room(
    strip: RunStrip,
) -> None:
    found = evaluation(90)
    made = bundle(validation=found.scores)
    run = Run(Path("/runs/a"), made.status, made.dataset, datetime(2026, 11, 22, tzinfo=UTC), made)
    strip.show_run(run, is_settled=False)
    sentence = strip.findChild(QLabel, "runSentence")
    assert sentence.text().startswith("It names 96 of 100 pictures rightly that were held back.")
    strip.show_run(run, found)
    assert "90 more are copies" in sentence.text()
    for width in (1600, 960, 760, 574):
        strip.resize(width, strip.height())
        assert sentence.heightForWidth(sentence.width()) <= sentence.height()
    strip.show_run(run, is_settled=False)  # once more, as after the list was read again
    assert "90 more are copies" in sentence.text()


def test_it_says_so_of_a_run_that_was_shown_before_there_was_room(
    qtbot: QtBot, studio: Studio
) -> None:
    strip = RunStrip(studio.theme)
    qtbot.addWidget(strip)
    show_run(strip, 3)
    strip.resize(1600, strip.height())
    strip.show()
    assert len(outcome(strip).text().splitlines()) == 3


def test_with_little_room_the_weak_class_is_named_last_of_all_and_the_tip_has_the_rest(
    strip: RunStrip,
) -> None:
    show_run(strip, 3)
    ended, measured, weak = outcome(strip).text().splitlines()
    assert measured == MEASURED
    assert weak.startswith("pencil: ")
    said = []
    for width in range(1600, 320, -20):
        strip.resize(width, strip.height())
        if outcome(strip).text() not in said:
            said.append(outcome(strip).text())
        assert outcome(strip).toolTip() == f"{ended}\n{measured}\n{weak}"
    assert said == [f"{ended}\n{measured}\n{weak}", f"{measured}\n{weak}", weak]
