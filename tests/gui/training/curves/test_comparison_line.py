"""Two runs that are selected are compared in words, by what was kept of them or by asking both."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from cnn_studio.gui.studio import Studio
from cnn_studio.gui.training.curves.curves_panel import CurvesPanel
from cnn_studio.models.answers import Answers, write_answers
from cnn_studio.models.bundle import read_bundle, write_bundle
from cnn_studio.models.runs import Run, open_run
from tests.gui.training.curves.test_curves_panel import run

NAMES = tuple(f"red/{number:03d}.jpg" for number in range(60))


def judged(made: Run, wrong: int, names: tuple[str, ...] = NAMES, *, seed: int = 0) -> Run:
    """The same run with kept answers of which the first so many are wrong."""
    classes = read_bundle(made.folder).classes
    said = np.full((len(names), len(classes)), 0.1, np.float32)
    said[:, 0] = 0.8
    said[:wrong, 0], said[:wrong, 1] = 0.1, 0.8
    answers = Answers(names, np.zeros(len(names), np.int64), said, classes)
    write_answers(made.folder, "validation", answers)
    split = {"train": ["red/a.jpg", "blue/b.jpg"], "validation": list(names)}
    (made.folder / "split.json").write_text(json.dumps(split), encoding="utf-8")
    known = read_bundle(made.folder)
    write_bundle(made.folder, replace(known, recipe={**known.recipe, "seed": seed}))
    return open_run(made.folder)


@pytest.fixture
def panel(qtbot: QtBot, studio: Studio) -> Iterator[CurvesPanel]:
    panel = CurvesPanel(studio)
    qtbot.addWidget(panel)
    panel.resize(900, 320)
    panel.show()
    yield panel
    panel.shutdown()


def words(panel: CurvesPanel) -> str:
    label = panel.findChild(QLabel, "comparisonSentence")
    assert label is not None
    return label.text() if label.isVisible() else ""


def judge(panel: CurvesPanel) -> QPushButton:
    button = panel.findChild(QPushButton, "judgeBothButton")
    assert button is not None
    return button


def test_two_runs_are_compared_and_one_or_three_are_not(
    qtbot: QtBot, studio: Studio, panel: CurvesPanel
) -> None:
    good, bad = judged(run(studio, "good", 5), 1), judged(run(studio, "bad", 5), 20, seed=1)
    third = run(studio, "third", 5)
    panel.show_runs([good, bad])
    qtbot.waitUntil(lambda: words(panel) != "")
    assert "names 19 images rightly that" in words(panel)
    assert "gets wrong, of 60 shared images: that is more than chance (p < 0.001)" in words(panel)
    assert words(panel).endswith("Same data and split. The recipe differs: seed 0 and 1.")
    assert not judge(panel).isVisible()
    panel.show_runs([good, bad, third])
    qtbot.waitUntil(lambda: words(panel) == "")
    panel.show_runs([good])
    assert words(panel) == ""
