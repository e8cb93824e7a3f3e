"""Every text of the window has the room that it needs, and none is written over another."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from cnn_studio.gui.main_window import MainWindow
from cnn_studio.gui.studio import Studio
from cnn_studio.gui.theme import Mode
from cnn_studio.gui.training.training_control import TrainingControl
from tests.gui.layout import Findings
from tests.gui.layout_states import STATES, furnish
from tests.gui.numbers.conftest import in_millions as in_millions
from tests.gui.numbers.conftest import settle

IS_SHARP = os.environ.get("QT_SCALE_FACTOR") == "2"
# In points: 2x is what is left of 1920x1080 and of 2560x1600 pixels.
SIZES = (
    ((960, 540), (1280, 800))
    if IS_SHARP
    else ((960, 640), (1280, 800), (1920, 1080), (2560, 1600))
)
LEAST_CHECKED = 500


@pytest.fixture
def window(
    qtbot: QtBot, in_millions: None, studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> Iterator[MainWindow]:
    """The window, in which there seem to be millions of everything and all names are long."""
    # Nothing is trained here, and to warm the engine takes seconds of a processor.
    monkeypatch.setattr(TrainingControl, "keep_warm", lambda _control, _warm, _network=None: None)
    furnish(studio.workspace)
    studio.load_datasets()
    window = MainWindow(studio)
    qtbot.addWidget(window)
    window.show()
    qtbot.waitExposed(window)
    yield window
    window.close()


@pytest.mark.parametrize("look", [Mode.LIGHT, Mode.DARK])
@pytest.mark.parametrize("page", list(STATES))
def test_texts_have_their_room(
    qtbot: QtBot, window: MainWindow, studio: Studio, page: str, look: Mode
) -> None:
    studio.theme.set_mode(look)
    found = Findings()
    for state in STATES[page](qtbot, window, studio):
        for size in SIZES:
            window.resize(*size)
            settle()
            found.look_at(window, f"{page}, {state}, {size[0]}x{size[1]}")
    print(f"{page}, {look}: {found.checked} widgets were checked.")
    assert not found.faults, "\n".join(found.faults)
    assert found.checked > LEAST_CHECKED
