"""F1: what it lists, how it is searched, and that it opens wherever the keyboard is."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QLineEdit, QPushButton, QTableWidget, QWidget
from pytestqt.qtbot import QtBot

from cnn_studio.gui.help.key_lines import KeyLine, Place, key_lines, without_keys
from cnn_studio.gui.help.key_sheet import KeySheet
from cnn_studio.gui.main_window import MainWindow
from cnn_studio.gui.network_dialog import NetworkDialog
from cnn_studio.gui.studio import Studio


@pytest.fixture
def window(qtbot: QtBot, studio: Studio) -> Iterator[MainWindow]:
    window = MainWindow(studio)
    qtbot.addWidget(window)
    studio.load_datasets()
    window.show_page("capture")
    window.show()
    qtbot.waitExposed(window)
    yield window
    window.close()


def _shown(sheet: QDialog) -> list[tuple[str, str]]:
    table = sheet.findChild(QTableWidget, "keyTable")
    assert table is not None
    cells = [[table.item(row, column) for column in (0, 1)] for row in range(table.rowCount())]
    return [(a.text() if a else "", b.text() if b else "") for a, b in cells]


def _sheet(window: QWidget) -> KeySheet:
    sheet = window.findChild(KeySheet)
    assert sheet is not None
    return sheet


def test_f1_shows_the_keys_of_the_present_tab_first_and_escape_closes(
    qtbot: QtBot, window: MainWindow
) -> None:
    qtbot.keyClick(window, Qt.Key.Key_F1)
    lines = _shown(_sheet(window))
    headings = [keys for keys, text in lines if not text and "+" not in keys]
    assert headings == ["Capture", "Everywhere", "Train", "Predict"]
    assert ("Ctrl+K", "Checkup: find copies, flawed images and unequal classes") in lines
    assert ("F1", "Show all keys") in lines
    field = _sheet(window).findChild(QLineEdit, "keySearchField")
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: window.findChild(KeySheet) is None)
    window.show_page("prediction")
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    qtbot.keyClick(window, Qt.Key.Key_F1)
    assert _shown(_sheet(window))[0] == ("Predict", "")


def test_typing_finds_by_words_and_by_keys(qtbot: QtBot, window: MainWindow) -> None:
    window.help.show_keys()
    sheet = _sheet(window)
    field = sheet.findChild(QLineEdit, "keySearchField")
    assert field is not None
    qtbot.keyClicks(field, "start train")
    assert _shown(sheet) == []
    field.setText("NETWORK train")
    assert ("Ctrl+Return", "Train the network") in _shown(sheet)
    field.setText("ctrl+shift+e")
    assert [keys for keys, text in _shown(sheet) if text] == ["Ctrl+Shift+E"] * 2
    qtbot.keyClick(field, Qt.Key.Key_Down)
    assert sheet.focusWidget() is sheet.findChild(QTableWidget, "keyTable")


def test_all_tabs_are_on_the_sheet_though_only_one_was_open_and_no_work_begins(
    window: MainWindow, studio: Studio
) -> None:
    places = {line.place for line in window.help.lines()}
    assert places == {Place.EVERYWHERE, Place.CAPTURE, Place.TRAINING, Place.PREDICTION}
    assert not studio.is_training
    assert not studio.jobs.activities.running


def test_a_dialog_answers_f1_with_its_own_keys_first(
    qtbot: QtBot, window: MainWindow, studio: Studio
) -> None:
    dialog = NetworkDialog(studio, window)
    dialog.open()
    qtbot.waitExposed(dialog)
    dialog.activateWindow()
    qtbot.waitUntil(lambda: dialog.isActiveWindow())
    handle = dialog.windowHandle()
    assert handle is not None
    qtbot.keyClick(handle, Qt.Key.Key_F1)
    lines = _shown(_sheet(dialog))
    assert lines[0] == ("This window", "")
    assert ("Ctrl+T", "Look for a picture at this address") in lines
    _sheet(dialog).reject()
    dialog.reject()


def test_keys_are_read_from_shortcuts_buttons_and_widgets_that_declare_theirs(
    qtbot: QtBot,
) -> None:
    class Declaring(QWidget):
        def key_hints(self) -> list[tuple[str, str]]:
            return [("Space", "Pan")]

    root = Declaring()
    qtbot.addWidget(root)
    button = QPushButton("Go", root)
    button.setToolTip("Go on (Ctrl+G)\nMore of it")
    QShortcut(QKeySequence("Ctrl+G"), root)
    for digit in "123":
        QShortcut(QKeySequence(digit), root).setWhatsThis("Choose a class")
    assert key_lines(root, Place.DIALOG) == [
        KeyLine(Place.DIALOG, "Space", "Pan"),
        KeyLine(Place.DIALOG, "Ctrl+G", "Go on"),
        KeyLine(Place.DIALOG, "1 … 3", "Choose a class"),
    ]


@pytest.mark.parametrize(
    ("tip", "words"),
    [
        ("Delete (Del)", "Delete"),
        ("Save (CSV)", "Save (CSV)"),
        ("Save (CSV) (Ctrl+S)", "Save (CSV)"),
        ("Plain", "Plain"),
    ],
)
def test_only_a_key_is_taken_from_a_tooltip(tip: str, words: str) -> None:
    key = tip.rpartition("(")[2].removesuffix(")")
    assert without_keys(tip, key if "CSV" not in key else "Ctrl+X") == words


def test_reading_the_keys_of_all_tabs_loads_no_tensorflow(tmp_path: Path) -> None:
    """In an interpreter of its own: another test may have loaded it into this one."""
    code = f"""
import sys
from pathlib import Path
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication
import cnn_studio.gui.help.about_dialog, cnn_studio.gui.help.key_sheet
import cnn_studio.gui.help.report_dialog
from cnn_studio.gui.main_window import MainWindow
from cnn_studio.gui.studio import Studio
from cnn_studio.paths import Workspace
application = QApplication([])
settings = QSettings({str(tmp_path / "settings.ini")!r}, QSettings.Format.IniFormat)
studio = Studio(Workspace(Path({str(tmp_path)!r})), settings)
studio.load_datasets()
window = MainWindow(studio)
window.show()
places = {{line.place.value for line in window.help.lines()}}
assert places == {{"everywhere", "capture", "training", "prediction"}}, places
is_loaded = "tensorflow" in sys.modules
window.close()
assert studio.shutdown()
sys.exit(is_loaded)
"""
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


_NO_COMMANDS = (
    "what",
    "which",
    "whether",
    "how",
    "words",
    "all",
    "a",
    "another",
    "it",
    "back",
    "the",
    "some",
    "to",
    "one",
    "both",
    "as",
    "leave it at",
    "more",
    "thumbnails",
    "history",
    "epochs",
    "hold",
    "notes",
    "shares",
)


def test_every_line_says_what_its_key_does(window: MainWindow) -> None:
    window.help.show_keys()
    lines = [(keys, text) for keys, text in _shown(_sheet(window)) if text]
    assert [line for line in lines if line[1].casefold().startswith(_words(_NO_COMMANDS))] == []
    for line in (
        ("Ctrl+F", "Find files by name, folder or class"),
        ("Ctrl+F", "Find runs by name, note or dataset"),
        ("Ctrl+.", "Stop classifying and keep the answers so far"),
        ("Ctrl+R", "Classify the files that the chosen model has not seen"),
        ("Ctrl+Shift+M", "Open a model file of another studio or of Teachable Machine"),
        ("Alt+P", "Choose how recording begins and ends, and what is skipped"),
        ("Alt+S", "Show shares of each true class instead of counts"),
        ("Ctrl+1", "Go to Capture"),
        ("Ctrl+Shift+H", "Choose which lines are drawn"),
    ):
        assert line in lines


def _words(starts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"{each} " for each in starts)
