"""While files are held over the tab it says where they will go."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from cnn_studio.data.catalog import Dataset
from cnn_studio.gui.capture.capture_tab import CaptureTab
from cnn_studio.gui.capture.classes.class_view import ClassView
from cnn_studio.gui.capture.recording.preview_panel import PreviewPanel
from cnn_studio.gui.pictures.gallery_view import GalleryView
from cnn_studio.gui.widgets.drop_overlay import DropOverlay
from cnn_studio.gui.widgets.empty_state import EmptyState
from tests.gui.capture.conftest import OpenTab, names_in, write_pictures
from tests.gui.capture.test_capture_tab import files, part, row_of, shown_names

COPY = Qt.DropAction.CopyAction
LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


@pytest.fixture
def tab(qtbot: QtBot, things: Dataset, open_tab: OpenTab) -> CaptureTab:
    tab = open_tab(camera="")
    qtbot.waitUntil(lambda: len(shown_names(tab)) == 3)
    return tab


def _hold(widget: QWidget, where: QPoint, mime: QMimeData) -> bool:
    """Drag over a widget as a file manager does; whether a drop would be taken."""
    event = QDragEnterEvent(where, COPY, mime, LEFT, NONE)
    QApplication.sendEvent(widget, event)
    QApplication.sendEvent(widget, QDragMoveEvent(where, COPY, mime, LEFT, NONE))
    return event.isAccepted()


def _words(tab: CaptureTab) -> str:
    return part(tab, DropOverlay, "dropOverlay").words


def test_images_go_into_the_class_under_the_pointer_or_on_show(
    tab: CaptureTab, tmp_path: Path
) -> None:
    mime = files(*write_pictures(tmp_path / "new", 2))
    classes = part(tab, ClassView).viewport()
    gallery, preview = part(tab, GalleryView).viewport(), part(tab, PreviewPanel)
    assert _hold(classes, row_of(tab, 1), mime)
    assert _words(tab) == "Drop into cup"
    assert _hold(classes, row_of(tab, 2), mime)
    assert _words(tab) == "Drop into key"
    for widget in (gallery, preview):
        assert _hold(widget, QPoint(40, 40), mime)
        assert _words(tab) == "Drop into pen"
    assert _hold(classes, QPoint(20, classes.height() - 4), mime)
    assert _words(tab) == "Drop on the class that they show"
    QApplication.sendEvent(classes, QDragLeaveEvent())
    assert _words(tab) == ""


def test_folders_make_classes_unless_they_are_held_over_one(
    tab: CaptureTab, tmp_path: Path
) -> None:
    write_pictures(tmp_path / "more" / "ball", 2)
    mime = files(tmp_path / "more")
    classes = part(tab, ClassView).viewport()
    for widget, where in (
        (part(tab, GalleryView).viewport(), QPoint(40, 40)),
        (part(tab, PreviewPanel), QPoint(40, 40)),
        (classes, QPoint(20, classes.height() - 4)),
    ):
        assert _hold(widget, where, mime)
        assert _words(tab) == "Drop to make classes from folders"
    assert _hold(classes, row_of(tab, 1), mime)
    assert _words(tab) == "Drop into cup"


def test_what_is_dropped_on_the_preview_goes_into_the_class_on_show(
    qtbot: QtBot, tab: CaptureTab, things: Dataset, tmp_path: Path
) -> None:
    tab._contents.choose("key")
    qtbot.waitUntil(lambda: part(tab, EmptyState).isVisible())
    mime = files(*write_pictures(tmp_path / "new", 2))
    preview = part(tab, PreviewPanel)
    assert _hold(part(tab, EmptyState), QPoint(40, 40), mime)
    assert _words(tab) == "Drop into key"
    assert _hold(preview, QPoint(40, 40), mime)
    drop = QDropEvent(QPoint(40, 40).toPointF(), COPY, mime, LEFT, NONE)
    QApplication.sendEvent(preview, drop)
    assert drop.isAccepted()
    assert _words(tab) == ""
    qtbot.waitUntil(lambda: len(names_in(things.folder / "key")) == 2)


def test_thumbnails_that_are_dragged_about_are_no_files(tab: CaptureTab) -> None:
    view = part(tab, GalleryView)
    view.selectAll()
    mime = view._gallery.mime_data(view.selected_samples())
    assert not _hold(part(tab, PreviewPanel), QPoint(40, 40), mime)
    assert _words(tab) == ""
