"""Whose curves they are, which lines are shown, and how: by mouse and keyboard, and kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QLabel,
    QListWidget,
    QPushButton,
    QSlider,
    QTableView,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from cnn_studio.gui.studio import Studio
from cnn_studio.gui.training.curves.curves import Curves, Overlay
from cnn_studio.gui.training.curves.curves_panel import CurvesPanel
from cnn_studio.gui.training.curves.plot_choices import Line, PlotChoices, XAxis
from cnn_studio.gui.training.curves.plot_strokes import plotted
from cnn_studio.gui.training.curves.run_curves import RunCurves
from cnn_studio.gui.training.training_tab import TrainingTab
from cnn_studio.models.batch_history import BATCHES_FILE
from cnn_studio.models.bundle import read_bundle, write_bundle
from cnn_studio.models.runs import HISTORY_FILE, open_run
from cnn_studio.models.scores import score
from cnn_studio.paths import Workspace
from tests.gui.training.conftest import fill
from tests.gui.training.curves.test_curves_panel import run, sentence, title
from tests.gui.training.curves.test_plots import LOOK


@pytest.fixture
def panel(qtbot: QtBot, studio: Studio) -> Iterator[CurvesPanel]:
    panel = CurvesPanel(studio)
    qtbot.addWidget(panel)
    panel.resize(940, 300)
    with qtbot.waitActive(panel):  # or its shortcuts are not heard
        panel.show()
        panel.activateWindow()
    yield panel
    panel.shutdown()


def chip(panel: CurvesPanel, key: str) -> QToolButton:
    button = panel.findChild(QToolButton, f"legend-{key}")
    assert button is not None
    return button


def drawn(panel: CurvesPanel) -> set[Line]:
    """The kinds of lines that are drawn."""
    look = replace(LOOK, choices=panel.view.choices)
    return {stroke.kind for stroke in plotted(panel.view.shown, look).plots[0].strokes}


def show(qtbot: QtBot, panel: CurvesPanel, studio: Studio, count: int) -> None:
    panel.show_runs([run(studio, f"run{number}", 5) for number in range(count)])
    kind = Curves if count == 1 else Overlay
    qtbot.waitUntil(lambda: isinstance(panel.view.shown, kind) and not panel.view.shown.is_empty)


def test_the_title_says_whose_curves_they_are(
    qtbot: QtBot, studio: Studio, panel: CurvesPanel
) -> None:
    named = run(studio, "a", 5)
    named = replace(named, notes=replace(named.notes, title="The long one"))
    panel.show_runs([named])
    qtbot.waitUntil(lambda: title(panel) == "The long one · Objects")
    assert "The long one" in panel.view.accessibleName()
    other = run(studio, "b", 4)
    write_bundle(other.folder, replace(read_bundle(other.folder), dataset_title="Leaves"))
    other = open_run(other.folder)
    panel.show_runs([other])
    qtbot.waitUntil(lambda: title(panel).startswith("Leaves "))
    panel.show_runs([named, other])
    qtbot.waitUntil(lambda: title(panel) == "2 runs")


def test_a_line_is_hidden_and_shown_by_its_name(
    qtbot: QtBot, studio: Studio, panel: CurvesPanel
) -> None:
    show(qtbot, panel, studio, 1)
    assert drawn(panel) == {Line.TRAINING, Line.VALIDATION, Line.BEST}
    qtbot.mouseClick(chip(panel, "training"), Qt.MouseButton.LeftButton)
    assert drawn(panel) == {Line.VALIDATION, Line.BEST}
    assert chip(panel, "training").accessibleName() == "training, hidden"
    assert chip(panel, "training").toolTip() == "Show training (Space)"
    chip(panel, "validation").setFocus()
    qtbot.keyClick(chip(panel, "validation"), Qt.Key.Key_Space)
    assert drawn(panel) == set()
    qtbot.keyClick(chip(panel, "training"), Qt.Key.Key_Space)
    assert drawn(panel) == {Line.TRAINING}
    assert PlotChoices.of(studio.settings).hidden == {Line.VALIDATION}


def test_of_several_runs_training_is_drawn_beside_validation_once_it_is_wanted(
    qtbot: QtBot, studio: Studio, panel: CurvesPanel
) -> None:
    show(qtbot, panel, studio, 3)
    assert drawn(panel) == {Line.VALIDATION, Line.BEST}
    chip(panel, "training").click()
    assert drawn(panel) == {Line.TRAINING, Line.VALIDATION, Line.BEST}
    look = replace(LOOK, choices=panel.view.choices)
    strokes = plotted(panel.view.shown, look).plots[0].strokes
    dashed = {stroke.key for stroke in strokes if stroke.is_dashed}
    assert len(dashed) == 3
    # What is chosen for several does not hold for one.
    assert PlotChoices.of(studio.settings).hidden == frozenset()


def test_runs_are_hidden_in_a_list_that_can_be_searched(
    qtbot: QtBot, studio: Studio, panel: CurvesPanel
) -> None:
    show(qtbot, panel, studio, 12)
    more = panel.findChild(QToolButton, "legendListButton")
    assert more is not None
    assert more.text() == "12 runs …"
    more.click()
    popup = QApplication.activePopupWidget()
    assert popup is not None
    listed = popup.findChild(QListWidget, "legendList")
    hide = popup.findChild(QPushButton, "legendHideAll")
    assert listed is not None
    assert hide is not None
    assert isinstance(panel.view.shown, Overlay)
    keys = {shown.key for shown in panel.view.shown.runs}
    hide.click()
    assert panel.view.choices.hidden_runs == keys
    item = listed.item(listed.count() - 1)
    item.setCheckState(Qt.CheckState.Checked)
    assert len(panel.view.choices.hidden_runs) == 11
    assert more.text() == "1 / 12 runs …"
    popup.close()


def test_smoothing_log_and_axis_are_chosen_and_kept(
    qtbot: QtBot, studio: Studio, panel: CurvesPanel
) -> None:
    show(qtbot, panel, studio, 1)
    slider = panel.findChild(QSlider, "smoothingSlider")
    log = panel.findChild(QToolButton, "logLossButton")
    axis = panel.findChild(QComboBox, "curvesAxisField")
    assert slider is not None
    assert log is not None
    assert axis is not None
    slider.setValue(60)
    qtbot.mouseClick(log, Qt.MouseButton.LeftButton)
    changed = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    qtbot.keyClick(panel, Qt.Key.Key_A, changed)
    qtbot.keyClick(panel, Qt.Key.Key_A, changed)
    choices = panel.view.choices
    assert (choices.smoothing, choices.is_log, choices.x) == (0.6, True, XAxis.TIME)
    assert axis.currentText() == "by time"
    qtbot.keyClick(panel, Qt.Key.Key_L, changed)
    qtbot.keyClick(panel, Qt.Key.Key_D, changed)
    assert (panel.view.choices.is_log, panel.view.choices.smoothing) == (False, 0.9)
    assert PlotChoices.of(studio.settings) == panel.view.choices
    other = CurvesPanel(studio)
    qtbot.addWidget(other)
    assert other.view.choices == panel.view.choices
    other.shutdown()


@pytest.mark.parametrize(("name", "value"), [("smoothing", "inf"), ("smoothing", "x"), ("x", "?")])
def test_a_setting_that_is_not_understood_is_as_if_there_were_none(
    studio: Studio, name: str, value: str
) -> None:
    studio.settings.setValue(f"training/curves/{name}", value)
    assert PlotChoices.of(studio.settings) == PlotChoices()


def test_a_run_without_times_is_drawn_over_epochs_and_says_so(
    qtbot: QtBot, studio: Studio, panel: CurvesPanel
) -> None:
    old = run(studio, "old", 5)
    path = old.folder / HISTORY_FILE
    path.write_text(path.read_text(encoding="utf-8").replace(",2.0,", ",0.0,"), encoding="utf-8")
    panel.show_runs([old])
    qtbot.waitUntil(lambda: sentence(panel) != "")
    changed = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    qtbot.keyClick(panel, Qt.Key.Key_A, changed)
    assert sentence(panel).startswith("By epoch: it is not known how many steps this run had.")
    qtbot.keyClick(panel, Qt.Key.Key_A, changed)
    assert sentence(panel).startswith("By epoch: no times were kept of this run.")
    qtbot.keyClick(panel, Qt.Key.Key_A, changed)
    assert not sentence(panel).startswith("By epoch")


def test_a_run_on_disk_has_the_line_of_its_batches(
    qtbot: QtBot, studio: Studio, panel: CurvesPanel
) -> None:
    made = run(studio, "a", 2)
    rows = ["epoch,step,steps_per_epoch,loss,accuracy"]
    rows += [f"{epoch},{step},4,{1 / step},0.5" for epoch in (1, 2) for step in range(1, 5)]
    (made.folder / BATCHES_FILE).write_text("\n".join(rows), encoding="utf-8")
    panel.show_runs([made])
    qtbot.waitUntil(lambda: title(panel) != "")
    assert isinstance(panel.view.shown, Curves)
    assert panel.view.shown.loss.batches.x.tolist() == [n / 4 for n in range(1, 9)]
    assert panel.view.shown.steps_per_epoch == 4
    assert Line.BATCHES in drawn(panel)


def test_the_steps_of_each_of_several_runs_are_known_as_they_are_of_one(studio: Studio) -> None:
    made = run(studio, "a", 2)
    rows = "epoch,step,steps_per_epoch,loss,accuracy\n1,1,10,.5,.5\n"
    reader = RunCurves()
    assert reader.of_several([made])[0][0].steps_per_epoch == 0
    (made.folder / BATCHES_FILE).write_text(rows, encoding="utf-8")
    assert reader.of_several([made])[0][0].steps_per_epoch == 10
    assert reader.of_one(made)[1].steps_per_epoch == 10
    (made.folder / BATCHES_FILE).unlink()
    measured = score(np.arange(100) % 2, np.full((100, 2), 0.5, np.float32), ("a", "b"))
    assert made.bundle is not None
    recipe = {**made.bundle.recipe, "batch_size": 5}
    write_bundle(made.folder, replace(made.bundle, recipe=recipe, train=measured))
    assert reader.of_several([open_run(made.folder)])[0][0].steps_per_epoch == 20


@pytest.mark.parametrize("width", [560, 608, 928, 1600])
def test_nothing_in_the_head_overlaps_or_sticks_out(
    qtbot: QtBot, studio: Studio, panel: CurvesPanel, width: int
) -> None:
    show(qtbot, panel, studio, 3)
    panel.resize(width, 300)
    panel.view.zoom_changed.emit(True)
    head = panel.findChild(QWidget, "curvesHead")
    assert head is not None
    QApplication.sendPostedEvents()
    seen = [
        (widget, QRect(widget.mapTo(head, QPoint()), widget.size()))
        for kind in (QToolButton, QSlider, QComboBox, QLabel)
        for widget in head.findChildren(kind)
        if widget.isVisible() and widget.window() is panel
    ]
    for place, (one, box) in enumerate(seen):
        assert head.rect().contains(box), one.objectName()
        assert one.width() >= min(one.minimumSizeHint().width(), one.maximumWidth())
        for other, its in seen[place + 1 :]:
            assert not box.intersects(its), (one.objectName(), other.objectName())


def test_every_control_has_a_tip_and_a_name(
    qtbot: QtBot, studio: Studio, panel: CurvesPanel
) -> None:
    show(qtbot, panel, studio, 1)
    head = panel.findChild(QWidget, "curvesHead")
    assert head is not None
    names = set()
    for kind in (QToolButton, QSlider, QComboBox):
        for widget in head.findChildren(kind):
            assert widget.toolTip(), widget.objectName()
            assert widget.accessibleName(), widget.objectName()
            assert widget.focusPolicy() & Qt.FocusPolicy.TabFocus
            names.add(widget.objectName())
    assert {"smoothingSlider", "logLossButton", "curvesAxisField", "resetZoomButton"} <= names


def test_another_dataset_leaves_no_curves_without_a_name(
    qtbot: QtBot, studio: Studio, tab: TrainingTab, workspace: Workspace
) -> None:
    made = run(studio, "a", 5)
    studio.runs_changed.emit()
    panel = tab.findChild(CurvesPanel, "curvesPanel")
    table = tab.findChild(QTableView, "runsTable")
    assert panel is not None
    assert table is not None
    # The newest is selected of itself.
    qtbot.waitUntil(lambda: table.model().rowCount() == 1, timeout=20_000)
    qtbot.waitUntil(lambda: not panel.view.shown.is_empty, timeout=20_000)
    for name in ("oranges", "lemons"):
        fill(workspace.datasets / name, "red", 2)
    studio.load_datasets()
    studio.choose_dataset("lemons")
    assert not panel.view.shown.is_empty
    assert made.bundle is not None
    assert title(panel).startswith(made.bundle.dataset_title)
    head = panel.findChild(QWidget, "curvesHead")
    assert head is not None
    assert head.isVisible()
