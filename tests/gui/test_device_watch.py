"""Noticing that a webcam was plugged in or out, without opening one."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from cnn_studio.gui import device_watch
from cnn_studio.gui.device_watch import DeviceWatch


@pytest.fixture
def devices(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(device_watch, "DEVICES", tmp_path)
    monkeypatch.setattr(device_watch, "_SETTLE_MS", 50)
    return tmp_path


def test_a_webcam_that_comes_is_told_once_however_many_files_it_makes(
    qtbot: QtBot, devices: Path
) -> None:
    watch = DeviceWatch()
    told: list[int] = []
    watch.changed.connect(lambda: told.append(1))
    with qtbot.waitSignal(watch.changed):
        for name in ("video0", "video1", "media0"):
            (devices / name).touch()
    with qtbot.waitSignal(watch.changed):
        (devices / "video0").unlink()
    assert len(told) == 2
    watch.stop()


def test_other_devices_are_not_told(qtbot: QtBot, devices: Path) -> None:
    (devices / "video0").touch()
    watch = DeviceWatch()
    with (
        qtbot.waitSignal(watch._settle.timeout),
        qtbot.assertNotEmitted(watch.changed),
    ):
        (devices / "ttyUSB0").touch()
    watch.stop()


def test_a_webcam_that_was_out_for_a_moment_is_another_one(qtbot: QtBot, devices: Path) -> None:
    (devices / "video0").touch()
    watch = DeviceWatch()
    with qtbot.waitSignal(watch.changed):
        (devices / "keeps-the-inode").touch()
        (devices / "video0").rename(devices / "gone")
        (devices / "video0").touch()
    watch.stop()


def test_where_devices_are_no_files_there_is_a_look_now_and_then_while_the_window_is_used(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(device_watch, "DEVICES", None)
    monkeypatch.setattr(device_watch, "_POLL_INTERVAL_MS", 20)
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    watch = DeviceWatch()
    with qtbot.waitSignals([watch.changed, watch.changed]):
        pass
    window.hide()
    with qtbot.waitSignals([watch._poll.timeout] * 2), qtbot.assertNotEmitted(watch.changed):
        pass
    watch.stop()


def test_a_folder_that_cannot_be_watched_is_looked_at_now_and_then(
    monkeypatch: pytest.MonkeyPatch, qapp: QApplication
) -> None:
    monkeypatch.setattr(device_watch, "DEVICES", Path("/nowhere/devices"))
    watch = DeviceWatch()
    assert watch._poll.isActive()
    watch.stop()
    watch.stop()
    assert not watch._poll.isActive()
