"""The slider between answering more and erring less."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel, QSlider
from pytestqt.qtbot import QtBot

from cnn_studio.gui.prediction.live.accept_row import AcceptRow
from cnn_studio.models.bundle import Bundle
from tests.gui.prediction.conftest import bundle_of, some_rule


@pytest.fixture
def bundle(models: Path) -> Bundle:
    # The five least familiar of a hundred images were wrong.
    rule = some_rule(range(100), [number >= 5 for number in range(100)])
    return bundle_of(models / "colours", unknown=rule)


def _effect(row: AcceptRow) -> str:
    return row.findChild(QLabel, "acceptEffect").text()


def test_it_says_what_the_choice_does(qtbot: QtBot, bundle: Bundle) -> None:
    row = AcceptRow()
    qtbot.addWidget(row)
    row.show_model(bundle, 1.0)
    assert _effect(row) == "100 validation images: 100 % answered, 95 % of them right"
    with qtbot.waitSignal(row.accept_chosen) as chosen:
        row.findChild(QSlider).setValue(5)
    assert chosen.args == [0.95]
    assert _effect(row) == "100 validation images: 95 % answered, 100 % of them right"


def test_a_margin_is_part_of_the_effect_and_explained(qtbot: QtBot, bundle: Bundle) -> None:
    row = AcceptRow()
    qtbot.addWidget(row)
    row.show_model(bundle, 0.9)
    assert "recordings" not in row.findChild(QLabel, "acceptEffect").toolTip()
    rule = some_rule(range(100), [True] * 100)
    row.show_model(replace(bundle, unknown=replace(rule, margin=7.0)), 0.9)
    assert _effect(row) == "100 validation images: 97 % answered, 100 % of them right"
    assert "With more recordings" in row.findChild(QLabel, "acceptEffect").toolTip()


def test_to_show_a_model_is_not_to_choose(qtbot: QtBot, bundle: Bundle) -> None:
    row = AcceptRow()
    qtbot.addWidget(row)
    with qtbot.assertNotEmitted(row.accept_chosen):
        row.show_model(bundle, 0.85)
    assert row.findChild(QSlider).value() == 15


def test_a_model_that_was_not_measured_says_so(qtbot: QtBot, models: Path) -> None:
    row = AcceptRow()
    qtbot.addWidget(row)
    row.show()
    problem = row.findChild(QLabel, "acceptProblem")
    row.show_model(bundle_of(models / "colours", recipe={"epochs": 3}), 0.95)
    assert problem.isVisible()
    assert "20 images must be held back" in problem.text()
    row.show_model(bundle_of(models / "colours"), 0.95)
    assert "not made by CNN Studio" in problem.text()
    assert not row.findChild(QSlider).isVisible()
