"""A video and a part of a real screen are classified, with a real mouse and keyboard."""

from __future__ import annotations

import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.end_to_end.studio_window import StudioWindow
from tests.screen import Screen

pytestmark = [pytest.mark.display]

_RATE = 20
_SECONDS = 4


def test_a_video_and_a_part_of_the_screen_are_classified(
    screen: Screen, tmp_path: Path, models: Path
) -> None:
    workspace, clip = tmp_path / "workspace", tmp_path / "clip.avi"
    shutil.copytree(models / "grey", workspace / "runs" / "grey")
    _write_clip(clip)
    with StudioWindow(screen, tmp_path, workspace, "demo") as studio:
        studio.wait_for("cameraRate", lambda rate: "fps" in rate.text)
        studio.click("predictionPage")
        studio.wait_for("topClass")

        studio.click("sourceChooser")
        studio.wait_for("sourceMenu")
        studio.key("Down", "Down", "Return")
        studio.enter_text("fileNameEdit", str(clip))
        studio.key("Return")
        studio.wait_for("videoTime", lambda label: label.text.endswith(f" of 0:0{_SECONDS}.0"))
        line = studio.wait_for("videoLine").place
        _click(screen, line.left + line.width * 3 // 4, line.top + line.height // 2)
        studio.wait_for("topClass", lambda top: top.text == "light")
        studio.key("space", "Home")
        studio.wait_for("topClass", lambda top: top.text == "dark")
        studio.key("Right")
        studio.wait_for("videoLine", lambda slider: slider.text == str(1000 // _RATE))

        studio.click("sourceChooser")
        studio.wait_for("sourceMenu")
        studio.key("Down", "Down", "Down", "Return")
        studio.wait_for("regionOverlay", lambda overlay: overlay.focused)
        studio.key("Escape")
        studio.wait_for("sourceChooser", lambda chooser: chooser.text.strip() == clip.name)

        header = studio.wait_for("header").place  # light in the light look that there is here
        studio.click("sourceChooser")
        studio.wait_for("sourceMenu")
        studio.key("Down", "Down", "Down", "Return")
        overlay = studio.wait_for("regionOverlay").place
        assert (overlay.left, overlay.top) == (0, 0)
        _drag(screen, header.left + header.width // 2, header.top + 4, 40)
        chosen = "Screen region 40 × 40"  # noqa: RUF001
        studio.wait_for("sourceChooser", lambda chooser: chooser.text.strip() == chosen)
        studio.wait_for("topClass", lambda top: top.text == "light")

        studio.key("ctrl+h")
        count = studio.wait_for("historyCount", lambda label: "frames are kept" in label.text)
        assert int(count.text.split()[0].replace(",", "")) > 10
        studio.key("Escape")
        studio.click("sourceChooser")
        studio.wait_for("sourceMenu")
        studio.key("Down", "Return")
        studio.wait_for("sourceChooser", lambda chooser: chooser.text.strip() == "Camera")
        studio.wait_for("demo-shoe")


def _click(screen: Screen, x: int, y: int) -> None:
    screen.xdotool("mousemove", str(x), str(y), "click", "1")


def _drag(screen: Screen, x: int, y: int, side: int) -> None:
    """Drag over a square."""
    screen.xdotool("mousemove", str(x), str(y), "mousedown", "1")
    screen.xdotool("mousemove", str(x + side // 2), str(y + side // 2))
    screen.xdotool("mousemove", str(x + side), str(y + side), "mouseup", "1")


def _write_clip(path: Path) -> None:
    """Dark in its first half and light in its second."""
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), _RATE, (96, 64))
    for number in range(_RATE * _SECONDS):
        light = 20 if number < _RATE * _SECONDS // 2 else 230
        writer.write(np.full((64, 96, 3), light, np.uint8))
    writer.release()
