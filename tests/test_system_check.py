"""One sentence instead of Qt's abort where the system lacks something."""

from __future__ import annotations

import sys

import pytest

from cnn_studio import system_check
from cnn_studio.system_check import window_obstacle
from tests.screen import Screen

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux can lack these")

NONE_INSTALLED = {"libnowhere.so.9": ("libnowhere9", "nowhere")}


def test_a_window_that_needs_no_screen_has_no_obstacle() -> None:
    assert window_obstacle({"QT_QPA_PLATFORM": "offscreen"}) is None
    assert window_obstacle({"QT_QPA_PLATFORM": "vnc:size=1280x800"}) is None


def test_without_a_screen_the_sentence_says_so() -> None:
    assert "no screen" in str(window_obstacle({}))
    assert "no screen" in str(window_obstacle({"QT_QPA_PLATFORM": ""}))


def test_a_screen_that_does_not_answer_is_named() -> None:
    assert "screen :4077 does not answer" in str(window_obstacle({"DISPLAY": ":4077"}))


def test_wayland_is_a_screen() -> None:
    assert window_obstacle({"WAYLAND_DISPLAY": "wayland-0"}) is None


def test_missing_libraries_are_one_sentence_with_the_packages_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(system_check, "_ALWAYS", NONE_INSTALLED)
    sentence = str(window_obstacle({"QT_QPA_PLATFORM": "offscreen"}))
    assert "apt install libnowhere9" in sentence
    assert "dnf install nowhere" in sentence
    assert "\n" not in sentence


def test_libraries_of_x11_are_asked_for_only_where_x11_is_used(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(system_check, "_FOR_X11", NONE_INSTALLED)
    assert window_obstacle({"QT_QPA_PLATFORM": "offscreen"}) is None
    assert window_obstacle({"WAYLAND_DISPLAY": "wayland-0"}) is None
    assert "libnowhere9" in str(window_obstacle({"DISPLAY": ":0"}))


@pytest.mark.display
def test_a_screen_that_answers_is_no_obstacle(screen: Screen) -> None:
    assert window_obstacle(screen.environment) is None
