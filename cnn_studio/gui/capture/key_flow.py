"""Decides what the keys of the capture tab mean, and leads back to where Space records."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from cnn_studio.gui.capture.checkup.answer_keys import MOST_NUMBERS
from cnn_studio.gui.capture.classes.class_panel import ClassPanel
from cnn_studio.gui.capture.contents import Contents
from cnn_studio.gui.capture.gallery.gallery_flow import GalleryFlow
from cnn_studio.gui.capture.gallery.gallery_panel import GalleryPanel
from cnn_studio.gui.capture.recording.hold_keys import HoldKeys
from cnn_studio.gui.capture.recording.space_use import SpaceUse


class KeyFlow(QObject):
    """Connects the keys, the classes and the gallery.

    Args:
        keys: Where the keys are taken.
        contents: What is on show.
        classes: Shows what digits do; gets the keys where Esc leads back.
        gallery: Its selection changes what keys mean.
        arranging: Moves what is selected, and ends what the gallery shows instead of a class.
        is_recording: Whether Esc ends a recording, and so nothing else.
        parent: The tab.

    Signals:
        class_chosen(str): A number key has chosen this class.
    """

    class_chosen = Signal(str)

    def __init__(
        self,
        keys: HoldKeys,
        contents: Contents,
        classes: ClassPanel,
        gallery: GalleryPanel,
        arranging: GalleryFlow,
        is_recording: Callable[[], bool],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._keys = keys
        self._contents = contents
        self._classes = classes
        self._gallery = gallery
        self._arranging = arranging
        self._is_recording = is_recording
        self._tab = parent
        self._begun: set[Path] = set()  # empty datasets that were given the keys once
        keys.end_requested.connect(self._on_keys_end_requested)
        keys.number_pressed.connect(self._on_keys_number_pressed)
        keys.look_requested.connect(gallery.view.look_at_current)
        keys.focus_lost.connect(classes.view.setFocus)
        keys.space_changed.connect(self._show_digits)
        gallery.keys_given_up.connect(classes.view.setFocus)
        gallery.selection_changed.connect(keys.refresh)
        gallery.selection_changed.connect(self._show_digits)
        classes.view.class_chosen.connect(gallery.view.clearSelection)
        classes.view.row_pressed.connect(gallery.view.clearSelection)
        contents.classes_changed.connect(self._show_digits)
        contents.listed.connect(self._on_contents_listed)

    @Slot(int)
    def _on_keys_number_pressed(self, number: int) -> None:
        name = self._classes.model.name_of(number)
        if not self._arranging.relabel_selected(name) and name:
            self.class_chosen.emit(name)

    @Slot()
    def _on_keys_end_requested(self) -> None:
        """Esc: end a recording, else lead back to where Space records, else to the whole class."""
        if self._is_recording():
            return  # it ends by the same key
        gallery = self._gallery
        has_search_keys = gallery.is_filter_visible and gallery.filter_bar.has_keys
        is_away = self._keys.space_use is not SpaceUse.RECORD or self._keys.are_digits_typed
        self._lead_back()
        if self._arranging.chosen is None:
            self._arranging.end_chosen()  # what is only waited for is called off, too
        if has_search_keys:
            gallery.set_filter_visible(False)
        elif not is_away and gallery.chosen_line.text:
            self._arranging.end_chosen()
        elif not is_away:
            gallery.set_filter_visible(False)

    def _lead_back(self) -> None:
        """Have Space record again: nothing typed, nothing selected, the keys at the classes."""
        self._classes.clear_field()
        self._gallery.view.clearSelection()
        self._classes.view.setFocus()

    @Slot()
    def _show_digits(self) -> None:
        number = min(len(self._contents.classes), MOST_NUMBERS)
        moves = self._contents.folders is not None and self._gallery.has_selection
        moving = self._gallery.view.selected_count if moves else 0
        self._classes.set_digits(number, moving=moving, are_idle=not self._keys.takes_digits)

    @Slot()
    def _on_contents_listed(self) -> None:
        """Give the keys to what comes first in an empty dataset: a name to type, or Space to hold.

        Else they would be where the dataset was made or chosen, in the header.
        """
        contents = self._contents
        dataset, is_filled = contents.dataset, any(contents.counts.values())
        if dataset is None or contents.folders is None or is_filled or not self._tab.isVisible():
            return
        if dataset.folder in self._begun or self._keys.are_digits_typed:
            return
        self._begun.add(dataset.folder)
        if contents.classes:
            self._classes.view.setFocus()
        else:
            self._classes.focus_field()
