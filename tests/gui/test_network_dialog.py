"""The window that asks for a network camera's address, in front of real streams."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from cnn_studio.camera import network
from cnn_studio.gui.network_dialog import NetworkDialog
from cnn_studio.gui.studio import Studio
from tests.camera.mjpeg_server import MjpegServer, mjpeg_server


@pytest.fixture
def server() -> Iterator[MjpegServer]:
    with mjpeg_server() as server:
        yield server


@pytest.fixture
def studio(studio: Studio, server: MjpegServer) -> Iterator[Studio]:
    """Ends before the server does, which waits for its clients."""
    yield studio
    studio.camera.shutdown()


class Dialog:
    """What a person sees and presses."""

    def __init__(self, qtbot: QtBot, studio: Studio) -> None:
        self.window = NetworkDialog(studio)
        self._qtbot = qtbot
        self.window.open()
        qtbot.waitExposed(self.window)

    def field(self, name: str) -> QLineEdit:
        field = self.window.findChild(QLineEdit, name)
        assert field is not None
        return field

    def button(self, name: str) -> QPushButton:
        button = self.window.findChild(QPushButton, name)
        assert button is not None
        return button

    def write(self, address: str) -> None:
        self.field("addressField").setText(address)

    def press(self, name: str) -> None:
        self._qtbot.mouseClick(self.button(name), Qt.MouseButton.LeftButton)

    def shows(self, name: str) -> str:
        label = self.window.findChild(QLabel, name)
        assert label is not None
        return label.text()

    def wait_for_end(self) -> None:
        self._qtbot.waitUntil(lambda: self.button("testButton").text() == "Test", timeout=20_000)


@pytest.fixture
def dialog(qtbot: QtBot, studio: Studio) -> Iterator[Dialog]:
    dialog = Dialog(qtbot, studio)
    yield dialog
    if isValid(dialog.window):  # a closed one is gone
        dialog.window.reject()


def test_a_test_shows_a_picture_its_size_and_its_rate(dialog: Dialog, server: MjpegServer) -> None:
    dialog.write(server.url())
    dialog.press("testButton")
    assert dialog.button("testButton").text() == "Stop"
    dialog.wait_for_end()
    assert dialog.shows("trialTitle") == "The camera answers"
    assert "160 \N{MULTIPLICATION SIGN} 120 pixels" in dialog.shows("trialText")
    assert "a second" in dialog.shows("trialText")
    picture = dialog.window.findChild(QLabel, "trialPicture")
    assert picture is not None
    colour = picture.pixmap().toImage().pixelColor(10, 60)
    assert colour.red() > colour.blue() + 50


def test_what_gives_no_picture_is_told_in_a_sentence(
    dialog: Dialog, server: MjpegServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(network, "OPEN_TIMEOUT_MS", 2000)
    dialog.write(server.url("/nothing"))
    dialog.press("testButton")
    dialog.wait_for_end()
    assert dialog.shows("trialTitle") == "No picture"
    assert "nothing at /nothing" in dialog.shows("trialText")
    assert dialog.button("connectButton").isEnabled()


def test_what_is_no_address_is_neither_tested_nor_used(studio: Studio, dialog: Dialog) -> None:
    dialog.write("ftp://camera")
    for button in ("testButton", "connectButton"):
        dialog.press(button)
        assert "must be like http" in dialog.shows("trialText")
    assert dialog.window.isVisible()
    assert studio.camera.spec is None


def test_without_an_address_there_is_nothing_to_press(dialog: Dialog) -> None:
    assert not dialog.button("testButton").isEnabled()
    assert not dialog.button("connectButton").isEnabled()


def test_connecting_uses_the_camera_and_remembers_its_address_without_the_password(
    qtbot: QtBot, studio: Studio, server: MjpegServer, dialog: Dialog, settings: QSettings
) -> None:
    dialog.write(server.url("/private", user="ann:s%40cret@"))
    dialog.press("connectButton")
    assert not dialog.window.isVisible()
    qtbot.waitUntil(lambda: studio.camera.latest() is not None)
    settings.sync()
    kept = Path(settings.fileName()).read_text()
    assert server.url("/private", user="ann@") in kept
    assert "cret" not in kept


def test_a_password_in_the_address_goes_where_it_is_not_seen(
    server: MjpegServer, dialog: Dialog
) -> None:
    dialog.write(server.url("/private", user="ann:s%40cret@"))
    dialog.press("testButton")
    assert dialog.field("addressField").text() == server.url("/private")
    assert dialog.field("userField").text() == "ann"
    assert dialog.field("passwordField").text() == "s@cret"
    assert dialog.field("passwordField").echoMode() is QLineEdit.EchoMode.Password
    dialog.wait_for_end()
    assert dialog.shows("trialTitle") == "The camera answers"


def test_a_login_of_its_own_fields_opens_a_private_stream(
    server: MjpegServer, dialog: Dialog
) -> None:
    dialog.write(server.url("/private"))
    dialog.field("userField").setText("ann")
    dialog.field("passwordField").setText("any")
    dialog.press("testButton")
    dialog.wait_for_end()
    assert dialog.shows("trialTitle") == "The camera answers"


def test_addresses_used_before_can_be_chosen(
    qtbot: QtBot, studio: Studio, settings: QSettings
) -> None:
    settings.setValue("camera/addresses", ["http://ann@phone:8080/video"])
    dialog = Dialog(qtbot, studio)
    opener = dialog.window.findChild(QAction, "recentAddresses")
    assert opener is not None
    (entry,) = dialog.window._menu.actions()
    assert entry.text() == "http://ann@phone:8080/video"
    entry.trigger()
    assert dialog.field("addressField").text() == "http://phone:8080/video"
    assert dialog.field("userField").text() == "ann"
    dialog.window.reject()


def test_the_camera_in_use_is_not_called_a_second_time(
    qtbot: QtBot, studio: Studio, server: MjpegServer, dialog: Dialog
) -> None:
    dialog.write(server.url())
    dialog.press("connectButton")
    qtbot.waitUntil(lambda: studio.camera.latest() is not None)
    again = Dialog(qtbot, studio)
    assert again.field("addressField").text() == server.url()
    again.press("testButton")
    assert again.shows("trialTitle") == "The camera answers"
    assert server.connections == 1
    again.window.reject()


def test_a_changed_address_or_stop_ends_a_test_without_an_answer(
    qtbot: QtBot, studio: Studio, server: MjpegServer, dialog: Dialog
) -> None:
    server.silent.set()
    for end in (lambda: dialog.press("testButton"), lambda: dialog.write(server.url("/page"))):
        dialog.write(server.url())
        dialog.press("testButton")
        end()
        assert dialog.button("testButton").text() == "Test"
        assert "Test shows" in dialog.shows("trialText")
    server.silent.clear()
    qtbot.waitUntil(lambda: not studio.jobs._running, timeout=20_000)
    assert "Test shows" in dialog.shows("trialText")


def test_closing_during_a_test_is_safe(
    qtbot: QtBot, studio: Studio, server: MjpegServer, dialog: Dialog
) -> None:
    server.silent.set()
    dialog.write(server.url())
    dialog.press("testButton")
    qtbot.waitUntil(lambda: server.connections == 1)
    qtbot.keyClick(dialog.window, Qt.Key.Key_Escape)
    assert not dialog.window.isVisible()
    server.silent.clear()
    qtbot.waitUntil(lambda: not studio.jobs._running, timeout=20_000)
