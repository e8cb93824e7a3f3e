"""No number on the capture tab is cut, however large it is."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest
from PySide6.QtWidgets import QComboBox
from pytestqt.qtbot import QtBot

from cnn_studio.data.catalog import Dataset, create_dataset
from cnn_studio.data.sessions import Session, SessionKind
from cnn_studio.gui import figures
from cnn_studio.gui.activities import About, Unit
from cnn_studio.gui.activity_bar import ActivityBar
from cnn_studio.gui.capture.capture_tab import CaptureTab
from cnn_studio.gui.capture.classes.class_panel import ClassPanel
from cnn_studio.gui.capture.gallery.gallery_panel import GalleryPanel
from cnn_studio.gui.capture.recording.preview_panel import PreviewPanel
from cnn_studio.gui.capture.recording.recording import Counts
from cnn_studio.gui.endings import Until
from cnn_studio.gui.main_window import MainWindow
from cnn_studio.gui.pictures.large_view import LargeView
from cnn_studio.gui.studio import Studio
from cnn_studio.gui.widgets.notice import Kind
from cnn_studio.gui.widgets.undo_bar import UndoBar
from cnn_studio.vision.images import encode_jpeg
from tests.gui.numbers.conftest import ALL, LONG_NAME, MANY, assert_whole, part

RECORDING = Session(SessionKind.RECORDING, datetime(2026, 11, 22, 21, 5, 20, tzinfo=UTC), "0a1b")


@pytest.fixture
def things(qtbot: QtBot, window: MainWindow, studio: Studio) -> Dataset:
    """A dataset of two classes with 12 and 3 images, 9 of them of one recording, on show."""
    dataset = create_dataset(studio.workspace, "Things", [LONG_NAME, "cup"])
    picture = encode_jpeg(np.full((8, 8, 3), 128, np.uint8))
    for name, count in ((LONG_NAME, 12), ("cup", 3)):
        (dataset.folder / name).mkdir(exist_ok=True)
        for number in range(count):
            file_name = RECORDING.file_name(number) if number < 9 else f"photo {number}.jpg"
            (dataset.folder / name / file_name).write_bytes(picture)
    studio.load_datasets()
    studio.choose_dataset(dataset.name)
    window.show_page("capture")
    model = part(window, GalleryPanel).view.model()
    qtbot.waitUntil(lambda: model is not None and model.rowCount() == 12)
    return dataset


def test_what_the_capture_tab_counts(qtbot: QtBot, window: MainWindow, things: Dataset) -> None:
    gallery, preview = part(window, GalleryPanel), part(window, PreviewPanel)
    sessions = part(gallery, QComboBox, "sessionChooser")
    gallery._actions.filter.trigger()
    qtbot.waitUntil(lambda: sessions.findData(RECORDING.id) > 0)
    sessions.setCurrentIndex(sessions.findData(RECORDING.id))
    qtbot.waitUntil(lambda: len(gallery.view.model().samples) == 9)
    gallery.view.selectAll()
    preview.set_recording(LONG_NAME)
    counts = Counts(1, 2, 3, 4)
    preview.set_counts(counts)
    preview.record.set_counts(counts)
    assert_whole(window, *map(figures.whole, (1, 2, 3, 4, 9, 12)))
    large = part(window, LargeView)
    large.open()
    large.set_texts(f"{LONG_NAME} · {figures.whole(7)} of {figures.whole(12)}", "photo", "")
    assert_whole(window, figures.whole(7))


def test_messages_and_what_is_under_way(
    window: MainWindow, things: Dataset, studio: Studio
) -> None:
    said = f"{LONG_NAME} is deleted with its {figures.images(5)}."
    tab = part(window, CaptureTab)
    tab._messages.say(said, Kind.GOOD, "Undo", until=Until.SHOWN)
    part(window, UndoBar).offer(said)
    studio.say(said, Until.PAGE)
    begin = studio.jobs.activities.begin
    titles = {
        f"Importing {figures.images(7)} into {LONG_NAME}": Unit.COUNT,
        f"Moving {figures.images(8)} to {LONG_NAME}": Unit.COUNT,
        f"Packing {LONG_NAME}": Unit.BYTES,
    }
    activities = []
    for title, unit in titles.items():
        activity = begin(About(title, "what is in stays", unit), lambda _how: None)
        activity.set_progress(MANY, ALL)
        activity.set_stage(f"Epoch {figures.whole(5)} of {figures.whole(9)}", 3600 * 10)
        activities.append(activity)
    strip = part(window, ClassPanel).import_strip
    strip.follow(activities[1])
    bar = part(window, ActivityBar)
    bar.refresh()
    assert_whole(window, figures.whole(5), figures.whole(MANY), figures.whole(ALL))
    bar._open_list()
    assert_whole(bar._list, figures.whole(8), figures.whole(5), figures.whole(9))
    bar._list.close()
    strip.follow(None)
    for activity in activities:
        activity.end()
    bar.refresh()
