"""The command without a job: the window."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from cnn_studio.cli.window import window_options


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ([], (None, None)),
        (["--workspace", "here"], ("here", None)),
        (["--camera=demo:shoe", "--workspace=a=b"], ("a=b", "demo:shoe")),
        (["--camera", "0"], (None, "0")),
        (["train", "objects"], None),
        (["--workspace", "here", "train"], None),
        (["--workspace"], None),
        (["--workspace", "--camera", "0"], None),
        (["--help"], None),
    ],
)
def test_only_words_that_ask_for_the_window_alone_are_taken(
    words: list[str], expected: tuple[str | None, str | None] | None
) -> None:
    assert window_options(words) == expected


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux can lack a screen")
def test_without_a_screen_the_command_says_so_in_one_sentence() -> None:
    hidden = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    environment = {name: value for name, value in os.environ.items() if name not in hidden}
    done = subprocess.run(
        [sys.executable, "-m", "cnn_studio"], env=environment, capture_output=True, text=True
    )
    assert done.returncode == 1
    assert "no screen" in done.stderr
    assert len(done.stderr.splitlines()) == 1
