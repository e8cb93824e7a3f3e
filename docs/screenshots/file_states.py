"""The states of the prediction tab that are about files, exports and models of others."""

from __future__ import annotations

from pathlib import Path

from on_screen import (
    Leave,
    Reach,
    close,
    close_popup,
    menu_of,
    nothing,
    pop_up_above,
    wait_for_answer,
)
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QWidget

from cnn_studio.exporting.export import Stage, Step
from cnn_studio.exporting.formats import ExportFormat
from cnn_studio.exporting.verification import ExportReport
from cnn_studio.gui.exporting.export_dialog import ExportDialog
from cnn_studio.gui.main_window import MainWindow
from cnn_studio.gui.prediction.files.filter_bar import FileFilterBar
from cnn_studio.gui.studio import Studio
from tests.benchmarks.open_studio import drop_files, named, press, run_for, run_until

_FORMATS = (
    ExportFormat.TFLITE,
    ExportFormat.TFLITE_DYNAMIC,
    ExportFormat.TFLITE_INT8,
    ExportFormat.ONNX,
)


def _files_under_way(studio: Studio, window: MainWindow) -> Leave:
    _drop(window, studio.workspace.root / "thousands")
    run_until(lambda: _rows(window) > 20, "files")
    return lambda: _clear_files(window)


def _files(studio: Studio, window: MainWindow) -> Leave:
    folder = studio.workspace.root / "labelled"
    (folder / "holiday.jpg").write_bytes(b"This was an image once.\n")
    _drop(window, folder / "holiday.jpg", folder / "strange.png", *folder.glob("*/*4.jpg"))
    _wait_for_files(window)
    return nothing


def _file_large(_studio: Studio, window: MainWindow) -> Leave:
    table = named(window, "fileResults")
    table.setFocus()
    QTest.keyClick(table, Qt.Key.Key_Down)
    QTest.keyClick(table, Qt.Key.Key_Down)
    QTest.keyClick(table, Qt.Key.Key_Return)
    run_for(1)
    return lambda: QTest.keyClick(window, Qt.Key.Key_Escape)


def _file_heat(studio: Studio, window: MainWindow) -> Leave:
    leave_file = _file_large(studio, window)
    press(window, "heatButton")
    run_for(1)

    def leave() -> None:
        press(window, "heatButton")
        leave_file()

    return leave


def _filter(_studio: Studio, window: MainWindow) -> Leave:
    button = named(window, "fileFilterButton")
    pop_up_above(menu_of(window, "fileFilterMenu"), button)
    return close_popup


def _filtered(_studio: Studio, window: MainWindow) -> Leave:
    next(a for a in window.findChildren(QAction) if a.objectName() == "onlyUnreadable").trigger()
    run_for(0.5)
    return lambda: window.findChild(FileFilterBar).reset()


def _saved(_studio: Studio, window: MainWindow) -> Leave:
    button = named(window, "saveFilesButton")
    pop_up_above(menu_of(window, "saveFilesMenu"), button)

    def leave() -> None:
        close_popup()
        _clear_files(window)

    return leave


def _labelled(studio: Studio, window: MainWindow) -> Leave:
    folder = studio.workspace.root / "labelled"
    _drop(window, *sorted(path for path in folder.iterdir() if path.is_dir()))
    _wait_for_files(window)
    return nothing


def _matrix(_studio: Studio, window: MainWindow) -> Leave:
    press(window, "fileScoresButton")
    run_for(1)
    return lambda: _clear_files(window)


def _export(_studio: Studio, window: MainWindow) -> Leave:
    press(window, "exportModelButton")
    return lambda: close(window, "modelExportDialog")


def _exporting(studio: Studio, window: MainWindow) -> Leave:
    _export(studio, window)
    _dialog(window).show_started(_FORMATS)
    _dialog(window).show_report(_report(ExportFormat.TFLITE, 26_000_000))
    _dialog(window).show_step(Step(ExportFormat.TFLITE_DYNAMIC, Stage.COMPARING, 3, 8))
    return lambda: _leave_export(window)


def _exported(studio: Studio, window: MainWindow) -> Leave:
    _exporting(studio, window)
    for number, form in enumerate(_FORMATS[1:]):
        _dialog(window).show_report(_report(form, 6_500_000 * (1 + number)))
    _dialog(window).show_finished()
    return lambda: _leave_export(window)


def _export_refused(studio: Studio, window: MainWindow) -> Leave:
    _exporting(studio, window)
    for form in (ExportFormat.TFLITE_DYNAMIC, ExportFormat.ONNX):
        _dialog(window).show_report(_report(form, 6_500_000))
    _dialog(window).show_report(
        ExportReport(
            "tflite-int8", agreement=0.955, largest_difference=0.214, bytes=6_600_000,
            ms_per_image=0.61, images=200, compared_on="validation",
            why="It names the studio's class for 95.5 % of 200 images only.",
        )
    )  # fmt: skip
    _dialog(window).show_finished()
    return lambda: _leave_export(window)


def _strangers_model(studio: Studio, window: MainWindow) -> Leave:
    _drop(window, studio.workspace.root / "models" / "Colours of a friend.zip")
    chooser = window.findChild(QComboBox, "runChooser")
    run_until(lambda: chooser.currentText().startswith("Colours of"), "model of a friend")
    wait_for_answer(window)
    press(window, "heatButton")
    run_for(1)
    return nothing


def _refused_model(studio: Studio, window: MainWindow) -> Leave:
    _drop(window, studio.workspace.root / "models" / "network from the web.pt")
    run_for(1.5)
    return nothing


def _models(_studio: Studio, window: MainWindow) -> Leave:
    chooser = window.findChild(QComboBox, "runChooser")
    chooser.showPopup()
    return chooser.hidePopup


STATES: dict[str, Reach] = {
    "files-under-way": _files_under_way,
    "files": _files,
    "file-large": _file_large,
    "file-heat": _file_heat,
    "filter": _filter,
    "filtered": _filtered,
    "saving": _saved,
    "labelled": _labelled,
    "matrix": _matrix,
    "export": _export,
    "exporting": _exporting,
    "exported": _exported,
    "export-refused": _export_refused,
    "strangers-model": _strangers_model,
    "refused-model": _refused_model,
    "models": _models,
}


def _report(form: ExportFormat, size: int) -> ExportReport:
    return ExportReport(
        form, path="model", agreement=1.0, largest_difference=0.0004, bytes=size,
        ms_per_image=0.42, accepted=True, images=200, compared_on="validation",
    )  # fmt: skip


def _dialog(window: MainWindow) -> ExportDialog:
    return next(d for d in window.findChildren(ExportDialog) if d.isVisible())


def _leave_export(window: MainWindow) -> None:
    _dialog(window).close()


def _drop(window: MainWindow, *paths: Path) -> None:
    drop_files(named(window, "predictionTab"), paths)


def _rows(window: MainWindow) -> int:
    return int(named(window, "fileResults").model().rowCount())  # type: ignore[attr-defined]


def _wait_for_files(window: MainWindow) -> None:
    run_until(lambda: not window.findChild(QWidget, "fileProgress").isVisible(), "list")
    run_for(1.5)


def _clear_files(window: MainWindow) -> None:
    named(window, "clearFilesButton").click()  # type: ignore[attr-defined]
