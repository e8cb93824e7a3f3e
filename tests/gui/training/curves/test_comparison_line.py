"""Two runs that are selected are compared in words, by what was kept of them or by asking both."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from cnn_studio.gui.studio import Studio
from cnn_studio.gui.training.curves import comparison_line
from cnn_studio.gui.training.curves.curves_panel import CurvesPanel
from cnn_studio.gui.widgets.wrapped_label import WrappedLabel
from cnn_studio.models.answers import Answers, write_answers
from cnn_studio.models.bundle import read_bundle, write_bundle
from cnn_studio.models.learned import ImageHashes, write_hashes
from cnn_studio.models.runs import Run, open_run
from cnn_studio.training.run_comparison import RunComparison
from tests.cli.conftest import write_picture
from tests.gui.training.curves.test_curves_panel import run

RGB = {"red": (220, 30, 30), "green": (30, 220, 30), "blue": (30, 30, 220)}
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
    held = np.arange(2 + len(names), dtype=np.uint64)
    hashes = ImageHashes(held, held)
    parts = {"train": hashes.chosen(held < 2), "validation": hashes.chosen(held >= 2)}
    write_hashes(made.folder, parts)
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
    assert words(panel).startswith("Same data and split. The recipe differs: seed 0 and 1. ")
    assert not judge(panel).isVisible()
    panel.show_runs([good, bad, third])
    qtbot.waitUntil(lambda: words(panel) == "")
    panel.show_runs([good])
    assert words(panel) == ""


def older_runs(studio: Studio, models: Path, each: int = 10) -> list[Run]:
    """Two runs that kept no answers, on so many images of each of three classes."""
    every = [f"{name}/{number}.jpg" for name in RGB for number in range(each)]
    for name in every:
        write_picture(studio.workspace.datasets / "colours" / name, RGB[name.split("/")[0]])
    runs = []
    for name, classes in (("colours", None), ("confused", ("red", "blue", "green"))):
        folder = Path(shutil.copytree(models / "colours", studio.workspace.runs / name))
        made = replace(read_bundle(folder), dataset="colours", dataset_title="Colours")
        write_bundle(folder, made if classes is None else replace(made, classes=classes))
        split = {"train": ["red/x.jpg"], "validation": every}
        (folder / "split.json").write_text(json.dumps(split), encoding="utf-8")
        runs.append(open_run(folder))
    studio.load_datasets()
    return runs


def test_runs_that_share_too_few_images_are_both_judged_on_the_same(
    qtbot: QtBot, studio: Studio, panel: CurvesPanel, models: Path
) -> None:
    runs = older_runs(studio, models)
    panel.show_runs(runs)
    qtbot.waitUntil(lambda: "judged on no image in common" in words(panel))
    assert judge(panel).isVisible()
    assert judge(panel).toolTip().endswith("(Ctrl+Shift+B)")
    qtbot.mouseClick(judge(panel), Qt.MouseButton.LeftButton)
    assert judge(panel).text() == "Stop"
    judging = next(each for each in studio.jobs.activities.running if "Judging" in each.about.title)
    judging.stop()
    qtbot.waitUntil(lambda: judge(panel).text() == "Judge both on the same images")
    assert "judged on no image in common" in words(panel)
    qtbot.mouseClick(judge(panel), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "shared images" in words(panel), timeout=30_000)
    assert "of 30 shared images: that is more than chance (p < 0.001)" in words(panel)
    assert words(panel).startswith("Same split and recipe. Their images are called the same, but")
    assert not judge(panel).isVisible()
    panel.show_runs(runs[:1])
    panel.show_runs(runs)
    qtbot.waitUntil(judge(panel).isVisible)
    before = words(panel)
    judge(panel).click()
    judge(panel).click()  # which stops it
    assert judge(panel).text() == "Judge both on the same images"
    assert words(panel) == before


def test_a_key_held_or_pressed_twice_does_not_stop_what_it_began(
    qtbot: QtBot, studio: Studio, panel: CurvesPanel, models: Path
) -> None:
    panel.show_runs(older_runs(studio, models))
    qtbot.waitUntil(judge(panel).isVisible)
    assert judge(panel).toolTip().endswith("(Ctrl+Shift+B)")
    with qtbot.waitActive(panel):
        panel.activateWindow()
    judge(panel).setFocus()
    qtbot.waitUntil(judge(panel).hasFocus)
    QTest.keyClick(judge(panel), Qt.Key.Key_Space)
    assert judge(panel).text() == "Stop"
    assert judge(panel).toolTip().endswith("(Alt+Shift+B)")
    QTest.keyClick(judge(panel), Qt.Key.Key_Space)
    QTest.mouseDClick(judge(panel), Qt.MouseButton.LeftButton)
    both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    QTest.keyClick(judge(panel), Qt.Key.Key_B, both)
    assert judge(panel).text() == "Stop"
    stop = Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.ShiftModifier
    QTest.keyClick(judge(panel), Qt.Key.Key_B, stop)
    assert judge(panel).text() == "Judge both on the same images"


def test_judged_on_too_few_images_none_is_called_better(
    qtbot: QtBot, studio: Studio, panel: CurvesPanel, models: Path
) -> None:
    panel.show_runs(older_runs(studio, models, each=5))
    qtbot.waitUntil(judge(panel).isVisible)
    judge(panel).click()
    qtbot.waitUntil(lambda: "15 images in common" in words(panel), timeout=30_000)
    assert words(panel).endswith("judged on 15 images in common, too few to say which is better.")
    assert not judge(panel).isVisible()


def test_what_is_found_of_an_earlier_pair_is_not_said_of_the_one_selected(
    qtbot: QtBot, studio: Studio, panel: CurvesPanel, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = [judged(run(studio, name, 5), wrong) for wrong, name in enumerate("abcd")]
    (made[0].folder / "split.json").write_text("{]", encoding="utf-8")
    is_free, has_ended = threading.Event(), threading.Event()
    compared = comparison_line.compare_runs

    def slow(first: Run, second: Run) -> RunComparison:
        """As large runs take long to read."""
        if first.folder != made[0].folder:
            return compared(first, second)
        try:
            assert is_free.wait(20)
            return compared(first, second)
        finally:
            has_ended.set()

    monkeypatch.setattr(comparison_line, "compare_runs", slow)
    panel.show_runs(made[:2])
    panel.show_runs(made[2:])
    qtbot.waitUntil(lambda: "shared images" in words(panel))
    before = words(panel)
    is_free.set()
    qtbot.waitUntil(has_ended.is_set)
    qtbot.wait(100)  # whatever it says has arrived by then
    assert words(panel) == before


def test_runs_of_two_datasets_are_not_compared_and_cannot_be(
    qtbot: QtBot, studio: Studio, panel: CurvesPanel
) -> None:
    one, two = judged(run(studio, "one", 5), 1), judged(run(studio, "two", 5), 30)
    other = replace(read_bundle(two.folder), dataset="leaves", dataset_title="Leaves")
    write_bundle(two.folder, other)
    panel.show_runs([one, open_run(two.folder)])
    qtbot.waitUntil(lambda: words(panel).startswith("They learned from different datasets"))
    assert not judge(panel).isVisible()


def test_a_damaged_answer_is_said_in_a_sentence(
    qtbot: QtBot, studio: Studio, panel: CurvesPanel
) -> None:
    one, two = judged(run(studio, "one", 5), 1), judged(run(studio, "two", 5), 3)
    (two.folder / "answers-validation.npz").write_bytes(b"nothing of the kind")
    panel.show_runs([one, two])
    qtbot.waitUntil(lambda: words(panel) != "")
    assert "answers-validation.npz" in words(panel)
    assert not judge(panel).isVisible()


def test_in_a_low_panel_the_plot_has_room_and_the_tooltip_the_whole_sentence(
    qtbot: QtBot, studio: Studio, panel: CurvesPanel
) -> None:
    studio.theme.apply()
    one, two = judged(run(studio, "one", 5), 1), judged(run(studio, "two", 5), 20, seed=1)
    panel.resize(606, 184)  # what a window of 960x640 has for it
    panel.show_runs([one, two])
    qtbot.waitUntil(lambda: bool(words(panel)))
    label = panel.findChild(WrappedLabel, "comparisonSentence")
    assert label is not None
    qtbot.waitUntil(lambda: panel.view.height() >= 120)
    assert label.toolTip() == label.text()
    shown = QLabel.text(label)
    assert shown.startswith(label.text().split()[0])
    assert len(shown.split()) > 6
    panel.resize(606, 400)
    qtbot.waitUntil(lambda: QLabel.text(label) == label.text())
    assert label.toolTip() == ""
