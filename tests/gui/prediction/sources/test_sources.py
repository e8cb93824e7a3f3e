"""The prediction tab on something else than the camera: real videos and a real screen."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QDialog,
    QFileDialog,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from cnn_studio.camera.feed import FeedStatus
from cnn_studio.camera.spec import parse_spec
from cnn_studio.gui.prediction.live.class_bars import ClassBars
from cnn_studio.gui.prediction.prediction_tab import PredictionTab
from cnn_studio.gui.prediction.sources.class_legend import ClassLegend
from cnn_studio.gui.prediction.sources.history_strip import HistoryStrip
from cnn_studio.gui.prediction.sources.live_source import SourceKind
from cnn_studio.gui.prediction.sources.region_overlay import RegionOverlay
from cnn_studio.gui.prediction.sources.screen_region import ScreenRegion
from cnn_studio.gui.prediction.sources.source_flow import SourceFlow
from cnn_studio.gui.prediction.sources.video_line import VideoLine
from cnn_studio.gui.studio import Studio
from tests.gui.prediction.conftest import COLOURS

RATE = 20
ShowColour = Callable[[str], None]


def write_clip(path: Path, colours: list[str], seconds: float = 1.0) -> Path:
    """A video that shows one colour after the other."""
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), RATE, (96, 64))
    for colour in colours:
        for _frame in range(round(seconds * RATE)):
            writer.write(np.full((64, 96, 3), COLOURS[colour][::-1], np.uint8))
    writer.release()
    return path


def _label(widget: QWidget, name: str) -> str:
    return widget.findChild(QLabel, name).text()


def _wait_for_top(qtbot: QtBot, tab: PredictionTab, name: str) -> None:
    qtbot.waitUntil(lambda: _label(tab, "topClass") == name)


def _line(tab: PredictionTab) -> VideoLine:
    return tab.findChild(VideoLine)


def _x_of(line: VideoLine, time_s: float) -> int:
    return round(line._bar.x_of(time_s))


def _choose(tab: PredictionTab, action: str) -> None:
    menu = tab.findChild(QMenu, "sourceMenu")
    next(each for each in menu.actions() if each.objectName() == action).trigger()


def _overlay(qtbot: QtBot) -> RegionOverlay:
    """What covers the screen, once it does."""

    def found() -> list[RegionOverlay]:
        windows = QApplication.topLevelWidgets()
        return [each for each in windows if isinstance(each, RegionOverlay) and each.isVisible()]

    qtbot.waitUntil(lambda: bool(found()))
    return found()[0]


@pytest.fixture
def colours(
    qtbot: QtBot, add_run: Callable[[str], Path], tab: PredictionTab, show_colour: ShowColour
) -> PredictionTab:
    """The tab, active, with the model of colours, on a camera that shows green."""
    add_run("colours")
    tab.activate()
    show_colour("green")
    _wait_for_top(qtbot, tab, "green")
    return tab


def write_fading_clip(path: Path) -> Path:
    """A video that wavers between red and blue, and is for a while both or something else."""
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), RATE, (96, 64))
    random = np.random.default_rng(3)
    for frame in range(3 * RATE):
        share = 0.5 + 0.5 * np.sin(frame / 4) * (frame < 2 * RATE) + random.normal(0, 0.05)
        red, blue = np.array(COLOURS["red"]), np.array(COLOURS["blue"])
        colour = np.clip(red + np.clip(share, 0, 1) * (blue - red), 0, 255)
        writer.write(np.full((64, 96, 3), colour[::-1], np.uint8))
    writer.release()
    return path


class _Screen:
    """What stands on the screen with every answer: headline, number, bars and what is kept."""

    def __init__(self, tab: PredictionTab) -> None:
        self._tab = tab
        self._kept = len(tab._picture.sources.history)
        self.named: list[str] = []
        self.changing = 0
        tab._live._timer.timeout.connect(self._on_timeout)  # after its own slot

    def _on_timeout(self) -> None:
        rows = self._tab.findChild(ClassBars).rows
        history = self._tab._picture.sources.history
        if not rows or len(history) == self._kept:
            return
        self._kept = len(history)
        top, kept = _label(self._tab, "topClass"), history.entries()[-1]
        longest = max(rows, key=lambda row: row.share)
        assert kept.class_name == longest.name
        assert kept.probability == pytest.approx(longest.share, abs=1e-6)
        moment = history.moments(10.0, 10_000)[-1]
        assert moment.changing is kept.changing
        if kept.changing:
            self.changing += 1
            assert top == f"{rows[0].name} or {rows[1].name}?"
            assert _label(self._tab, "topProbability") == ""
            return
        self.named.append(top)
        assert top == longest.name == moment.class_name
        assert _label(self._tab, "topProbability") == f"{longest.percent} %"
        assert longest.percent == max(row.percent for row in rows)


def test_headline_bars_and_history_agree_while_the_answer_changes(
    qtbot: QtBot, colours: PredictionTab, sources: SourceFlow, tmp_path: Path
) -> None:
    sources.play(write_fading_clip(tmp_path / "fading.avi"))
    assert sources.source.video is not None
    screen = _Screen(colours)
    qtbot.waitUntil(lambda: screen.changing > 3 and {"red", "blue"} <= set(screen.named))
    video = sources.source.video
    qtbot.waitUntil(lambda: not video.is_playing)


def test_what_two_models_said_is_told_apart_in_the_history(
    qtbot: QtBot, colours: PredictionTab, sources: SourceFlow, add_run: Callable[[str], Path]
) -> None:
    colours.findChild(QToolButton, "liveHistoryButton").click()
    dialog = colours.findChild(QDialog, "liveHistoryDialog")
    strip, legend = dialog.findChild(HistoryStrip), dialog.findChild(ClassLegend)
    qtbot.waitUntil(lambda: legend.texts == ["green 100 %"])
    colours._model.pick(add_run("grey"))
    colours._model.refresh()
    _wait_for_top(qtbot, colours, "dark")
    qtbot.waitUntil(lambda: legend.texts == ["dark 100 %"])
    assert [(each.model, each.class_name) for each in strip.segments] == [
        ("colours", "green"),
        ("grey", "dark"),
    ]
    names = [entry.model for entry in sources.history.entries()]
    assert names == sorted(names)
    middle = (strip.segments[0].from_s + strip.segments[0].to_s) / 2
    assert strip.describe(strip._bar.x_of(middle)).endswith("colours")
    strip.resize(400, strip.height())
    strip.set_segments(strip.segments, strip.segments[0].from_s, strip.segments[-1].to_s)
    picture = strip.grab().toImage()
    edge = round(strip._bar.x_of(strip.segments[1].from_s))
    assert picture.pixelColor(edge - 1, 3) == colours._studio.theme.color("text")
    dialog.close()


def test_what_a_video_shows_is_forgotten_as_soon_as_another_model_is_chosen(
    qtbot: QtBot, colours: PredictionTab, add_run: Callable[[str], Path], clip: Path
) -> None:
    line = _open(qtbot, colours, clip)
    grey = add_run("grey")
    colours._model.pick(grey)
    colours._model.refresh()
    with qtbot.waitSignal(colours._model.opening):
        pass
    assert line.segments == ()
    qtbot.waitUntil(lambda: bool(line.segments))
    assert {each.class_name for each in line.segments} <= {"dark", "light"}


@pytest.fixture
def sources(colours: PredictionTab) -> SourceFlow:
    """What joins the sources."""
    return colours._picture.sources


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    """A video of 3 s: red, blue, red."""
    return write_clip(tmp_path / "clip.avi", ["red", "blue", "red"])


def _open(qtbot: QtBot, tab: PredictionTab, clip: Path) -> VideoLine:
    """Play a clip, paused at its beginning, and wait until all of it is known."""
    tab._picture.sources.play(clip)
    assert tab._picture.sources.source.video is not None
    tab._picture.sources.source.video.pause()
    tab._picture.sources.source.video.seek(0.0)
    line = _line(tab)
    qtbot.waitUntil(lambda: bool(line.segments) and line.segments[-1].to_s > 2.9)
    return line


def test_a_video_is_chosen_in_a_dialog_and_classified(
    qtbot: QtBot, colours: PredictionTab, clip: Path
) -> None:
    _choose(colours, "sourceVideo")
    dialog = colours.findChild(QFileDialog, "videoFileDialog")
    dialog.setDirectory(str(clip.parent))
    dialog.findChild(QLineEdit).setText(clip.name)
    dialog.accept()
    _wait_for_top(qtbot, colours, "red")
    _wait_for_top(qtbot, colours, "blue")  # it plays on by itself
    chooser = colours.findChild(QPushButton, "sourceChooser")
    assert chooser.text().strip() == "clip.avi"
    assert colours.findChild(QPushButton, "chooseSourceAgain").isVisible()


def test_the_time_line_has_the_whole_video_in_colours_and_words(
    qtbot: QtBot, colours: PredictionTab, clip: Path
) -> None:
    line = _open(qtbot, colours, clip)
    assert [each.class_name for each in line.segments] == ["red", "blue", "red"]
    words = line.describe(_x_of(line, 1.5)).splitlines()
    assert words[0].startswith("blue, ")
    assert words[1] == "0:01.0 to 0:02.0"
    legend = colours.findChild(ClassLegend)
    assert legend.texts == ["red 67 %", "blue 33 %"]
    picture = line.grab().toImage()
    middle = picture.pixelColor(_x_of(line, 1.6), line.height() // 2)
    assert middle.name() == "#009e73"  # the third of Okabe and Ito's, for the third class
    qtbot.waitUntil(lambda: _label(colours, "videoTime") == "0:00.0 of 0:03.0")


def test_a_click_and_keys_move_along_the_video(
    qtbot: QtBot, colours: PredictionTab, clip: Path
) -> None:
    line = _open(qtbot, colours, clip)
    _wait_for_top(qtbot, colours, "red")
    QTest.mouseClick(line, Qt.MouseButton.LeftButton, pos=QPoint(_x_of(line, 1.5), 10))
    _wait_for_top(qtbot, colours, "blue")
    video = colours._picture.sources.source.video
    assert video is not None
    for key, expected_s in (
        (Qt.Key.Key_PageDown, 2.5),
        (Qt.Key.Key_Right, 2.55),
        (Qt.Key.Key_Left, 2.5),
        (Qt.Key.Key_Home, 0.0),
        (Qt.Key.Key_End, 2.95),
    ):
        QTest.keyClick(line, key)
        qtbot.waitUntil(
            lambda expected_s=expected_s: (
                abs(video.position_s - expected_s) < 0.03
                and line.value() == round(video.position_s * 1000)
            )
        )
    assert not video.is_playing


def test_space_and_the_button_play_and_pause(
    qtbot: QtBot, colours: PredictionTab, clip: Path
) -> None:
    line = _open(qtbot, colours, clip)
    button = colours.findChild(QToolButton, "playButton")
    qtbot.waitUntil(lambda: button.accessibleName() == "Play")
    QTest.keyClick(line, Qt.Key.Key_Space)
    assert button.accessibleName() == "Pause"
    qtbot.waitUntil(lambda: line.value() > 100)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert button.accessibleName() == "Play"


def test_what_is_known_stays_when_the_work_is_cancelled_and_it_can_go_on(
    qtbot: QtBot, colours: PredictionTab, sources: SourceFlow, tmp_path: Path
) -> None:
    sources.play(write_clip(tmp_path / "long.avi", ["red", "blue"] * 30, seconds=2.0))
    line = _line(colours)
    button = colours.findChild(QToolButton, "videoWorkButton")
    qtbot.waitUntil(lambda: button.isVisible() and bool(line.segments))
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    text = "Not looked through to the end"
    qtbot.waitUntil(lambda: _label(colours, "videoProgress") == text)
    assert line.segments
    assert line.segments[-1].to_s < 120
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: _label(colours, "videoProgress").startswith("Looking through: "))


def test_another_model_looks_through_the_video_again(
    qtbot: QtBot, colours: PredictionTab, add_run: Callable[[str], Path], clip: Path
) -> None:
    line = _open(qtbot, colours, clip)
    grey = add_run("grey")
    colours._model.pick(grey)
    colours._model.refresh()
    qtbot.waitUntil(lambda: {each.class_name for each in line.segments} == {"dark"})


@pytest.mark.parametrize(
    ("content", "what"), [(b"", "empty"), (b"no video at all", "text and not a video")]
)
def test_a_damaged_video_gets_a_sentence_and_the_camera_comes_back(
    qtbot: QtBot,
    colours: PredictionTab,
    sources: SourceFlow,
    tmp_path: Path,
    content: bytes,
    what: str,
) -> None:
    bad = tmp_path / "bad {0}.avi"
    bad.write_bytes(content)
    sources.play(bad)
    sentence = f"The file is {what}: bad {{0}}.avi."
    qtbot.waitUntil(lambda: _label(colours, "frameMessage") == sentence)
    qtbot.waitUntil(lambda: _label(colours, "answerReason") == "The video gives no picture.")
    assert not _line(colours).isEnabled()
    _choose(colours, "sourceCamera")
    _wait_for_top(qtbot, colours, "green")
    assert colours.findChild(QPushButton, "sourceChooser").text().strip() == "Camera"
    assert not colours.findChild(QWidget, "videoBar").isVisible()


def test_the_camera_s_troubles_do_not_disturb_a_video(
    qtbot: QtBot, colours: PredictionTab, studio: Studio, clip: Path, tmp_path: Path
) -> None:
    _open(qtbot, colours, clip)
    _wait_for_top(qtbot, colours, "red")
    studio.camera.open(parse_spec(str(tmp_path / "none.avi")))
    qtbot.waitUntil(lambda: studio.camera.state.status is FeedStatus.FAILED)
    assert _label(colours, "topClass") == "red"
    assert colours._picture.sources.source.state.status is FeedStatus.RUNNING


def test_a_video_waits_while_another_tab_is_shown(
    qtbot: QtBot, colours: PredictionTab, sources: SourceFlow, clip: Path
) -> None:
    sources.play(clip)
    video = sources.source.video
    assert video is not None
    _wait_for_top(qtbot, colours, "red")
    colours.deactivate()
    assert not video.is_playing
    colours.activate()
    assert video.is_playing


def test_a_frozen_picture_goes_on_with_another_source(
    qtbot: QtBot, colours: PredictionTab, sources: SourceFlow, clip: Path
) -> None:
    freeze = colours.findChild(QToolButton, "freezeButton")
    QTest.mouseClick(freeze, Qt.MouseButton.LeftButton)
    assert freeze.isChecked()
    sources.play(clip)
    assert not freeze.isChecked()
    _wait_for_top(qtbot, colours, "red")


def test_a_part_of_the_screen_is_classified(
    qtbot: QtBot, colours: PredictionTab, sources: SourceFlow
) -> None:
    window = QWidget(None, Qt.WindowType.FramelessWindowHint)
    qtbot.addWidget(window)
    window.setStyleSheet("background: #1e1edc")
    window.setGeometry(20, 20, 300, 200)
    window.show()
    qtbot.waitExposed(window)
    _choose(colours, "sourceScreen")
    overlay = _overlay(qtbot)
    QTest.mousePress(overlay, Qt.MouseButton.LeftButton, pos=QPoint(40, 40))
    QTest.mouseRelease(overlay, Qt.MouseButton.LeftButton, pos=QPoint(240, 190))
    window.raise_()
    _wait_for_top(qtbot, colours, "blue")
    chooser = colours.findChild(QPushButton, "sourceChooser")
    assert chooser.text().strip() == "Screen region 200 × 150"  # noqa: RUF001
    colours.deactivate()
    sequence = sources.source.mailbox.latest()
    colours.activate()
    qtbot.waitUntil(lambda: sources.source.mailbox.latest() is not sequence)


def test_a_cancelled_question_leaves_the_source(
    qtbot: QtBot, colours: PredictionTab, sources: SourceFlow
) -> None:
    _choose(colours, "sourceScreen")
    overlay = _overlay(qtbot)
    QTest.keyClick(overlay, Qt.Key.Key_Escape)
    assert sources.source.kind is SourceKind.CAMERA
    menu = colours.findChild(QMenu, "sourceMenu")
    assert [each.objectName() for each in menu.actions() if each.isChecked()] == ["sourceCamera"]


def test_under_wayland_it_is_said_that_the_screen_cannot_be_read(
    qtbot: QtBot,
    colours: PredictionTab,
    studio: Studio,
    sources: SourceFlow,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(QGuiApplication, "platformName", staticmethod(lambda: "wayland"))
    with qtbot.waitSignal(studio.status_changed) as said:
        _choose(colours, "sourceScreen")
    assert "Wayland" in said.args[0]
    assert sources.source.kind is SourceKind.CAMERA


def test_after_many_changes_only_the_last_source_is_seen(
    qtbot: QtBot, colours: PredictionTab, sources: SourceFlow, clip: Path, tmp_path: Path
) -> None:
    other = write_clip(tmp_path / "other.avi", ["blue"], seconds=3.0)
    name = QGuiApplication.primaryScreen().name()
    for _round in range(3):
        sources.play(clip)
        sources.source.show_screen(ScreenRegion(name, 0, 0, 100, 100))
        sources.source.show_camera()
        sources.play(other)
    _wait_for_top(qtbot, colours, "blue")
    sources.source.show_camera()
    _wait_for_top(qtbot, colours, "green")


def test_the_history_shows_exports_and_forgets_what_was_said(
    qtbot: QtBot, colours: PredictionTab, show_colour: ShowColour, tmp_path: Path
) -> None:
    qtbot.waitUntil(lambda: len(colours._picture.sources.history) > 10)
    show_colour("blue")
    _wait_for_top(qtbot, colours, "blue")
    QTest.mouseClick(colours.findChild(QToolButton, "liveHistoryButton"), Qt.MouseButton.LeftButton)
    dialog = colours.findChild(QDialog, "liveHistoryDialog")
    assert dialog.isVisible()
    strip = dialog.findChild(HistoryStrip)
    qtbot.waitUntil(lambda: "blue" in [each.class_name for each in strip.segments])
    assert strip.segments[0].class_name == "green"
    assert strip.describe(round(strip._bar.x_of(strip.segments[0].from_s)) + 1)
    assert {text.split()[0] for text in dialog.findChild(ClassLegend).texts} == {"green", "blue"}
    minutes = dialog.findChild(QComboBox, "historyMinutes")
    minutes.setCurrentIndex(minutes.count() - 1)
    dialog.grab()

    QTest.mouseClick(dialog.findChild(QPushButton, "exportHistory"), Qt.MouseButton.LeftButton)
    ask = dialog.findChild(QFileDialog, "historyFileDialog")
    ask.setDirectory(str(tmp_path))
    ask.findChild(QLineEdit).setText("said")
    with qtbot.waitSignal(colours._studio.status_changed) as told:
        ask.accept()
    assert told.args[0] == f"The history is written to {tmp_path / 'said.csv'}."
    with (tmp_path / "said.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [rows[0]["class"], rows[-1]["class"]] == ["green", "blue"]

    colours.deactivate()
    QTest.mouseClick(dialog.findChild(QPushButton, "clearHistory"), Qt.MouseButton.LeftButton)
    assert _label(dialog, "historyCount") == "Nothing has been classified yet."
    assert not dialog.findChild(QPushButton, "exportHistory").isEnabled()
    assert strip.segments == []
    dialog.close()


def test_every_control_around_the_picture_has_a_name_and_a_tooltip(
    qtbot: QtBot, colours: PredictionTab, clip: Path
) -> None:
    _open(qtbot, colours, clip)
    for parent in ("sourceBar", "videoBar"):
        bar = colours.findChild(QWidget, parent)
        controls = [*bar.findChildren(QPushButton), *bar.findChildren(QToolButton)]
        assert controls
        for control in (*controls, _line(colours)):
            assert control.objectName()
            assert control.accessibleName()
            if control is not _line(colours):  # whose tooltip tells what is under the mouse
                assert control.toolTip()
