"""Network cameras: a real http server on loopback, read by OpenCV as a phone would be."""

from __future__ import annotations

import socket
from contextlib import closing

import numpy as np
import pytest

from cnn_studio.camera import network
from cnn_studio.camera.feed import FeedStatus
from cnn_studio.camera.network import NetworkSource
from cnn_studio.errors import CameraError
from tests.camera.mjpeg_server import PICTURE_SHAPE, mjpeg_server
from tests.camera.running_feed import RunningFeed


def _free_port() -> int:
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        return int(server.getsockname()[1])


def _refusal(url: str) -> str:
    source = NetworkSource(url)
    with pytest.raises(CameraError) as refusal:
        source.open()
    return str(refusal.value)


def test_a_stream_gives_rgb_frames() -> None:
    with mjpeg_server() as server, RunningFeed(NetworkSource(server.url())) as running:
        running.wait_for_frames(5)
        image = running.frames[-1].image_rgb
    assert image.shape == PICTURE_SHAPE
    red, _green, blue = image[60].reshape(-1, 3).mean(axis=0)
    assert red > blue + 50


def test_damaged_pictures_do_not_end_a_stream() -> None:
    with mjpeg_server() as server:
        server.damage_every = 3
        with RunningFeed(NetworkSource(server.url())) as running:
            running.wait_for_frames(40)
        assert server.connections == 1
    assert FeedStatus.FAILED not in running.statuses


def test_a_stream_that_breaks_off_is_taken_up_again() -> None:
    with mjpeg_server() as server:
        server.pictures_per_connection = 8
        with RunningFeed(NetworkSource(server.url())) as running:
            running.wait_for_status(FeedStatus.FAILED)
            assert "sends no more pictures" in running.states[-1].message
            running.wait_until(lambda: running.statuses.count(FeedStatus.RUNNING) >= 2)


def test_a_stream_that_falls_silent_is_given_up_in_bounded_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(network, "READ_TIMEOUT_MS", 500)
    with mjpeg_server() as server, RunningFeed(NetworkSource(server.url())) as running:
        running.wait_for_frames(3)
        server.silent.set()
        running.wait_for_status(FeedStatus.FAILED)
        server.silent.clear()
        running.wait_for_status(FeedStatus.RUNNING)


def test_a_camera_that_is_switched_on_later_is_found() -> None:
    port = _free_port()
    with RunningFeed(NetworkSource(f"http://127.0.0.1:{port}/video")) as running:
        running.wait_for_status(FeedStatus.FAILED)
        assert f"No camera answers at 127.0.0.1, port {port}" in running.states[-1].message
        with mjpeg_server(port):
            running.feed.retry()
            running.wait_for_frames(1)


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/page", "sends no video here"),
        ("/nothing", "nothing at /nothing"),
        ("/private", "wants a user name and password"),
        (
            "/pict\N{LATIN SMALL LETTER U WITH DIAERESIS}re",
            "sends no video|nothing at ",
        ),
    ],
)
def test_what_is_no_stream_is_told_apart(
    path: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(network, "OPEN_TIMEOUT_MS", 2000)
    with mjpeg_server() as server:
        message = _refusal(server.url(path))
    assert any(word in message for word in words.split("|"))


def test_a_user_and_password_open_a_private_stream_and_are_never_shown() -> None:
    with mjpeg_server() as server:
        source = NetworkSource(server.url("/private", user="bob:secret@"))
        source.open()
        assert source.read().dtype == np.uint8
        source.close()
        refused = _refusal(server.url("/page", user="bob:secret@"))
    assert "secret" not in source.description + refused
    assert "bob" not in source.description + refused


def test_a_name_that_no_device_has_is_told() -> None:
    # "invalid" is reserved for names that never exist (RFC 2606).
    assert "No device is found under this name" in _refusal("http://camera.invalid/video")
