"""The export dialog: chosen, cancelled, refused and finished, with the engine at work."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QFileDialog, QLabel, QPushButton, QTableWidget, QWidget
from pytestqt.qtbot import QtBot

from cnn_studio.exporting.export import Stage
from cnn_studio.exporting.export_notes import broken_exports
from cnn_studio.exporting.formats import ExportFormat
from cnn_studio.exporting.verification import ExportReport
from cnn_studio.gui.exporting import wording
from cnn_studio.gui.exporting.export_choice import ExportChoice, refusals
from cnn_studio.gui.exporting.export_dialog import ExportDialog
from cnn_studio.gui.exporting.export_flow import ExportFlow
from cnn_studio.gui.studio import Studio
from cnn_studio.gui.training.wording import run_name
from cnn_studio.models.run_dataset import dataset_of
from cnn_studio.models.runs import RECIPE_FILE, SPLIT_FILE, Run, open_run
from tests.killed import kill_after

REFUSED = ExportReport(
    "tflite-int8", agreement=0.955, largest_difference=0.2, bytes=7_400_000, ms_per_image=0.61,
    why="It names the studio's class for 95.5 % of 200 images only.", images=200,
    compared_on="validation",
)  # fmt: skip


@pytest.fixture
def flow(studio: Studio, window: QWidget) -> ExportFlow:
    return ExportFlow(studio, window)


def _dialog(window: QWidget) -> ExportDialog:
    (dialog,) = (each for each in window.findChildren(ExportDialog) if each.isVisible())
    return dialog


def _press(dialog: ExportDialog, name: str) -> None:
    button = dialog.findChild(QPushButton, name)
    assert button is not None
    assert button.isVisible()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def _text(dialog: ExportDialog, name: str) -> str:
    label = dialog.findChild(QLabel, name)
    assert label is not None
    return label.text()


def _check(dialog: ExportDialog, form: ExportFormat) -> QCheckBox:
    check = dialog.findChild(QCheckBox, f"export-{form}")
    assert check is not None
    return check


def _cells(dialog: ExportDialog) -> list[list[str]]:
    table = dialog.findChild(QTableWidget, "exportTable")
    assert table is not None
    rows, columns = range(table.rowCount()), range(table.columnCount())
    return [[item.text() for c in columns if (item := table.item(r, c))] for r in rows]


@pytest.mark.slow
def test_what_is_chosen_is_written_verified_and_shown(
    qtbot: QtBot, flow: ExportFlow, window: QWidget, run: Run, studio: Studio
) -> None:
    flow.ask(run)
    dialog = _dialog(window)
    assert _text(dialog, "exportFolder").endswith("exports")
    assert _check(dialog, ExportFormat.TFLITE).isChecked()
    _check(dialog, ExportFormat.ONNX).click()
    _press(dialog, "startExportButton")
    assert [row[1] for row in _cells(dialog)] == ["Waiting", "Waiting"]
    close = dialog.findChild(QPushButton, "closeExportButton")
    assert close is not None
    qtbot.waitUntil(close.isVisible, timeout=60_000)
    assert [row[:3] for row in _cells(dialog)] == [
        ["LiteRT (TFLite)", "Verified", "100.0 %"],
        ["ONNX", "Verified", "100.0 %"],
    ]
    assert _text(dialog, "exportAbout") == (
        "Compared on 72 images of the dataset. labels.txt stands beside each model."
    )
    made = studio.workspace.root / "exports"
    assert sorted(path.name for path in made.iterdir()) == [
        f"{run.name}-onnx",
        f"{run.name}-tflite",
    ]
    _press(dialog, "closeExportButton")
    flow.ask(run)
    assert _check(_dialog(window), ExportFormat.ONNX).isChecked()  # as the last time
    QTest.keyClick(_dialog(window), Qt.Key.Key_Escape)


@pytest.mark.slow
def test_a_cancel_ends_the_engine_and_leaves_nothing(
    qtbot: QtBot, flow: ExportFlow, window: QWidget, run: Run, studio: Studio
) -> None:
    flow.ask(run)
    dialog = _dialog(window)
    _press(dialog, "startExportButton")
    with qtbot.waitSignal(studio.status_changed, timeout=20_000) as said:
        _press(dialog, "cancelExportButton")
    assert said.args == ["The export was ended. What was handed over is complete."]
    qtbot.waitUntil(lambda: not studio.jobs._running)
    made = studio.workspace.root / "exports"
    assert not made.exists() or not list(made.iterdir())


def test_a_run_whose_dataset_is_gone_says_so(
    qtbot: QtBot, flow: ExportFlow, window: QWidget, run: Run, studio: Studio
) -> None:
    shutil.rmtree(studio.workspace.datasets / "colours")
    flow.ask(run)
    dialog = _dialog(window)
    _press(dialog, "startExportButton")
    qtbot.waitUntil(lambda: "not in this workspace" in _text(dialog, "noticeText"))
    assert "colours" in _text(dialog, "noticeText")
    _question(qtbot, dialog).reject()
    _check(dialog, ExportFormat.KERAS).click()  # choosing goes on, and the message goes
    notice = dialog.findChild(QLabel, "noticeText")
    assert notice is not None
    assert not notice.isVisible()
    _press(dialog, "cancelExportButton")


@pytest.mark.slow
def test_a_folder_that_has_moved_is_asked_for_and_known_from_then_on(
    qtbot: QtBot, flow: ExportFlow, window: QWidget, run: Run, studio: Studio, tmp_path: Path
) -> None:
    before, now = tmp_path / "photos" / "colours", tmp_path / "pictures" / "mine"
    now.parent.mkdir()
    shutil.move(studio.workspace.datasets / "colours", now)
    names = sorted(f"{path.parent.name}/{path.name}" for path in now.glob("*/*.jpg"))
    (run.folder / RECIPE_FILE).write_text(json.dumps({"dataset_folder": str(before)}))
    split = {"train": names[6:], "validation": names[:6]}
    (run.folder / SPLIT_FILE).write_text(json.dumps(split))
    flow.ask(run)
    dialog = _dialog(window)
    _press(dialog, "startExportButton")
    question = _question(qtbot, dialog)
    assert f"not in {before} any more" in _text(dialog, "noticeText")
    question.fileSelected.emit(str(now / "red"))
    question.reject()
    qtbot.waitUntil(lambda: "one folder of images for each class" in _text(dialog, "noticeText"))
    _press(dialog, "startExportButton")
    question = _question(qtbot, dialog)
    question.fileSelected.emit(str(now))
    question.reject()
    close = dialog.findChild(QPushButton, "closeExportButton")
    assert close is not None
    qtbot.waitUntil(close.isVisible, timeout=60_000)
    assert _cells(dialog)[0][:2] == ["LiteRT (TFLite)", "Verified"]
    assert "6 images of the validation part" in _text(dialog, "exportAbout")
    labels = studio.workspace.root / "exports" / f"{run.name}-tflite" / "labels.txt"
    assert labels.read_text(encoding="utf-8") == "blue\ngreen\nred\n"
    _press(dialog, "closeExportButton")
    found = dataset_of(open_run(run.folder), studio.workspace)
    assert found is not None
    assert found.folder == now


def _question(qtbot: QtBot, dialog: ExportDialog) -> QFileDialog:
    def shown() -> list[QFileDialog]:
        return [
            one for one in dialog.findChildren(QFileDialog, "runImagesDialog") if one.isVisible()
        ]

    qtbot.waitUntil(lambda: len(shown()) == 1)
    return shown()[0]


def test_a_refused_format_says_why(qtbot: QtBot, studio: Studio, tmp_path: Path) -> None:
    dialog = ExportDialog("Satellite", ExportChoice(studio.settings, tmp_path), studio.theme)
    qtbot.addWidget(dialog)
    dialog.open()
    dialog.show_started([ExportFormat.TFLITE_INT8])
    dialog.show_report(REFUSED)
    dialog.show_finished()
    assert _cells(dialog) == [
        ["LiteRT, all in 8 bits", "Refused", "95.5 %", "20.0 %", "7.4 MB", "0.61"]
    ]
    assert _text(dialog, "noticeText").startswith("LiteRT, all in 8 bits: It names")
    folder = dialog.findChild(QPushButton, "openExportsButton")
    assert folder is not None
    assert not folder.isVisible()  # nothing is there
    _press(dialog, "exportAgainButton")
    _check(dialog, ExportFormat.TFLITE).click()
    export = dialog.findChild(QPushButton, "startExportButton")
    assert export is not None
    assert not export.isEnabled()  # no format is chosen
    dialog.close()


def test_the_choice_is_remembered_and_nonsense_is_not(tmp_path: Path) -> None:
    settings = QSettings(str(tmp_path / "s.ini"), QSettings.Format.IniFormat)
    choice = ExportChoice(settings, tmp_path / "usual")
    assert choice.formats == (ExportFormat.TFLITE,)
    choice.choose(ExportFormat.KERAS, True)
    choice.choose_folder(tmp_path / "other")
    choice.remember()
    again = ExportChoice(settings, tmp_path / "usual")
    assert again.formats == (ExportFormat.TFLITE, ExportFormat.KERAS)
    assert again.folder == tmp_path / "other"
    settings.setValue("export/formats", "h5,onnx")
    assert ExportChoice(settings, tmp_path).formats == (ExportFormat.ONNX,)


def test_figures_are_said_as_a_person_reads_them() -> None:
    nothing = ExportReport("onnx", why="onnx is missing.")
    assert {wording.size(nothing), wording.difference(nothing)} == {"\N{EN DASH}"}
    assert wording.difference(ExportReport("onnx", largest_difference=1e-6)) == "under 0.001 %"
    assert wording.difference(ExportReport("onnx", largest_difference=5e-4)) == "0.050 %"
    assert wording.milliseconds(ExportReport("onnx", ms_per_image=12.34)) == "12.3"
    assert refusals([("A", "why"), ("B", ""), ("C", "too")]) == "A: why\nC: too"
    for form in ExportFormat:
        assert wording.title(form)
        assert wording.for_whom(form)


def test_what_an_export_that_was_left_still_tells_is_not_shown_in_the_next_dialog(
    flow: ExportFlow, window: QWidget, run: Run
) -> None:
    flow.ask(run)
    asked = _text(_dialog(window), "exportAbout")
    step = {"format": "onnx", "stage": "writing", "done": 0, "total": 2}
    flow._noted.emit({"step": step})
    flow._noted.emit({"report": REFUSED.to_dict()})
    flow._on_job_failed("The engine has ended.")
    assert _text(_dialog(window), "exportAbout") == asked
    assert _dialog(window).findChild(QPushButton, "startExportButton").isVisible()
    assert flow._dialog is not None
    assert not flow._dialog._reports
    QTest.keyClick(_dialog(window), Qt.Key.Key_Escape)


def test_what_is_chosen_says_how_long_it_takes(flow: ExportFlow, window: QWidget, run: Run) -> None:
    flow.ask(run)
    dialog = _dialog(window)
    text = _text(dialog, "exportTime")
    assert text.startswith("About ")
    assert text.endswith(" on this computer")
    _check(dialog, ExportFormat.TFLITE).click()
    assert _text(dialog, "exportTime") == ""
    _press(dialog, "cancelExportButton")


@pytest.mark.slow
def test_put_aside_an_export_goes_on_and_its_dialog_comes_back(
    qtbot: QtBot, flow: ExportFlow, window: QWidget, run: Run, studio: Studio
) -> None:
    flow.ask(run)
    dialog = _dialog(window)
    _press(dialog, "startExportButton")
    (activity,) = studio.jobs.activities.running
    assert activity.about.title == f"Exporting {run_name(run)}"
    assert activity.is_seen
    qtbot.waitUntil(lambda: "left" in _text(dialog, "exportTime"))
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()
    assert not activity.is_seen
    activity.show()  # as in the status line
    assert dialog.isVisible()
    dialog.close()  # the window's cross
    assert not dialog.isVisible()
    flow.ask(run)  # it is the one under way that is shown, not another one
    assert _dialog(window) is dialog
    _press(dialog, "putExportAsideButton")
    with qtbot.waitSignal(flow.ended_aside, timeout=240_000) as ended:
        pass
    assert ended.args == ["The export is ready, and verified."]
    flow.show()
    assert [row[1] for row in _cells(dialog)] == ["Verified"]
    _press(dialog, "closeExportButton")
    measured = json.loads(str(studio.settings.value("export/seconds")))
    stages = {f"{ExportFormat.TFLITE}/{stage}" for stage in Stage}
    assert set(measured) == {"start", *stages}


@pytest.mark.slow
def test_an_export_that_was_put_aside_can_be_cancelled_where_it_is_shown(
    qtbot: QtBot, flow: ExportFlow, window: QWidget, run: Run, studio: Studio
) -> None:
    flow.ask(run)
    dialog = _dialog(window)
    _press(dialog, "startExportButton")
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    (activity,) = studio.jobs.activities.running
    with qtbot.waitSignal(studio.status_changed, timeout=20_000) as said:
        activity.stop()
    assert said.args == ["The export was ended. What was handed over is complete."]
    qtbot.waitUntil(lambda: not studio.jobs._running)
    flow.ask(run)  # and there is a new dialog
    assert _dialog(window) is not dialog
    _press(_dialog(window), "cancelExportButton")


@pytest.mark.skipif(os.name == "nt", reason="needs SIGKILL")
@pytest.mark.slow
def test_an_export_that_was_killed_leaves_a_note_and_no_half_of_a_model(
    run: Run, studio: Studio, tmp_path: Path
) -> None:
    kill_after(3, "export", studio.workspace.root, run.folder, tmp_path / "out", studio.work_notes)
    (broken,) = broken_exports(studio.work_notes)
    assert broken.done == (ExportFormat.TFLITE,)
    assert broken.rest == (ExportFormat.ONNX,)
    assert broken.run_folder == run.folder
    broken.strike_out()
    assert [path.name for path in (tmp_path / "out").iterdir()] == [f"{run.name}-tflite"]
    assert broken_exports(studio.work_notes) == []
