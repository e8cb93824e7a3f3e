"""Opens the map of a dataset, keeps it in step with edits, and shows what is chosen on it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QWidget

from cnn_studio.data.marks import Mark
from cnn_studio.gui.capture.contents import Contents
from cnn_studio.gui.capture.editing.edit_flow import EditFlow
from cnn_studio.gui.capture.gallery.chosen_line import Chosen
from cnn_studio.gui.capture.gallery.gallery_flow import GalleryFlow
from cnn_studio.gui.capture.map.map_points import MapPoints
from cnn_studio.gui.capture.map.map_work import MapWork
from cnn_studio.gui.class_colours import class_colours
from cnn_studio.gui.figures import duration, images, whole
from cnn_studio.gui.pictures.thumbnail_view import PICTURE_SIDE
from cnn_studio.gui.pictures.thumbnails import Thumbnails
from cnn_studio.gui.studio import Studio
from cnn_studio.gui.widgets.buttons import icon_button

if TYPE_CHECKING:
    from cnn_studio.gui.capture.map.map_window import MapWindow

_KEY = "Ctrl+M"
_SECOND_MS = 1000


class MapFlow(QObject):
    """Watches the features, the edits, and what is chosen in the gallery and on the map.

    An edit moves no point: what is relabelled gets its new colour, what is deleted goes. Images
    that have come since are not on the map until it is drawn again.

    Args:
        studio, contents, edits: What is watched.
        gallery: Shows what is chosen on the map.
        panel: Where it does so, which the map is not to cover.
        window: What the map belongs to.

    Attributes:
        button: Opens the map.
    """

    def __init__(
        self,
        studio: Studio,
        contents: Contents,
        edits: EditFlow,
        gallery: GalleryFlow,
        panel: QWidget,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._panel = panel
        self._studio = studio
        self._contents = contents
        self._gallery = gallery
        self._parent = window
        self._window: MapWindow | None = None
        self._thumbnails: Thumbnails | None = None
        self._points = MapPoints()
        self._moves: list[Mapping[str, str]] = []  # since the newest map was begun
        self._is_waiting = False
        self._is_showing = False
        self._problem = ""
        self._shown: Chosen | None = None
        self._pointed: Path | None = None
        self._work = MapWork(studio.jobs, lambda: self._window is not None, self)
        self._clock = QTimer(self, interval=_SECOND_MS)
        self._clock.timeout.connect(self._say)
        native = QKeySequence(_KEY).toString(QKeySequence.SequenceFormat.NativeText)
        tip = self.tr("Show a map of all images ({key})").format(key=native)
        self.button = icon_button(window, "mapButton", tip)
        self.button.setShortcut(QKeySequence(_KEY))
        self.button.clicked.connect(self.open)
        self._work.placed.connect(self._on_work_placed)
        self._work.failed.connect(self._on_work_failed)
        self._work.changed.connect(self._on_work_changed)
        edits.moved.connect(self._on_edits_moved)
        gallery.chosen_changed.connect(self._on_gallery_chosen_changed)
        studio.features.changed.connect(self._on_features_changed)
        contents.dataset_changed.connect(self.close)
        contents.classes_changed.connect(self._on_contents_classes_changed)
        studio.theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    @Slot()
    def open(self) -> None:
        """Show the map, and draw it as soon as the features of the images are known."""
        dataset = self._contents.dataset
        if dataset is None or self._contents.folders is None:
            return
        if self._window is None:
            # The window's start need not wait for it.
            from cnn_studio.gui.capture.map.map_window import MapWindow

            window = self._window = MapWindow(dataset.title, self._studio.theme, self._parent)
            self._thumbnails = Thumbnails(PICTURE_SIDE, self)
            self._thumbnails.ready.connect(self._on_thumbnails_ready)
            window.view.chosen.connect(self._on_view_chosen)
            window.view.pointed_at.connect(self._on_view_pointed_at)
            window.again_requested.connect(self._draw)
            window.closed.connect(self._on_window_closed)
            self._draw()
            window.stand_beside(self._panel)
            window.show()
        self._window.raise_()
        self._window.activateWindow()

    @Slot()
    def close(self) -> None:
        """Close the map, as when another dataset is chosen."""
        if self._window is not None:
            self._window.close()

    @Slot()
    def _draw(self) -> None:
        """Draw the map, now or once the features are known."""
        self._is_waiting = True
        self._draw_if_known()

    def _draw_if_known(self) -> None:
        from cnn_studio.instant.image_map import LEAST_IMAGES

        dataset, features = self._contents.dataset, self._studio.features
        if self._window is None or dataset is None or self._work.is_running:
            return
        if features.is_complete and len(features.table) >= LEAST_IMAGES:
            self._is_waiting = False
            self._moves = []
            self._problem = ""
            self._work.draw(features.table, dataset.title)
        elif not len(self._points):
            self._say_why_nothing(LEAST_IMAGES)
        self._say()

    def _say_why_nothing(self, least: int) -> None:
        features = self._studio.features
        known, total = features.counts
        if self._window is None:
            return
        if features.is_complete:
            title = self.tr("Too few images for a map")
            text = self.tr("It needs at least {least}; {images} could be looked at.")
            text = text.format(least=least, images=images(len(features.table)))
            self._window.show_nothing(title, features.problem or text)
        elif total:
            title = self.tr("Looking at the images: {known} of {total}")
            title = title.format(known=whole(known), total=whole(total))
            self._window.show_nothing(title, self._meanwhile, known / total)
        else:
            self._window.show_nothing(self.tr("Looking at the images"), self._meanwhile, -1)

    @property
    def _meanwhile(self) -> str:
        return self.tr("The map is drawn as soon as they are known. You can go on meanwhile.")

    @Slot()
    def _say(self) -> None:
        """Say what the map is, or what is being done for the next one."""
        if self._window is None:
            return
        features = self._studio.features
        known, total = features.counts
        seconds = self._work.arranging_s
        is_busy = self._work.is_running or self._is_waiting
        is_old = False
        if seconds is not None:
            text = self.tr("Arranging … {time}").format(time=duration(seconds))
        elif self._work.is_running:
            text = self.tr("Drawing …")
        elif self._is_waiting and len(self._points):
            text = self.tr("Looking at the images: {known} of {total}")
            text = text.format(known=whole(known), total=whole(total))
        elif not len(self._points):
            text = ""
        else:
            since = self._since()
            is_old = bool(since)
            text = since or self._problem or self._what_it_is()
        self._window.say(text, can_draw=not is_busy, is_old=is_old)

    def _what_it_is(self) -> str:
        from cnn_studio.instant.image_map import MOST_ARRANGED

        count = len(self._points)
        if not self._work.is_arranged:
            return self.tr(
                "Not arranged: the images stand by the two directions in which they differ most."
            )
        known, total = self._studio.features.counts
        if known < total:
            text = self.tr("{images} of {total}; the others have not been looked at.")
            return text.format(images=whole(count), total=whole(total))
        if count <= MOST_ARRANGED:
            text = self.tr("{images}; those that look alike stand side by side.")
            return text.format(images=images(count))
        text = self.tr(
            "{images}: {some} of them are arranged, each other one stands beside the one of "
            "these that is most like it."
        )
        return text.format(images=images(count), some=whole(MOST_ARRANGED))

    def _since(self) -> str:
        """What has changed since the map was drawn that it does not show; empty for nothing."""
        features, folders = self._studio.features, self._contents.folders
        if not features.is_complete or folders is None:
            return ""
        known, on_map = set(features.table.names), set(self._points.names)
        new, missing = known - on_map, on_map - known
        if missing:
            disabled = folders.dataset.card.disabled
            used = [name for name in self._contents.classes if name not in disabled]
            labels = self._points.labels(used)
            missing &= set(self._points.names_at(labels >= 0))
            missing -= folders.marks.names(Mark.EXCLUDED) | folders.marks.names(Mark.TEST)
        if new and missing:
            text = self.tr("The map is from before. New images: {new}. Gone: {gone}.")
        elif new:
            text = self.tr("The map is from before. New images: {new}.")
        elif missing:
            text = self.tr("The map is from before. Images that are gone: {gone}.")
        else:
            return ""
        return text.format(new=whole(len(new)), gone=whole(len(missing)))

    def _show_classes(self) -> None:
        card, classes = self._contents.card, self._contents.classes
        if self._window is not None and card is not None:
            colours = class_colours(card, classes)
            self._window.set_classes(colours, self._points.counts(classes))

    @Slot(object)
    def _on_work_placed(self, points: MapPoints) -> None:
        if self._window is None:
            return
        for moves in self._moves:
            points = points.moved(moves)
        self._points = points
        self._show_classes()
        self._window.show_points(points)

    @Slot(str)
    def _on_work_failed(self, sentence: str) -> None:
        self._problem = sentence
        if self._window is not None and not len(self._points):
            self._window.show_nothing(self.tr("There is no map"), sentence)

    @Slot()
    def _on_work_changed(self) -> None:
        if self._work.arranging_s is not None:
            self._clock.start()
        else:
            self._clock.stop()
        if self._is_waiting and not self._work.is_running:
            self._draw_if_known()
        else:
            self._say()

    @Slot()
    def _on_features_changed(self) -> None:
        if self._window is None:
            return
        if self._is_waiting:
            self._draw_if_known()
        else:
            self._say()

    @Slot(object)
    def _on_edits_moved(self, moves: Mapping[str, str]) -> None:
        if self._window is None:
            return
        self._moves.append(moves)
        if len(self._points):
            self._points = self._points.moved(moves)
            self._window.view.set_names(self._points)
            self._show_classes()

    @Slot()
    def _on_contents_classes_changed(self) -> None:
        if len(self._points):
            self._show_classes()

    @Slot(object)
    def _on_view_chosen(self, selected: NDArray[np.bool_]) -> None:
        count = int(np.count_nonzero(selected))
        if not count:
            if self._gallery.chosen is not None and self._is_showing:
                self._gallery.end_chosen()
            return
        text = self.tr("{images} chosen on the map").format(images=images(count))
        self._shown = Chosen(text, self._points.names_at(selected))
        self._is_showing = True
        self._gallery.show_chosen(self._shown)

    @Slot(object)
    def _on_gallery_chosen_changed(self, chosen: Chosen | None) -> None:
        if chosen is None or chosen is not self._shown:
            self._is_showing = False
            self._shown = None
            if self._window is not None:
                self._window.view.clear_selection()

    @Slot(int)
    def _on_view_pointed_at(self, place: int) -> None:
        dataset = self._contents.dataset
        if place < 0 or dataset is None:
            self._pointed = None
            return
        self._pointed = dataset.folder / self._points.names[place]
        if self._thumbnails is not None:
            self._thumbnails.focus([self._pointed], [])
        self._show_card()

    def _show_card(self) -> None:
        if self._pointed is None or self._window is None or self._thumbnails is None:
            return
        thumbnail = self._thumbnails.get(self._pointed)
        picture = thumbnail.pixmap if thumbnail is not None else None
        self._window.set_card(picture, self._pointed.name)

    @Slot(object)
    def _on_thumbnails_ready(self, path: Path) -> None:
        if path == self._pointed:
            self._show_card()

    @Slot()
    def _on_window_closed(self) -> None:
        self._window = None
        self._clock.stop()
        self._work.cancel()
        self._points, self._moves = MapPoints(), []
        self._is_waiting = False
        self._pointed = None
        if self._thumbnails is not None:
            self._thumbnails.shutdown()
            self._thumbnails.deleteLater()
            self._thumbnails = None

    @Slot()
    def _on_theme_changed(self) -> None:
        self.button.setIcon(self._studio.theme.icon("map"))
