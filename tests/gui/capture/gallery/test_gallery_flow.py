"""The filter bar: what it offers, and what the gallery then shows."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from PySide6.QtWidgets import QComboBox, QLabel
from pytestqt.qtbot import QtBot

from cnn_studio.data.catalog import Dataset
from cnn_studio.data.class_folders import ClassFolders
from cnn_studio.data.samples import Sample
from cnn_studio.data.sessions import Session, SessionKind
from cnn_studio.gui.capture.capture_tab import CaptureTab
from cnn_studio.gui.capture.gallery.arrangement import Order, Show
from cnn_studio.gui.capture.gallery.gallery_panel import GalleryPanel
from cnn_studio.gui.jobs import Job
from cnn_studio.gui.studio import Studio
from tests.gui.capture.conftest import OpenTab, picture

FIRST = Session(SessionKind.RECORDING, datetime(2026, 1, 5, 9, 0, tzinfo=UTC), "00aa")
SECOND = Session(SessionKind.RECORDING, datetime(2026, 1, 6, 9, 0, tzinfo=UTC), "00bb")


@pytest.fixture
def recorded(things: Dataset, folders: ClassFolders) -> dict[str, list[Sample]]:
    """Two recordings of the class pen, beside its three images from elsewhere."""
    return {
        session.id: [
            folders.add_image("pen", picture(40 * number), session, number)
            for number in range(count)
        ]
        for session, count in ((FIRST, 3), (SECOND, 2))
    }


def _gallery(qtbot: QtBot, tab: CaptureTab, count: int) -> GalleryPanel:
    (panel,) = tab.findChildren(GalleryPanel)
    qtbot.waitUntil(lambda: len(panel.samples) == count)
    panel.set_filter_visible(True)
    return panel


def _chooser(panel: GalleryPanel, name: str) -> QComboBox:
    (found,) = panel.findChildren(QComboBox, name)
    return found


def test_sessions_are_offered_with_their_counts(
    qtbot: QtBot, recorded: dict[str, list[Sample]], open_tab: OpenTab
) -> None:
    panel = _gallery(qtbot, open_tab(camera=""), 8)
    chooser = _chooser(panel, "sessionChooser")
    qtbot.waitUntil(lambda: chooser.count() == 4)
    offered = [(chooser.itemData(n), chooser.itemText(n)[-3:]) for n in range(1, 4)]
    assert offered == [(SECOND.id, "(2)"), (FIRST.id, "(3)"), ("none", "(3)")]


def test_only_the_chosen_session_is_shown_in_the_chosen_order(
    qtbot: QtBot, recorded: dict[str, list[Sample]], open_tab: OpenTab
) -> None:
    panel = _gallery(qtbot, open_tab(camera=""), 8)
    chooser = _chooser(panel, "sessionChooser")
    qtbot.waitUntil(lambda: chooser.count() == 4)
    chooser.setCurrentIndex(chooser.findData(FIRST.id))
    qtbot.waitUntil(lambda: list(panel.samples) == recorded[FIRST.id][::-1])
    order = _chooser(panel, "orderChooser")
    order.setCurrentIndex(order.findData(str(Order.OLDEST)))
    qtbot.waitUntil(lambda: list(panel.samples) == recorded[FIRST.id])
    panel.set_filter_visible(False)
    assert len(panel.samples) == 8


def test_the_last_of_quick_choices_is_what_is_shown(
    qtbot: QtBot, studio: Studio, recorded: dict[str, list[Sample]], open_tab: OpenTab
) -> None:
    panel = _gallery(qtbot, open_tab(camera=""), 8)
    order = _chooser(panel, "orderChooser")
    for value in (Order.OLDEST, Order.LEAST_SHARP, Order.OLDEST, Order.NEWEST):
        order.setCurrentIndex(order.findData(str(value)))
    newest_first = list(panel.samples)
    qtbot.waitUntil(lambda: not studio.jobs.findChildren(Job))  # nothing comes after it
    assert list(panel.samples) == newest_first
    assert [s for s in newest_first if s in recorded[SECOND.id]] == recorded[SECOND.id][::-1]


def test_images_are_looked_into_until_all_are_known(
    qtbot: QtBot, recorded: dict[str, list[Sample]], open_tab: OpenTab
) -> None:
    panel = _gallery(qtbot, open_tab(camera=""), 8)
    show = _chooser(panel, "showChooser")
    (progress,) = panel.findChildren(QLabel, "insightProgress")
    show.setCurrentIndex(show.findData(str(Show.FLAWED)))
    qtbot.waitUntil(lambda: len(panel.samples) == 8)  # even grey is blurred
    qtbot.waitUntil(lambda: progress.text() == "")
