"""Addresses of network cameras: with a login and without, and what of them may be kept."""

from __future__ import annotations

import pytest

from cnn_studio.camera.network_address import NetworkAddress, kept_form, parse_address
from cnn_studio.camera.network_check import without_secrets
from cnn_studio.camera.spec import parse_spec
from cnn_studio.errors import UsageError


@pytest.mark.parametrize(
    ("text", "url", "user", "password"),
    [
        ("http://phone:8080/video", "http://phone:8080/video", "", ""),
        (" phone:8080/video ", "http://phone:8080/video", "", ""),
        ("rtsp://ann@cam/live?a=1", "rtsp://cam/live?a=1", "ann", ""),
        ("rtsp://ann:p%40ss%3A@cam/live", "rtsp://cam/live", "ann", "p@ss:"),
        ("https://ann:a:b@[::1]:81/v", "https://[::1]:81/v", "ann", "a:b"),
    ],
)
def test_an_address_is_taken_apart(text: str, url: str, user: str, password: str) -> None:
    assert parse_address(text) == NetworkAddress(url, user, password)


def test_a_password_of_any_signs_opens_the_stream_and_is_read_back() -> None:
    address = NetworkAddress("http://cam/video", "ann", "p@ss:/?#%w\N{EURO SIGN}")
    assert parse_address(address.spec.target) == address


@pytest.mark.parametrize("text", ["", "ftp://cam/video", "http://", "http://cam:port/", "http://["])
def test_what_is_no_address_is_told(text: str) -> None:
    with pytest.raises(UsageError, match="must be like http"):
        parse_address(text)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("http://ann:secret@cam/video", "http://ann@cam/video"),
        ("http://cam/video?user=ann&pwd=secret&size=2", "http://cam/video?user=ann&pwd=&size=2"),
        ("http://cam/video?access_token=secret", "http://cam/video?access_token="),
        ("rtsp://cam/real?channel=1&subtype=0", "rtsp://cam/real?channel=1&subtype=0"),
        ("webcam:C920", "webcam:C920"),
        ("demo:cap", "demo:cap"),
    ],
)
def test_no_secret_is_kept(text: str, kept: str) -> None:
    assert kept_form(parse_spec(text)) == kept
    parse_spec(kept)


def test_a_password_is_not_shown_where_an_address_is_printed() -> None:
    assert "secret" not in repr(parse_address("http://ann:secret@cam/video"))


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("http://cam:81/live@1?token=a", "http://cam:81/live@1"),
        ("RTSP://u:p@cam/live?mail=a@b", "rtsp://cam/live"),
        ("rtsp://u:p@ss@cam/live", "rtsp://cam/live"),
        ("rtsp://u:pa/ss@cam/live", "rtsp://cam/live"),
        ("rtsp://u:pa?ss@cam/live", "rtsp://cam/live"),
        ("http://u:p@[::1]:81/v", "http://[::1]:81/v"),
    ],
)
def test_an_address_is_shown_without_its_secrets(url: str, shown: str) -> None:
    assert without_secrets(url) == shown
