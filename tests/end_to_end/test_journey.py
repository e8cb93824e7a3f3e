"""The whole job in a real window, with a real mouse and keyboard: capture, train, classify."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from cnn_studio.data.sessions import session_of
from tests.end_to_end import journey
from tests.end_to_end.dragging import drag_files
from tests.end_to_end.studio_window import StudioWindow
from tests.screen import Screen

pytestmark = [pytest.mark.slow, pytest.mark.display, pytest.mark.timeout(900)]


def test_five_objects_are_captured_trained_and_recognized(screen: Screen, tmp_path: Path) -> None:
    workspace = tmp_path / "workspace"
    with StudioWindow(screen, tmp_path, workspace, "demo") as studio:
        journey.wait_for_camera(studio, "Demo camera")
        for name in journey.OBJECTS:
            journey.choose_class(studio, name)
            journey.show_demo_object(studio, name)
            journey.record_with_mouse(studio)
        for name in journey.OBJECTS:
            _check_recording(journey.recorded_files(workspace, name))
            journey.show_demo_object(studio, name)
            journey.check_named_at_once(studio, name)
        studio.click("trainingPage")
        journey.train(studio, epochs=3)
        studio.click("predictionPage")
        for name in journey.OBJECTS:
            journey.show_demo_object(studio, name)
            journey.check_recognized(studio, name)

        files = [journey.recorded_files(workspace, name)[0] for name in ("shoe", "pencil")]
        drag_files(screen, files, studio.wait_for("frameView").place)
        listed = studio.wait_for("fileResults", lambda results: len(results.rows) == 2).rows
        for file, row in zip(files, listed, strict=True):
            name, answer = row.texts[:2]
            assert name == file.name
            assert answer in journey.OBJECTS


def test_a_video_is_the_camera_for_the_book_and_the_keyboard_does_the_rest(
    screen: Screen, tmp_path: Path
) -> None:
    workspace, video = tmp_path / "workspace", tmp_path / "book.avi"
    write_book_video(video)
    with StudioWindow(screen, tmp_path, workspace, "demo") as studio:
        journey.wait_for_camera(studio, "Demo camera")
        for number, name in enumerate(journey.OBJECTS[:-1], start=1):
            journey.show_demo_object(studio, name)
            studio.key(str(number))
            studio.wait_for("galleryTitle", lambda title, name=name: title.text == name)
            journey.record_with_space(studio)
        journey.open_video(studio, video)
        studio.key(str(len(journey.OBJECTS)))
        studio.wait_for("galleryTitle", lambda title: title.text == "book")
        journey.record_with_space(studio)
        for name in journey.OBJECTS:
            _check_recording(journey.recorded_files(workspace, name))
        studio.key("ctrl+2")
        journey.train(studio, epochs=3)
        studio.key("ctrl+3")
        journey.check_recognized(studio, "book")
        studio.choose("cameraChooser", "Demo camera")
        journey.wait_for_camera(studio, "Demo camera")
        for name in journey.OBJECTS[:-1]:
            journey.show_demo_object(studio, name)
            journey.check_recognized(studio, name)


def _check_recording(files: list[Path]) -> None:
    assert len(files) >= journey.RECORDINGS * journey.FRAMES
    sessions = {session_of(file.name) for file in files}
    assert len(sessions) == journey.RECORDINGS, "One press is one session."
    assert all(cv2.imread(str(file)) is not None for file in files)


def write_book_video(path: Path) -> None:
    """Fifty frames of a green book that is held up to a camera and moved about."""
    rng = np.random.default_rng(1)
    wall = cv2.GaussianBlur(rng.integers(60, 200, (480, 640, 3), np.uint8), (0, 0), 9)
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 25, (640, 480))
    assert writer.isOpened()
    for number in range(50):
        frame = wall.copy()
        angle = 12 * np.sin(number / 6)
        centre = (320 + 60 * np.sin(number / 9), 240 + 25 * np.cos(number / 7))
        cover = cv2.boxPoints((centre, (210, 290), angle)).astype(np.int32)
        pages = cover + np.array([10, 8], np.int32)
        cv2.fillPoly(frame, [pages], (225, 235, 240))
        cv2.fillPoly(frame, [cover], (60, 120, 40))
        for share in (0.25, 0.35):
            left = cover[1] + (cover[0] - cover[1]) * share + (cover[2] - cover[1]) * 0.2
            right = cover[1] + (cover[0] - cover[1]) * share + (cover[2] - cover[1]) * 0.8
            cv2.line(
                frame, left.astype(int).tolist(), right.astype(int).tolist(), (90, 220, 240), 8
            )
        writer.write(frame)
    writer.release()
