"""Trying an address: a picture and a rate, or a sentence."""

from __future__ import annotations

import pytest

from cnn_studio.camera import network
from cnn_studio.camera.network_trial import try_stream
from cnn_studio.errors import CameraError
from tests.camera.mjpeg_server import PICTURE_SHAPE, mjpeg_server


def test_a_stream_shows_its_first_picture_and_its_rate() -> None:
    with mjpeg_server() as server:
        trial = try_stream(server.url(), lambda: False)
        assert server.connections == 1
    assert trial is not None
    assert trial.image_rgb.shape == PICTURE_SHAPE
    assert trial.frames_per_second > 5


def test_a_stream_that_ends_after_some_pictures_still_shows_the_first() -> None:
    with mjpeg_server() as server:
        server.pictures_per_connection = 8
        trial = try_stream(server.url(), lambda: False)
    assert trial is not None
    assert trial.image_rgb.shape == PICTURE_SHAPE


def test_an_address_without_a_stream_is_told_and_no_password_with_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(network, "OPEN_TIMEOUT_MS", 2000)
    with mjpeg_server() as server, pytest.raises(CameraError, match="no video here") as refusal:
        try_stream(server.url("/page", user="ann:secret@"), lambda: False)
    assert "secret" not in str(refusal.value)


def test_what_is_cancelled_hangs_up_and_gives_nothing() -> None:
    with mjpeg_server() as server:
        assert try_stream(server.url(), lambda: True) is None


def test_a_missing_password_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network, "OPEN_TIMEOUT_MS", 2000)
    wanted = pytest.raises(CameraError, match="wants a user name and password")
    with mjpeg_server() as server, wanted:
        try_stream(server.url("/private"), lambda: False)
