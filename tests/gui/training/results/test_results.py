"""Matrix, class scores and the table of runs, on runs as they lie on disk."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QSettings, Qt
from pytestqt.qtbot import QtBot

from cnn_studio.gui.theme import Mode, Theme
from cnn_studio.gui.training.results.class_scores import ClassScoresTable
from cnn_studio.gui.training.results.confusion_view import ConfusionView
from cnn_studio.gui.training.results.results_panel import CLASSES, LOG, ResultsPanel
from cnn_studio.gui.training.runs.runs_order import Column
from cnn_studio.gui.training.runs.runs_table import RunsTable
from cnn_studio.models.bundle import LITE_FILE, Bundle, RunStatus, write_bundle
from cnn_studio.models.runs import Run, list_runs, open_run
from cnn_studio.models.scores import Scores, score
from cnn_studio.paths import Workspace
from cnn_studio.vision.preparation import InputSpec

NAMES = ("shoe", "cap", "book")
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def scores(classes: tuple[str, ...] = NAMES) -> Scores:
    """Ten images a class; two of the first class are taken for the second."""
    labels = np.repeat(np.arange(len(classes)), 10)
    said = labels.copy()
    said[:2] = 1
    return score(labels, np.eye(len(classes), dtype=np.float32)[said], classes)


def bundle(**changes: object) -> Bundle:
    made = Bundle(
        classes=NAMES, input=InputSpec(64), dataset="objects", dataset_title="Objects", recipe={},
        weights=1000, status=RunStatus.FINISHED, epochs_done=10, best_epoch=8, created=NOON,
        seconds=60.0, train=scores(), validation=scores(), notes=("shoe has one recording only.",),
    )  # fmt: skip
    return replace(made, **changes)  # type: ignore[arg-type]


def write_run(workspace: Workspace, name: str, **changes: object) -> Path:
    folder = workspace.runs / name
    folder.mkdir(parents=True)
    write_bundle(folder, bundle(**changes))
    (folder / LITE_FILE).write_bytes(b"weights")
    return folder


@pytest.fixture
def theme(qtbot: QtBot, tmp_path: Path) -> Theme:
    theme = Theme(QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat))
    theme.set_mode(Mode.LIGHT)
    return theme


@pytest.fixture
def matrix(qtbot: QtBot, theme: Theme) -> ConfusionView:
    view = ConfusionView(theme)
    qtbot.addWidget(view)
    view.resize(480, 240)
    return view


def test_a_cell_is_found_where_it_is_painted_and_told_in_words(matrix: ConfusionView) -> None:
    matrix.set_scores(scores())
    left, top, width, height = matrix._grid()
    place = QPoint(round(left + 1.5 * width), round(top + 0.5 * height))
    assert matrix.cell_at(place) == (0, 1)
    assert matrix.describe(0, 1) == "2 of 10 images of shoe were taken for cap (20.0 %)."
    assert matrix.describe(2, 2) == "10 of 10 images of book were recognised (100.0 %)."
    assert matrix.accessibleDescription() == matrix.describe(0, 1)
    assert matrix.cell_at(QPoint(2, 2)) is None
    assert matrix.cell_at(QPoint(479, 239)) is None


def test_right_and_wrong_are_painted_in_two_hues(matrix: ConfusionView, theme: Theme) -> None:
    matrix.set_scores(scores())
    left, top, width, height = matrix._grid()
    picture = matrix.grab().toImage()
    ratio = picture.devicePixelRatio()

    def corner(row: int, column: int) -> tuple[int, int, int]:
        x, y = left + column * width + 4, top + row * height + 4
        colour = picture.pixelColor(round(x * ratio), round(y * ratio))
        return colour.red(), colour.green(), colour.blue()

    red, _, blue = corner(0, 0)
    assert blue > red + 60
    red, _, blue = corner(0, 1)
    assert red > blue + 10
    hover = theme.color("hover")
    assert corner(1, 0) == (hover.red(), hover.green(), hover.blue())


def test_thirty_long_names_ask_for_room_and_are_painted(matrix: ConfusionView) -> None:
    names = tuple(f"a class with a name of forty letters, {n:02d}" for n in range(30))
    matrix.set_scores(scores(names))
    least = matrix.minimumSizeHint()
    assert least.width() >= 300
    assert least.height() >= 300
    matrix.resize(least)
    matrix.grab()
    left, top, width, height = matrix._grid()
    assert left + 30 * width <= least.width()
    assert top + 30 * height <= least.height()


def test_no_scores_leave_the_matrix_empty(matrix: ConfusionView) -> None:
    matrix.set_scores(None)
    matrix.grab()
    assert matrix.cell_at(QPoint(100, 100)) is None
    assert matrix.describe(0, 0) == ""


def test_the_weakest_class_comes_first_when_sorted_by_recall(qtbot: QtBot, theme: Theme) -> None:
    table = ClassScoresTable(theme)
    qtbot.addWidget(table)
    table.set_scores(scores())
    model = table.model()
    first = [model.index(0, column).data() for column in range(model.columnCount())]
    assert first == ["shoe", "10", "1.000", "0.800", "0.889"]
    table.sortByColumn(3, Qt.SortOrder.DescendingOrder)
    assert model.index(2, 0).data() == "shoe"


def test_the_newest_run_is_selected_at_first_and_a_choice_is_kept(
    qtbot: QtBot, theme: Theme, workspace: Workspace
) -> None:
    table = RunsTable(theme)
    qtbot.addWidget(table)
    selected: list[list[Run]] = []
    table.runs_selected.connect(selected.append)
    old = write_run(workspace, "old", created=NOON - timedelta(days=1))
    new = write_run(workspace, "new")
    table.set_runs(list_runs(workspace))
    assert table.selected_run() == open_run(new)
    table.select(old)
    newest = write_run(workspace, "newest", created=NOON + timedelta(days=1))
    table.set_runs(list_runs(workspace))
    assert [run.folder for run in table.runs] == [newest, new, old]
    assert table.selected_run() == open_run(old)
    assert [runs[0].folder for runs in selected if runs] == [new, old, old]


def test_nothing_is_selected_while_a_training_has_no_run_yet(
    qtbot: QtBot, theme: Theme, workspace: Workspace
) -> None:
    table = RunsTable(theme)
    qtbot.addWidget(table)
    write_run(workspace, "old", created=NOON - timedelta(days=1))
    table.set_runs(list_runs(workspace))
    table.clear_selection()
    table.set_runs(list_runs(workspace))
    assert table.selected_run() is None
    live = workspace.runs / "live"
    live.mkdir()
    table.set_live(live)
    table.select(live)
    table.set_runs(list_runs(workspace))
    selected = table.selected_run()
    assert selected is not None
    assert selected.folder == live
    assert table.currentIndex().siblingAtColumn(Column.STATUS).data() == "training"


def test_broken_and_unfinished_runs_are_listed_with_their_reason(
    qtbot: QtBot, theme: Theme, workspace: Workspace
) -> None:
    write_run(workspace, "stopped", status=RunStatus.STOPPED, train=None, test=scores())
    (write_run(workspace, "torn") / "studio.json").write_text("{", encoding="utf-8")
    (write_run(workspace, "no-lite") / LITE_FILE).unlink()
    table = RunsTable(theme)
    qtbot.addWidget(table)
    table.set_runs(list_runs(workspace))
    model = table.model()
    rows = {run.name: row for row, run in enumerate(table.runs)}

    def cell(name: str, column: Column, role: int = Qt.ItemDataRole.DisplayRole) -> str:
        return str(model.index(rows[name], column).data(role))

    dash = "\N{EN DASH}"
    assert cell("stopped", Column.STATUS) == "stopped"
    assert cell("stopped", Column.TRAINING) == dash
    assert cell("stopped", Column.TEST) == "93.3 %"
    assert cell("torn", Column.STATUS) == "no model"
    assert "not understood" in cell("torn", Column.TIME, Qt.ItemDataRole.ToolTipRole)
    assert cell("no-lite", Column.STATUS) == "damaged"
    assert LITE_FILE in cell("no-lite", Column.TIME, Qt.ItemDataRole.ToolTipRole)


def test_a_narrow_table_does_without_the_lesser_columns(qtbot: QtBot, theme: Theme) -> None:
    table = RunsTable(theme)
    qtbot.addWidget(table)
    table.show()
    table.resize(296, 200)
    shown = [column for column in Column if not table.isColumnHidden(column)]
    assert shown == [Column.STAR, Column.NAME, Column.VALIDATION]
    table.resize(900, 200)
    assert not any(table.isColumnHidden(column) for column in Column)


def test_the_panel_offers_the_parts_that_were_scored(
    qtbot: QtBot, theme: Theme, workspace: Workspace
) -> None:
    panel = ResultsPanel(theme)
    qtbot.addWidget(panel)
    panel.resize(480, 320)
    panel.show()
    panel.show_run(open_run(write_run(workspace, "one")))
    assert panel._head.subjects == ["validation", "train"]
    assert panel._head.summary == "93.3 % (78.7 to 98.2 %) · 30 images, 2 wrong"
    assert panel._head._notes.isVisible()
    assert "one recording only" in panel._head._notes.toolTip()
    panel.show_page(CLASSES)
    assert panel._scores.isVisible()
    panel.show_page(LOG)
    panel.add_to_log("Epoch 1: done\nEpoch 2: done")
    assert panel._log.toPlainText().count("done") == 2
    panel.show_run(None)
    assert panel.page == LOG
    panel.show_page(CLASSES)
    assert panel._nothing.isVisible()
    assert not panel._head._notes.isVisible()
