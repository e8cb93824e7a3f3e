"""What a report says and what it leaves out, and that About names the parts."""

from __future__ import annotations

import logging
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QtMsgType, qInstallMessageHandler, qWarning
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPlainTextEdit, QPushButton, QTableWidget
from pytestqt.qtbot import QtBot

from cnn_studio import __version__
from cnn_studio.gui.application import Problems
from cnn_studio.gui.help.about_dialog import AboutDialog, installed_parts
from cnn_studio.gui.help.log_lines import LogLines, last_log_lines, log_file
from cnn_studio.gui.help.problem_report import problem_report, without_names
from cnn_studio.gui.help.report_dialog import ReportDialog
from cnn_studio.gui.studio import Studio

_log = logging.getLogger("cnn_studio.test")


def test_home_folder_name_and_login_are_not_in_a_report() -> None:
    text = (
        "/home/ada/pets/x.jpg and /home/adas/x, C:\\Users\\Ada, by Ada; "
        "rtsp://ada:secret@10.0.0.1/stream in /home/ada"
    )
    said = without_names(text, Path("/home/ada"), "ada")
    assert (
        said == "~/pets/x.jpg and /home/adas/x, C:\\Users\\~, by ~; rtsp://~@10.0.0.1/stream in ~"
    )


def test_warnings_errors_traces_and_qts_messages_are_kept_and_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    file = tmp_path / "log" / "studio.log"
    before = qInstallMessageHandler(None)
    try:
        with LogLines(file) as lines:
            _log.info("nothing of note")
            _log.warning("a card could not be read")
            qWarning("a widget is odd")
            Problems()._on_exception(ZeroDivisionError, ZeroDivisionError("by zero"), None)
            assert last_log_lines() == lines.text()
        kept = lines.text()
    finally:
        qInstallMessageHandler(before)
    assert "nothing of note" not in kept
    assert "WARNING cnn_studio.test: a card could not be read" in kept
    assert "WARNING qt: a widget is odd" in kept
    assert "ZeroDivisionError: by zero" in kept
    assert file.read_text("utf-8").splitlines() == kept.splitlines()
    assert last_log_lines() == ""


def test_only_the_last_lines_are_kept_and_the_file_stays_small(tmp_path: Path) -> None:
    before = qInstallMessageHandler(None)
    try:
        with LogLines(tmp_path / "studio.log") as lines:
            for number in range(3000):
                _log.warning("line %d %s", number, "x" * 200)
    finally:
        qInstallMessageHandler(before)
    assert len(lines.text().splitlines()) == 400
    assert "line 2999 " in lines.text()
    sizes = [each.stat().st_size for each in tmp_path.iterdir()]
    assert len(sizes) == 2
    assert max(sizes) <= 256 << 10


def test_what_an_earlier_start_said_is_there_after_a_crash(tmp_path: Path) -> None:
    file = tmp_path / "studio.log"
    file.write_text("".join(f"earlier {number}\n" for number in range(150)))
    before = qInstallMessageHandler(None)
    try:
        with LogLines(file) as lines:
            _log.warning("now")
    finally:
        qInstallMessageHandler(before)
    kept = lines.text().splitlines()
    assert kept[0] == "earlier 50"
    assert kept[-2] == "earlier 149"
    assert kept[-1].endswith("now")


def test_a_log_that_cannot_be_written_does_not_stop_the_start(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    before = qInstallMessageHandler(None)
    try:
        with LogLines(tmp_path / "file" / "studio.log") as lines:
            _log.warning("still heard")
    finally:
        qInstallMessageHandler(before)
    assert "still heard" in lines.text()


def test_the_log_lies_in_the_persons_own_folder(own_home: Path) -> None:
    assert log_file().is_relative_to(own_home)


def test_a_report_is_shown_can_be_changed_and_is_only_copied(qtbot: QtBot, studio: Studio) -> None:
    dialog = ReportDialog(studio)
    qtbot.addWidget(dialog)
    dialog.show()
    field = dialog.findChild(QPlainTextEdit, "reportText")
    button = dialog.findChild(QPushButton, "copyReport")
    assert field is not None
    assert button is not None
    QGuiApplication.clipboard().setText("before")
    qtbot.waitUntil(button.isEnabled)
    assert QGuiApplication.clipboard().text() == "before"
    text = field.toPlainText()
    assert f"CNN Studio {__version__}" in text
    for each in ("Python", "Qt ", "tensorflow 2.", "System: ", "Camera: none", "Last warnings"):
        assert each in text
    assert str(Path.home()) not in text
    field.setPlainText(text.replace("System: ", "My system: "))
    button.click()
    assert QGuiApplication.clipboard().text() == field.toPlainText()
    dialog.reject()


def test_a_report_without_warnings_says_so() -> None:
    assert problem_report("", []).endswith("Camera: none\n\nLast warnings and errors:\nnone")


def test_about_names_version_and_the_licence_of_each_part(qtbot: QtBot, studio: Studio) -> None:
    dialog = AboutDialog(studio)
    qtbot.addWidget(dialog)
    table = dialog.findChild(QTableWidget, "partsTable")
    assert table is not None
    qtbot.waitUntil(lambda: table.rowCount() > 0)
    parts = installed_parts()
    named = {part.name for part in parts}
    assert {"TensorFlow", "OpenCV", "LiteRT", "NumPy", "EfficientNet-Lite0 weights"} <= named
    assert all(part.version and part.licence for part in parts)
    assert table.rowCount() == len(parts)
    dialog.reject()


def test_qts_levels_are_known() -> None:
    from cnn_studio.gui.help.log_lines import _LEVELS

    assert set(_LEVELS) == set(QtMsgType)
