"""How evenly the window's event loop runs while many runs are selected and drawn.

    .venv/bin/python tests/benchmarks/many_runs.py [--runs 500] [--epochs 100] [--culprits]

A workspace with that many runs of 100 epochs each is made, without training any. The machine
should have nothing else to do: its load is printed, too.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from pathlib import Path

from PySide6.QtCore import QItemSelectionModel, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QTableView

from cnn_studio.gui.main_window import MainWindow
from cnn_studio.gui.training.curves.curves_view import CurvesView
from cnn_studio.gui.training.curves.plot_axes import axis_of
from cnn_studio.gui.training.curves.plot_choices import XAxis
from cnn_studio.models.batch_history import BATCHES_FILE, COLUMNS
from cnn_studio.models.bundle import LITE_FILE, Bundle, RunStatus, write_bundle
from cnn_studio.models.runs import HISTORY_FILE, EpochRecord
from cnn_studio.vision.preparation import InputSpec
from tests.benchmarks.event_loop import Phases
from tests.benchmarks.loop_probe import LoopProbe
from tests.benchmarks.open_studio import named, open_studio, run_for, run_until

_CULPRIT_MS = 25
_OVERLAID = 7
_STEPS, _EVERY = 100, 10  # of an epoch, and how many lie between two that are kept
_SETTLE_S = 3.0
_DRAWN_S = 4.0
_SMOOTH, _LOG, _AXIS = Qt.Key.Key_D, Qt.Key.Key_L, Qt.Key.Key_A
_CHANGE = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


def main() -> None:
    """Measure the phases one after the other, in one window."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=500)
    parser.add_argument("--epochs", type=int, default=100)
    parser.add_argument("--culprits", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        _make_runs(Path(folder) / "runs", options.runs, options.epochs)
        with open_studio(Path(folder), "demo:shoe", "offscreen") as (_studio, window):
            probe = LoopProbe(_CULPRIT_MS if options.culprits else None)
            probe.start()
            _measure(window, Phases(probe, options.culprits), options.runs)
            probe.stop()
    print(f"load of the machine over the last minute: {os.getloadavg()[0]:.1f}")


def _make_runs(place: Path, count: int, epochs: int) -> None:
    first = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
    for number in range(count):
        folder = place / f"run-{number:04d}"
        folder.mkdir(parents=True)
        (folder / HISTORY_FILE).write_text(_history(number, epochs), encoding="utf-8")
        (folder / BATCHES_FILE).write_text(_batches(number, epochs), encoding="utf-8")
        (folder / LITE_FILE).write_bytes(b"weights")
        made = Bundle(
            classes=("cap", "shoe"),
            input=InputSpec(64),
            dataset="objects",
            dataset_title="Objects",
            recipe={"epochs": epochs, "batch_size": 32, "seed": number},
            weights=1_000_000,
            status=RunStatus.FINISHED,
            epochs_done=epochs,
            best_epoch=epochs,
            created=first + timedelta(minutes=number),
            seconds=100.0,
            train=None,
        )
        write_bundle(folder, made)


def _history(number: int, epochs: int) -> str:
    rows = [",".join(field.name for field in fields(EpochRecord))]
    for epoch in range(1, epochs + 1):
        loss = (1 + number % _OVERLAID / 10) / epoch
        values = (epoch, loss, 1 - loss / 2, loss, 1 - loss / 2, 900.0, 2.0, 1)
        rows.append(",".join(map(str, values)))
    return "\n".join(rows) + "\n"


def _batches(number: int, epochs: int) -> str:
    """What was kept of the batches: without it nothing is known of a run's steps."""
    rows = [",".join(COLUMNS)]
    for epoch in range(1, epochs + 1):
        for step in range(_EVERY, _STEPS + 1, _EVERY):
            loss = (1 + number % _OVERLAID / 10) / (epoch - 1 + step / _STEPS)
            rows.append(f"{epoch},{step},{_STEPS},{loss:.5g},{max(0.0, 1 - loss / 2):.5g}")
    return "\n".join(rows) + "\n"


def _check_axis(view: CurvesView, wanted: XAxis) -> None:
    """See to it that what was measured is what the phase is called.

    Raises:
        RuntimeError: The runs are drawn over something else.
    """
    drawn = axis_of(view.shown, view.choices.x)
    if drawn is not wanted:
        raise RuntimeError(f"The runs should be drawn over {wanted}, not over {drawn}.")


def _measure(window: MainWindow, phases: Phases, count: int) -> None:
    window.show_page("training")
    table = next(t for t in window.findChildren(QTableView) if t.objectName() == "runsTable")
    model = table.model()
    run_until(lambda: model.rowCount() == count, "runs", 120)
    run_for(_SETTLE_S)
    view = named(window, "curvesView")
    if not isinstance(view, CurvesView):
        raise LookupError("The curves are shown by something else.")

    phases.begin()
    for row in range(_OVERLAID):
        table.selectionModel().select(
            model.index(row, 0),
            QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows,
        )
        run_for(0.3)
    run_for(1)
    phases.end(f"{_OVERLAID} runs selected one by one")
    _check_axis(view, XAxis.EPOCH)

    phases.begin()
    for step in range(10):
        window.resize(1280 - 8 * (step % 2), 800)
        run_for(0.3)
    phases.end("their curves drawn again ten times")

    phases.begin()
    for step in range(20):
        QTest.keyClick(view, Qt.Key.Key_Right if step % 2 else Qt.Key.Key_Left)
        run_for(0.05)
    phases.end("the cursor moved over them")

    table.setFocus()
    phases.begin()
    QTest.keyClick(table, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    run_for(_DRAWN_S)
    phases.end(f"all {count} runs selected")
    _check_axis(view, XAxis.EPOCH)
    _measure_all(view, phases)

    phases.begin()
    table.selectRow(0)
    run_for(2)
    phases.end("one of them selected again")
    _check_axis(view, XAxis.TIME)


def _measure_all(view: CurvesView, phases: Phases) -> None:
    """What a person does with all runs on show."""
    phases.begin()
    for step in range(20):
        across = 60 + step * (view.width() - 120) // 20
        QTest.mouseMove(view, QPoint(across, view.height() // 2))
        run_for(0.05)
    phases.end("the mouse moved over all of them")

    phases.begin()
    window = view.window()
    for keys in (_SMOOTH, _LOG, _AXIS):
        QTest.keyClick(window, keys, _CHANGE)
        run_for(_DRAWN_S)
    phases.end("smoothed, by logarithm, over steps")
    _check_axis(view, XAxis.STEP)

    phases.begin()
    QTest.keyClick(window, _AXIS, _CHANGE)
    run_for(_DRAWN_S)
    phases.end("over time")
    _check_axis(view, XAxis.TIME)

    phases.begin()
    QTest.keyClick(view, Qt.Key.Key_Plus)
    run_for(_DRAWN_S)
    QTest.keyClick(view, Qt.Key.Key_Escape)
    run_for(_DRAWN_S)
    phases.end("zoomed in, and all shown again")
    _check_axis(view, XAxis.TIME)


if __name__ == "__main__":
    main()
