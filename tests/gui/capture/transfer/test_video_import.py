"""Frames of videos come into a class through the window, as a person brings them in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QSettings, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QFileDialog, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from cnn_studio.data.catalog import Dataset
from cnn_studio.data.sessions import recordings_of
from cnn_studio.gui.capture.capture_tab import CaptureTab
from cnn_studio.gui.capture.classes.class_view import ClassView
from cnn_studio.gui.capture.transfer.import_dialog import ImportDialog
from cnn_studio.gui.capture.transfer.time_field import TimeField
from cnn_studio.gui.capture.transfer.time_line import TimeLine
from cnn_studio.gui.capture.transfer.video_dialog import VideoDialog
from cnn_studio.gui.capture.transfer.video_part import VideoPart
from cnn_studio.gui.capture.transfer.video_picture import VideoPicture
from cnn_studio.gui.capture.transfer.video_scrub import VideoScrub
from cnn_studio.gui.jobs import Jobs
from cnn_studio.gui.pictures.gallery_view import GalleryView
from cnn_studio.vision.images import read_image
from tests.gui.capture.conftest import OpenTab, names_in, write_pictures
from tests.gui.capture.test_capture_tab import drop, files, message, part, row_of, shown_names
from tests.videos import HEIGHT, WIDTH, damage_frames, number_of, write_video

OpenDialog = Callable[..., VideoDialog]
KEY = 2  # the row of the class that has no images


def dialog_of(tab: CaptureTab) -> VideoDialog | None:
    """The window for videos, if it is open."""
    return next((d for d in tab.findChildren(VideoDialog) if d.isVisible()), None)


def opened(qtbot: QtBot, tab: CaptureTab) -> VideoDialog:
    """The window for videos, once it is open."""
    qtbot.waitUntil(lambda: dialog_of(tab) is not None)
    dialog = dialog_of(tab)
    assert dialog is not None
    return dialog


def shown_number(dialog: VideoDialog) -> int | None:
    """The number that the picture on show has."""
    image = dialog.picture.image
    if image is None:
        return None
    image = image.convertToFormat(QImage.Format.Format_Grayscale8)
    assert (image.width(), image.height()) == (WIDTH, HEIGHT)
    width = WIDTH // 8
    return sum(
        1 << bit for bit in range(8) if image.pixelColor(bit * width + width // 2, 16).value() > 128
    )


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    """A video of 5 s: 100 numbered frames, 20 a second."""
    return write_video(tmp_path / "clip.avi", range(100))


@pytest.fixture
def open_dialog(open_tab: OpenTab, qtbot: QtBot, things: Dataset) -> OpenDialog:
    """Drops videos on the class key and waits until they have been looked at."""

    def open_it(*paths: Path) -> VideoDialog:
        tab = open_tab(camera="")
        assert drop(part(tab, ClassView), row_of(tab, KEY), files(*paths))
        return opened(qtbot, tab)

    return open_it


def test_a_dropped_video_is_shown_and_its_frames_are_imported_and_undone(
    open_dialog: OpenDialog, qtbot: QtBot, clip: Path, things: Dataset
) -> None:
    dialog = open_dialog(clip)
    tab = dialog.parent()
    assert isinstance(tab, CaptureTab)
    assert dialog.windowTitle() == "Frames of clip.avi"
    assert part(dialog, QLabel, "videoDetails").text() == "96 x 64 · 20 frames a second"
    assert part(dialog, QLabel, "videoClock").text() == "0:00.0 of 0:05.0"
    assert dialog.estimate == "Up to 25 frames into key"
    qtbot.waitUntil(lambda: shown_number(dialog) == 0)
    part(dialog, QPushButton, "videoImportButton").click()
    qtbot.waitUntil(lambda: "imported into key" in message(tab))
    assert message(tab) == "25 frames of clip.avi imported into key."
    names = names_in(things.folder / "key")
    assert len(names) == 25
    assert len(recordings_of(names) - {""}) == 1
    paths = sorted((things.folder / "key").glob("*.jpg"))
    assert [number_of(read_image(path)) for path in paths] == list(range(0, 100, 4))
    qtbot.waitUntil(lambda: not part(tab, QWidget, "importStrip").isVisible())
    part(tab, QWidget, "undoButton").click()
    qtbot.waitUntil(lambda: not names_in(things.folder / "key"))
    qtbot.waitUntil(lambda: part(tab, QWidget, "redoButton").isEnabled())
    part(tab, QWidget, "redoButton").click()
    qtbot.waitUntil(lambda: names_in(things.folder / "key") == names)


def test_keys_move_through_the_video_and_choose_a_part(
    open_dialog: OpenDialog, qtbot: QtBot, clip: Path, things: Dataset
) -> None:
    dialog = open_dialog(clip)
    tab, line = dialog.parent(), part(dialog, TimeLine)
    for key in (Qt.Key.Key_PageUp, Qt.Key.Key_Right, Qt.Key.Key_Right):  # up is forward
        QTest.keyClick(line, key)
    qtbot.waitUntil(lambda: shown_number(dialog) == 22)
    assert part(dialog, QLabel, "videoClock").text() == "0:01.1 of 0:05.0"
    QTest.keyClick(line, Qt.Key.Key_I)
    assert part(dialog, TimeField, "videoFromField").text() == "0:01.1"
    QTest.keyClick(line, Qt.Key.Key_PageUp)
    QTest.keyClick(line, Qt.Key.Key_O)
    assert part(dialog, TimeField, "videoToField").text() == "0:02.1"
    assert dialog.estimate == "Up to 6 frames into key"
    rate = part(dialog, QComboBox, "videoRateChooser")
    rate.setCurrentIndex(rate.findText("Every frame"))
    assert dialog.estimate == "Up to 21 frames into key"
    part(dialog, QPushButton, "videoImportButton").click()
    qtbot.waitUntil(lambda: "imported into key" in message(tab))
    paths = sorted((things.folder / "key").glob("*.jpg"))
    assert [number_of(read_image(path)) for path in paths] == list(range(22, 43))


def test_figures_and_the_mouse_choose_a_part_too(
    open_dialog: OpenDialog, qtbot: QtBot, clip: Path
) -> None:
    dialog = open_dialog(clip)
    begin, end = (part(dialog, TimeField, f"video{name}Field") for name in ("From", "To"))
    begin.setFocus()
    begin.selectAll()
    QTest.keyClicks(begin, "0:02")
    QTest.keyClick(begin, Qt.Key.Key_Tab)
    assert begin.text() == "0:02.0"
    qtbot.waitUntil(lambda: shown_number(dialog) == 40)
    begin.selectAll()
    QTest.keyClicks(begin, "2,0")
    QTest.keyClick(begin, Qt.Key.Key_Return)
    assert dialog.isVisible()  # it is not the button that was pressed
    end.setValue(1.0)  # before the beginning: it stays there
    assert end.text() == "0:02.0"
    line = part(dialog, TimeLine)
    middle = line.height() // 2

    def x_of(time_s: float) -> int:
        return round(10 + (line.width() - 20) * time_s / 5)

    button = Qt.MouseButton.LeftButton
    QTest.mousePress(line, button, pos=QPoint(x_of(2) + 2, middle))
    QTest.mouseMove(line, QPoint(x_of(4), middle))
    QTest.mouseRelease(line, button, pos=QPoint(x_of(4), middle))
    assert begin.text() == "0:02.0"
    assert end.value() == pytest.approx(4.0, abs=0.11)
    QTest.mouseClick(line, button, pos=QPoint(x_of(1), middle))
    assert line.value() == pytest.approx(1000, abs=10)
    part(dialog, QPushButton, "videoFromHere").click()
    assert begin.value() == pytest.approx(1.0, abs=0.11)
    dialog.reject()


def test_while_moving_fast_the_newest_picture_is_the_one_that_stays(
    open_dialog: OpenDialog, qtbot: QtBot, clip: Path
) -> None:
    dialog = open_dialog(clip)
    line = part(dialog, TimeLine)
    for number in [*range(0, 100, 3), *range(99, 0, -7)]:
        line.setValue(number * 50)
    line.setValue(77 * 50)
    qtbot.waitUntil(lambda: shown_number(dialog) == 77)
    dialog.reject()


def test_answers_of_another_video_and_after_closing_are_dropped(
    qtbot: QtBot, tmp_path: Path, clip: Path
) -> None:
    jobs = Jobs()
    scrub = VideoScrub(jobs)
    seen: list[object] = []
    scrub.seen.connect(seen.append)
    other = write_video(tmp_path / "other.avi", range(100, 110))
    scrub.look(clip, 1.0)
    scrub.look(other, 0.1)
    qtbot.waitUntil(lambda: len(seen) == 1)
    with qtbot.waitSignal(scrub.destroyed):
        scrub.look(clip, 2.0)
        scrub.close()
    assert len(seen) == 1
    jobs.shutdown()


def test_a_new_class_can_be_typed_and_a_wrong_name_is_told(
    open_dialog: OpenDialog, qtbot: QtBot, clip: Path, things: Dataset
) -> None:
    dialog = open_dialog(clip)
    tab = dialog.parent()
    name, button = (
        part(dialog, QComboBox, "videoClassChooser"),
        part(dialog, QPushButton, "videoImportButton"),
    )
    assert name.currentText() == "key"
    name.setCurrentText("  ")
    assert "choose a class" in dialog.estimate
    assert not button.isEnabled()
    name.setCurrentText("a/b")
    assert "cannot contain" in dialog.estimate
    assert not button.isEnabled()
    name.setCurrentText("mug")
    assert dialog.estimate == "Up to 25 frames into the new class mug"
    button.click()
    qtbot.waitUntil(lambda: "imported into mug" in message(tab))
    assert len(names_in(things.folder / "mug")) == 25


def test_several_videos_are_taken_whole_each_as_a_session(
    open_dialog: OpenDialog, qtbot: QtBot, tmp_path: Path, clip: Path, things: Dataset
) -> None:
    other = write_video(tmp_path / "other.mp4", range(100, 140), codec="mp4v")
    bad = tmp_path / "bad.avi"
    bad.write_text("no video")
    dialog = open_dialog(clip, other, bad)
    tab = dialog.parent()
    assert dialog.windowTitle() == "Frames of 3 videos"
    assert not part(dialog, TimeField, "videoFromField").isVisible()
    assert dialog.estimate == "Up to 35 frames into key · 1 of 3 videos cannot be read"
    chooser = part(dialog, QComboBox, "videoChooser")
    chooser.setCurrentIndex(2)
    assert part(dialog, VideoPicture).text == "The file is text and not a video: bad.avi."
    chooser.setCurrentIndex(1)
    qtbot.waitUntil(lambda: shown_number(dialog) == 100)
    part(dialog, QPushButton, "videoImportButton").click()
    qtbot.waitUntil(lambda: "imported into key" in message(tab))
    assert message(tab) == (
        "35 frames of 3 videos imported into key. The file is text and not a video: bad.avi."
    )
    assert len(recordings_of(names_in(things.folder / "key")) - {""}) == 2


def test_what_is_left_out_is_told(
    open_dialog: OpenDialog, qtbot: QtBot, tmp_path: Path, things: Dataset
) -> None:
    numbers = [*range(10), *[90] * 10, *range(20, 30)]
    path = damage_frames(write_video(tmp_path / "holes.avi", numbers), (2, 5))
    dialog = open_dialog(path)
    tab = dialog.parent()
    rate = part(dialog, QComboBox, "videoRateChooser")
    rate.setCurrentIndex(rate.findText("Every frame"))
    part(dialog, QPushButton, "videoImportButton").click()
    qtbot.waitUntil(lambda: "imported into key" in message(tab))
    assert message(tab) == (
        "19 frames of holes.avi imported into key. 9 frames showed nothing new. "
        "2 frames are damaged: holes.avi."
    )


def test_a_file_that_is_no_video_or_is_gone_is_told(
    open_dialog: OpenDialog, qtbot: QtBot, tmp_path: Path, clip: Path, things: Dataset
) -> None:
    (tmp_path / "bad.mp4").write_text("no video")
    dialog = open_dialog(clip)
    tab = dialog.parent()
    qtbot.waitUntil(lambda: shown_number(dialog) == 0)
    clip.unlink()
    part(dialog, QPushButton, "videoImportButton").click()
    qtbot.waitUntil(lambda: "not there" in message(tab))
    assert (
        message(tab) == "0 frames of clip.avi imported into key. The video is not there: clip.avi."
    )
    assert drop(part(tab, ClassView), row_of(tab, KEY), files(tmp_path / "bad.mp4"))
    dialog = opened(qtbot, tab)
    qtbot.waitUntil(lambda: "text and not a video" in dialog.picture.text)
    assert not part(dialog, QPushButton, "videoImportButton").isEnabled()
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: dialog_of(tab) is None)
    assert not names_in(things.folder / "key")


def test_images_dropped_with_a_video_come_in_at_once(
    open_tab: OpenTab, qtbot: QtBot, tmp_path: Path, clip: Path, things: Dataset
) -> None:
    tab = open_tab(camera="")
    photos = write_pictures(tmp_path / "photos", 5)[3:]
    qtbot.waitUntil(lambda: len(shown_names(tab)) == 3)
    assert drop(part(tab, GalleryView), QPoint(10, 10), files(photos[0], clip, photos[1]))
    dialog = opened(qtbot, tab)
    assert message(tab) == "2 images imported into pen."
    qtbot.waitUntil(lambda: "into pen" in dialog.estimate)
    dialog.reject()


def test_class_folders_dropped_with_a_video_are_asked_about_first(
    open_tab: OpenTab, qtbot: QtBot, tmp_path: Path, clip: Path, things: Dataset
) -> None:
    tab = open_tab(camera="")
    write_pictures(tmp_path / "many" / "fork", 2)
    view = part(tab, ClassView)
    assert drop(view, QPoint(20, view.height() - 4), files(clip, tmp_path / "many"))
    qtbot.waitUntil(lambda: bool(tab.findChildren(ImportDialog)))
    assert dialog_of(tab) is None
    part(tab, ImportDialog).reject()
    opened(qtbot, tab).reject()


def test_a_video_dropped_beside_the_classes_asks_what_it_shows(
    open_tab: OpenTab, qtbot: QtBot, clip: Path, things: Dataset
) -> None:
    tab = open_tab(camera="")
    view = part(tab, ClassView)
    assert drop(view, QPoint(20, view.height() - 4), files(clip))
    dialog = opened(qtbot, tab)
    qtbot.waitUntil(lambda: shown_number(dialog) == 0)
    assert "choose a class" in dialog.estimate
    dialog.reject()


def test_the_menu_asks_for_videos(
    open_tab: OpenTab, qtbot: QtBot, clip: Path, things: Dataset
) -> None:
    tab = open_tab(camera="")
    qtbot.waitUntil(lambda: len(shown_names(tab)) == 3)
    action = next(a for a in tab.findChildren(QWidget, "importButton")[0].menu().actions()
                  if a.objectName() == "importVideo")  # fmt: skip
    assert action.text() == "Frames of a video into pen …"
    action.trigger()
    question = part(tab, QFileDialog, "importDialog")
    assert "*.mp4" in question.nameFilters()[0]
    question.filesSelected.emit([str(clip)])
    question.reject()
    dialog = opened(qtbot, tab)
    qtbot.waitUntil(lambda: "into pen" in dialog.estimate)
    dialog.reject()


def test_a_cancelled_import_keeps_what_is_in(
    open_dialog: OpenDialog, qtbot: QtBot, tmp_path: Path, things: Dataset
) -> None:
    numbers = [n % 256 for n in range(4000)]
    dialog = open_dialog(write_video(tmp_path / "long.avi", numbers))
    tab = dialog.parent()
    rate = part(dialog, QComboBox, "videoRateChooser")
    rate.setCurrentIndex(rate.findText("Every frame"))
    part(dialog, QPushButton, "videoImportButton").click()
    qtbot.waitUntil(lambda: len(names_in(things.folder / "key")) > 5)
    part(tab, QWidget, "cancelImportButton").click()
    qtbot.waitUntil(lambda: message(tab).startswith("The import was ended."))
    kept = len(names_in(things.folder / "key"))
    assert 5 < kept < 4000
    assert f"{kept:,} frames of long.avi imported into key." in message(tab)


def test_closing_the_window_leaves_nothing_open(open_dialog: OpenDialog, clip: Path) -> None:
    open_dialog(clip)  # the tab is closed by its fixture, with the dialog open


def test_what_was_chosen_is_proposed_the_next_time(
    open_dialog: OpenDialog, clip: Path, tmp_path: Path
) -> None:
    dialog = open_dialog(clip)
    rate = part(dialog, QComboBox, "videoRateChooser")
    rate.setCurrentIndex(rate.findText("10 a second"))
    part(dialog, QWidget, "videoSkipSameSwitch").click()
    assert dialog.estimate == "About 50 frames into key"
    dialog.reject()
    settings = QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)
    assert int(str(settings.value("capture/video_rate"))) == 10


def test_a_part_never_ends_before_it_begins() -> None:
    part = VideoPart.whole(4.93)
    assert part == VideoPart(5000, 0, 5000)
    assert part.beginning_at(1234).from_ms == 1200
    assert part.ending_at(1234).to_ms == 1300
    assert part.ending_at(2000).beginning_at(3000) == VideoPart(5000, 2000, 2000)
    assert part.beginning_at(3000).ending_at(-5) == VideoPart(5000, 3000, 3000)
    assert part.ending_at(9999).reaches_end


def test_times_are_typed_in_many_ways(qtbot: QtBot) -> None:
    field = TimeField()
    qtbot.addWidget(field)
    field.setMaximum(3600)
    for text, value in (("1:05.3", 65.3), ("75", 75.0), ("2,5", 2.5), ("", 0.0), ("x", 0.0)):
        field.setValue(0)
        field.lineEdit().setText(text)
        field.interpretText()
        assert field.value() == value
