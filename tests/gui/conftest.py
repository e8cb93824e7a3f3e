"""A studio of its own for each test, and webcams to plug in and out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication

from cnn_studio.gui import device_watch
from cnn_studio.gui.key_repeat import KeyRepeat
from cnn_studio.gui.studio import Studio
from cnn_studio.paths import Workspace
from tests.camera.fake_webcams import FakeWebcams


@pytest.fixture
def settings(tmp_path: Path) -> QSettings:
    """Settings that nothing has been written to."""
    return QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)


@pytest.fixture
def studio(qapp: QApplication, workspace: Workspace, settings: QSettings) -> Iterator[Studio]:
    """The state above the tabs; the camera is off."""
    studio = Studio(workspace, settings)
    studio.theme.apply()
    yield studio
    assert studio.shutdown()


@pytest.fixture
def key_repeat(qapp: QApplication) -> Iterator[KeyRepeat]:
    """What `create_application` installs: a key that is held down acts once."""
    key_repeat = KeyRepeat(qapp)
    yield key_repeat
    key_repeat.setParent(None)
    key_repeat.deleteLater()


@pytest.fixture
def webcams(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeWebcams:
    """No webcam yet. To be asked for before the studio is started."""
    devices = tmp_path / "devices"
    devices.mkdir()
    monkeypatch.setattr(device_watch, "DEVICES", devices)
    monkeypatch.setattr(device_watch, "_SETTLE_MS", 50)
    return FakeWebcams(monkeypatch, devices)
