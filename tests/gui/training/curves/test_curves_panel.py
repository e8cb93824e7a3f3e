"""One run or several are shown, with a sentence, and can be kept as a table or a picture."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFileDialog, QLabel, QPushButton, QToolButton
from pytestqt.qtbot import QtBot

from cnn_studio.gui.studio import Studio
from cnn_studio.gui.training.curves import curve_wording
from cnn_studio.gui.training.curves.curves import Curves, NamedCurves, Overlay, curves_of_history
from cnn_studio.gui.training.curves.curves_export import curves_csv
from cnn_studio.gui.training.curves.curves_panel import CurvesPanel
from cnn_studio.gui.training.curves.plot_strokes import plotted
from cnn_studio.gui.training.curves.run_colours import (
    MAX_OVERLAID,
    RUN_COLOURS,
    RunColours,
    run_colour,
)
from cnn_studio.models.bundle import write_bundle
from cnn_studio.models.runs import EpochRecord, Run, RunStatus, open_run
from cnn_studio.training.records import append_epoch
from tests.gui.training.curves.test_plots import LOOK
from tests.gui.training.results.test_results import bundle, write_run


def records(epochs: int, best: int = 2) -> list[EpochRecord]:
    return [
        EpochRecord(
            n, 1.5 / n, 1 - 0.5 / n, 1.6 / n, 1 - 0.55 / n, 900.0, 2.0, best=n == best
        )
        for n in range(1, epochs + 1)
    ]  # fmt: skip


@pytest.fixture
def panel(qtbot: QtBot, studio: Studio) -> Iterator[CurvesPanel]:
    panel = CurvesPanel(studio)
    qtbot.addWidget(panel)
    panel.resize(640, 280)
    panel.show()
    yield panel
    panel.shutdown()


def run(studio: Studio, name: str, epochs: int) -> Run:
    folder = write_run(studio.workspace, name)
    for record in records(epochs):
        append_epoch(folder, record)
    return open_run(folder)


def title(panel: CurvesPanel) -> str:
    label = panel.findChild(QLabel, "curvesTitle")
    assert label is not None
    return label.text()


def sentence(panel: CurvesPanel) -> str:
    label = panel.findChild(QLabel, "curvesSentence")
    assert label is not None
    return label.text()


def test_a_run_keeps_its_colour_while_others_come_and_go() -> None:
    a, b, c = (Path(name) for name in "abc")
    colours = RunColours()
    assert colours.places([a, b, c]) == {a: 0, b: 1, c: 2}
    assert colours.places([c, b]) == {b: 1, c: 2}
    assert colours.places([a, b, c]) == {a: 0, b: 1, c: 2}
    many = [Path(str(number)) for number in range(MAX_OVERLAID + 20)]
    assert sorted(RunColours().places(many).values()) == list(range(MAX_OVERLAID))
    assert run_colour(len(RUN_COLOURS)) == run_colour(0)


def test_one_run_is_shown_with_what_its_shape_says(
    qtbot: QtBot, studio: Studio, panel: CurvesPanel
) -> None:
    panel.show_runs([run(studio, "a", 5)])
    qtbot.waitUntil(lambda: sentence(panel) != "")
    assert isinstance(panel.view.shown, Curves)
    assert panel.view.shown.best_epoch == 2
    assert sentence(panel) == "It is still getting better: train for more epochs."


def more(panel: CurvesPanel) -> QPushButton:
    button = panel.findChild(QPushButton, "moreEpochsButton")
    assert button is not None
    return button


def can_go_on(made: Run) -> Run:
    """The same run with a state that a training can go on from."""
    (made.folder / "checkpoints").mkdir()
    (made.folder / "checkpoints" / "state.npz").write_bytes(b"state")
    return made


def test_a_button_does_what_the_sentence_advises(
    qtbot: QtBot, studio: Studio, panel: CurvesPanel
) -> None:
    asked: list[tuple[Run, int]] = []
    panel.epochs_requested.connect(lambda run, more: asked.append((run, more)))
    lost = run(studio, "lost", 5)  # its state is gone, so it cannot go on
    panel.show_runs([lost])
    qtbot.waitUntil(lambda: sentence(panel) != "")
    assert not more(panel).isVisible()
    whole = can_go_on(run(studio, "whole", 6))
    panel.show_runs([whole])
    qtbot.waitUntil(more(panel).isVisible)
    assert more(panel).text() == "Train 5 more epochs"
    assert more(panel).accessibleName() == more(panel).text()
    more(panel).click()
    studio.training_changed.emit(True)
    assert not more(panel).isVisible()
    studio.training_changed.emit(False)
    assert more(panel).isVisible()
    panel.show_runs([lost, whole])
    qtbot.waitUntil(lambda: "Highest" in sentence(panel))
    assert not more(panel).isVisible()
    folder = can_go_on(run(studio, "stopped", 5)).folder
    recipe = {"epochs": 10, "schedule": "cosine"}
    write_bundle(folder, bundle(status=RunStatus.STOPPED, epochs_done=5, recipe=recipe))
    stopped = open_run(folder)
    panel.show_runs([stopped])
    qtbot.waitUntil(more(panel).isVisible)
    assert sentence(panel) == "It was still getting better when it ended: let it go on."
    assert more(panel).text() == "Continue this run"
    more(panel).click()
    assert asked == [(whole, 5), (stopped, 0)]
    write_bundle(folder, bundle(epochs_done=5, recipe={**recipe, "epochs": 5}))
    panel.show_runs([open_run(folder)])
    qtbot.waitUntil(lambda: "to the end of its recipe" in sentence(panel))
    assert not more(panel).isVisible()


def test_several_runs_lie_over_each_other_and_the_best_is_named(
    qtbot: QtBot, studio: Studio, panel: CurvesPanel
) -> None:
    runs = [run(studio, name, epochs) for name, epochs in (("a", 3), ("b", 9), ("c", 5))]
    runs[1] = replace(runs[1], notes=replace(runs[1].notes, title="The long one"))
    with qtbot.waitSignal(panel.colours_changed) as told:
        panel.show_runs([runs[0]])
        panel.show_runs(runs)
    assert told.args == [{}]
    qtbot.waitUntil(lambda: isinstance(panel.view.shown, Overlay))
    assert isinstance(panel.view.shown, Overlay)
    assert [shown.colour for shown in panel.view.shown.runs] == list(RUN_COLOURS[:3])
    assert panel.view.shown.epochs == 9
    assert "The long one, epoch 9" in sentence(panel)
    many = [run(studio, f"m{number}", 3) for number in range(12)]
    panel.show_runs(many)
    qtbot.waitUntil(lambda: title(panel) == "12 runs · Objects")
    assert len(panel.view.shown.runs) == 12
    strokes = plotted(panel.view.shown, LOOK).plots[0].strokes
    signs = {(stroke.colour, stroke.marker) for stroke in strokes if not stroke.is_ring}
    assert len(signs) == 12  # a colour comes again with another sign
    of_one = [(many[0], curve_wording.highest(records(3)))]
    assert curve_wording.several(of_one, 2).startswith("The first 1 of 3 runs")


def test_a_run_without_epochs_leaves_the_plots_empty(
    qtbot: QtBot, studio: Studio, panel: CurvesPanel
) -> None:
    panel.set_empty_text("Nothing here", "Nothing at all.")
    panel.show_runs([run(studio, "a", 4)])
    qtbot.waitUntil(lambda: sentence(panel) != "")
    panel.show_runs([run(studio, "b", 0)])
    qtbot.waitUntil(lambda: panel.view.shown.is_empty)
    assert sentence(panel) == ""
    panel.grab()


def test_the_table_has_a_row_an_epoch_and_the_runs_name() -> None:
    curves = curves_of_history(records(3))
    rows = list(csv.DictReader(curves_csv(curves).splitlines()))
    assert [row["epoch"] for row in rows] == ["1", "2", "3"]
    assert float(rows[1]["val_loss"]) == 0.8
    assert [row["best"] for row in rows] == ["0", "1", "0"]
    unmeasured = [replace(r, val_loss=None, val_accuracy=None) for r in records(2)]
    (first, _) = csv.DictReader(curves_csv(curves_of_history(unmeasured)).splitlines())
    assert first["val_accuracy"] == ""
    both = Overlay(
        (NamedCurves("A, b", "#000000", 0, curves), NamedCurves("c", "#000000", 1, curves))
    )
    names = [row["run"] for row in csv.DictReader(curves_csv(both).splitlines())]
    assert names == ["A, b"] * 3 + ["c"] * 3


@pytest.mark.parametrize("ending", ["csv", "png"])
def test_what_is_on_show_is_saved_or_why_not_is_said(
    qtbot: QtBot, studio: Studio, panel: CurvesPanel, tmp_path: Path, ending: str
) -> None:
    panel.show_runs([run(studio, "a", 5)])
    qtbot.waitUntil(lambda: panel.view._picture is not None, timeout=20_000)
    said: list[str] = []
    studio.status_changed.connect(said.append)
    ask = panel._saving.ask_csv if ending == "csv" else panel._saving.ask_png

    def save(path: Path) -> None:
        ask()
        dialog = panel.view.findChild(QFileDialog, "saveCurvesDialog")
        assert dialog is not None
        dialog.fileSelected.emit(str(path))
        dialog.reject()
        qtbot.waitUntil(lambda: dialog not in panel.view.children())

    path = tmp_path / f"curves.{ending}"
    save(path)
    qtbot.waitUntil(lambda: bool(said), timeout=20_000)
    assert str(path) in said[-1]
    if ending == "csv":
        assert len(path.read_text().splitlines()) == 6
    else:
        assert QImage(str(path)).width() == 2 * panel.view.width()
    save(tmp_path / "no" / "such" / f"folder.{ending}")
    qtbot.waitUntil(lambda: "cannot be written" in said[-1], timeout=20_000)


def test_every_button_says_what_it_does(panel: CurvesPanel) -> None:
    for name in ("resetZoomButton", "saveCurvesButton"):
        button = panel.findChild(QToolButton, name)
        assert button is not None
        assert button.toolTip()
        assert button.accessibleName()
