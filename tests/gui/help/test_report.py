"""What a report says and what it leaves out, and that About names the parts."""

from __future__ import annotations

import logging
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QtMsgType, qInstallMessageHandler, qWarning
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QPlainTextEdit, QPushButton, QTableWidget
from pytestqt.qtbot import QtBot

from cnn_studio import __version__
from cnn_studio.camera.feed import FeedStatus
from cnn_studio.camera.spec import parse_spec
from cnn_studio.gui.application import Problems
from cnn_studio.gui.help.about_dialog import AboutDialog
from cnn_studio.gui.help.log_lines import LogLines, last_log_lines, log_file
from cnn_studio.gui.help.parts import PACKAGES, REPORTED_PACKAGES, installed_parts
from cnn_studio.gui.help.problem_report import problem_report, without_names
from cnn_studio.gui.help.report_dialog import ReportDialog
from cnn_studio.gui.studio import Studio
from cnn_studio.paths import Workspace

_log = logging.getLogger("cnn_studio.test")


def test_home_folder_name_and_login_are_not_in_a_report() -> None:
    text = (
        "/home/ada/pets/x.jpg and /home/adas/x, C:\\Users\\Ada, by Ada; "
        "rtsp://ada:secret@10.0.0.1/stream in /home/ada"
    )
    said = without_names(text, Path("/home/ada"), "ada")
    assert said == "~/pets/x.jpg and /home/adas/x, C:\\Users\\~, by ~; rtsp://10.0.0.1 in ~"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("rtsp://u:p@ss@host/x", "rtsp://host"),
        ("rtsp://u:pa/ss@host", "rtsp://host"),
        ("rtsp://u:pa?ss#@host:554/a?b", "rtsp://host:554"),
        ("rtsp://u:pa ss@host", "rtsp://~ ~@host"),
        ("No video: http://cam/video?user=admin&pwd=secret.", "No video: http://cam"),
        ("http://cam/video?token=abc is refused", "http://cam is refused"),
        ("http://cam/user=admin&password=secret/1", "http://cam"),
        ("'u:secret@host:554': no route", "~@host:554 no route"),
        ("cam/video?token=abc", "cam/video?~"),
        ("rtsp%3A//u:secret@h", "rtsp://h"),
        ("RTSP%3A%2F%2Fu%3Asecret%40h%2Fx", "RTSP://h"),
        ("rtsp%253A%252F%252Fu%253Asecret%2540h", "rtsp://h"),
        (r'{"a": "rtsp:\/\/u:secret@h\/x"}', r'{"a": "rtsp://h'),
        ("https://u:secret@[fe80::1]:81/v", "https://[fe80::1]:81"),
        ("password=secret, PWD: secret", "password=~ PWD: ~"),
        ("see http://cam.", "see http://cam."),
        ("shape (2, 3) @ (3, 4) and foo.py:12: x", "shape (2, 3) @ (3, 4) and foo.py:12: x"),
    ],
)
def test_an_address_is_cut_to_scheme_and_host(text: str, expected: str) -> None:
    assert without_names(text, Path("/home/ada"), "ada") == expected


@pytest.mark.parametrize(
    ("text", "user", "expected"),
    [
        ("It is in /home/al. Not in /home/al.b", "al", "It is in ~. Not in /home/al.b"),
        ("/home/al-b, /home/al, /home/al/x", "al", "/home/al-b, ~, ~/x"),
        ("/media/al/USB and also", "al", "/media/~/USB and also"),
        ("anna_b, x_anna, anna2 on annabel", "anna", "~_b, x_~, ~2 on annabel"),
        ("/home/j%C3%BCrg/x", "j\u00fcrg", "~/x"),
    ],
)
def test_home_folders_and_user_names_are_found_wherever_they_end(
    text: str, user: str, expected: str
) -> None:
    assert without_names(text, Path("/home") / user, user) == expected


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


def _composed(qtbot: QtBot, studio: Studio) -> tuple[ReportDialog, QPlainTextEdit, QPushButton]:
    """The dialog with its text, and what copies it."""
    dialog = ReportDialog(studio)
    qtbot.addWidget(dialog)
    dialog.show()
    field = dialog.findChild(QPlainTextEdit, "reportText")
    button = dialog.findChild(QPushButton, "copyReport")
    assert field is not None
    assert button is not None
    qtbot.waitUntil(button.isEnabled)
    return dialog, field, button


def test_a_report_is_shown_can_be_changed_and_is_only_copied(qtbot: QtBot, studio: Studio) -> None:
    QGuiApplication.clipboard().setText("before")
    dialog, field, button = _composed(qtbot, studio)
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


def test_a_report_has_no_names_of_workspace_datasets_classes_and_cameras(
    qtbot: QtBot, studio: Studio, workspace: Workspace, tmp_path: Path
) -> None:
    studio.load_datasets()
    studio.create_dataset("Annas toys", ("Emil", "b", "cap"))
    before = qInstallMessageHandler(None)
    try:
        with LogLines(tmp_path / "studio.log"):
            _log.warning("%s cannot be read", workspace.datasets / "annas-toys" / "b" / "x.jpg")
            _log.warning("Emil of Annas toys, a cap, is damaged; objects are not")
            _log.warning("http://cam/video?token=abc does not answer")
            dialog, field, _button = _composed(qtbot, studio)
    finally:
        qInstallMessageHandler(before)
    text = field.toPlainText()
    number = [each.name for each in studio.datasets].index("annas-toys") + 1
    place = f"<workspace>/datasets/<dataset {number}>/<class 2>/x.jpg"
    assert f"{place} cannot be read" in text
    assert f"<class 1> of <dataset {number}>, a cap, is damaged; objects are not" in text
    assert "http://cam does not answer" in text
    said = " ".join(label.text() for label in dialog.findChildren(QLabel))
    for each in ("~ stands for", "<class 1>", "Names of files", "no images"):
        assert each in said


def test_a_report_says_how_the_camera_is_but_not_what_it_is_called(
    qtbot: QtBot, studio: Studio, tmp_path: Path
) -> None:
    studio.camera.open(parse_spec(str(tmp_path / "Annas iPhone.mp4")))
    qtbot.waitUntil(lambda: studio.camera.state.status is FeedStatus.FAILED)
    assert "Annas iPhone" in studio.camera.state.message
    _dialog, field, _button = _composed(qtbot, studio)
    assert "Camera: video, failed" in field.toPlainText()
    assert "Annas" not in field.toPlainText()


def test_a_report_names_the_packages_that_about_names() -> None:
    report = problem_report("", [])
    assert all(f"\n{name} " in report for name in REPORTED_PACKAGES)
    assert set(REPORTED_PACKAGES) <= {name for name, *_ in PACKAGES}


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
