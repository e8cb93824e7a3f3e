"""The steps of the main job, as a person takes them: capture, train, classify."""

from __future__ import annotations

import re
import time
from collections import Counter
from pathlib import Path

from tests.end_to_end.studio_window import StudioWindow, Widget

OBJECTS = ("shoe", "cap", "cellphone", "pencil", "book")
FRAMES = 60
_LOOKS = 20
_LOOK_INTERVAL_S = 0.2  # so that twenty looks see some five scenes of the demo camera
_TRAINING_S = 400
_COUNTS = re.compile(r"([\d,]+) (kept|lost)")


def wait_for_camera(studio: StudioWindow, description: str) -> None:
    """Wait until a camera gives pictures."""
    studio.wait_for("cameraRate", lambda rate: description in rate.text and "fps" in rate.text)


def open_video(studio: StudioWindow, video: Path) -> None:
    """Choose a video file as the camera, in the header."""
    studio.choose("cameraChooser", "Video file …")
    studio.enter_text("fileNameEdit", str(video))
    studio.key("Return")
    wait_for_camera(studio, video.name)


def choose_class(studio: StudioWindow, name: str) -> None:
    """Choose a class with the mouse."""
    studio.click_row("classList", name)
    studio.wait_for("galleryTitle", lambda title: title.text == name)


def show_demo_object(studio: StudioWindow, name: str) -> None:
    """Have the demo camera hold up an object."""
    studio.click(f"demo-{name}")
    studio.wait_for(f"demo-{name}", lambda button: button.checked)


def record_with_mouse(studio: StudioWindow) -> None:
    """Hold the record button down until enough frames are kept."""
    before = _counter(studio)
    studio.press("recordButton")
    _wait_for_frames(studio, before)
    studio.release()


def record_with_space(studio: StudioWindow) -> None:
    """Hold Space down until enough frames are kept."""
    before = _counter(studio)
    studio.hold_key("space")
    _wait_for_frames(studio, before)
    studio.let_go_of_key("space")


def train(studio: StudioWindow, epochs: int) -> None:
    """Set the epochs, start, and wait for the end."""
    studio.enter_text("epochsField", str(epochs))
    studio.click("startButton")
    studio.wait_for("stopButton")
    studio.wait_for("tryButton", timeout_s=_TRAINING_S)


def check_recognized(studio: StudioWindow, name: str) -> None:
    """Look at the top class until it is right, and then again and again: it must stay so mostly.

    Raises:
        AssertionError: It is not.
    """
    studio.wait_for("topClass", lambda top: top.text == name)
    seen: Counter[str] = Counter()
    for _ in range(_LOOKS):
        time.sleep(_LOOK_INTERVAL_S)
        top = studio.find("topClass")
        seen[top.text if top else ""] += 1
    assert seen[name] > _LOOKS / 2, f"{name} was taken for {seen}."


def recorded_files(workspace: Path, class_name: str) -> list[Path]:
    """The images of a class of the everyday objects, oldest first."""
    return sorted((workspace / "datasets" / "objects" / class_name).iterdir())


def _counter(studio: StudioWindow) -> str:
    counter = studio.find("frameCounter")
    return counter.text if counter else ""


def _wait_for_frames(studio: StudioWindow, before: str) -> None:
    """Wait until enough frames are kept, counted anew since the button went down."""
    started = studio.wait_for("frameCounter", lambda counter: counter.text != before)
    counted = [_kept_and_lost(started)]

    def enough(counter: Widget) -> bool:
        counted.append(_kept_and_lost(counter))
        return counted[-1][0] >= FRAMES

    studio.wait_for("frameCounter", enough, timeout_s=60)
    assert counted[-1][1] == 0, "Frames were lost."


def _kept_and_lost(counter: Widget) -> tuple[int, int]:
    """The numbers of `40 kept · 0 lost · 3 skipped as the same`."""
    found = {word: int(number.replace(",", "")) for number, word in _COUNTS.findall(counter.text)}
    return found.get("kept", 0), found.get("lost", 0)
