"""The capture tab: classes on the left, the camera above, the images of the class below."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QByteArray, QEvent, Qt, Slot
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSplitter, QVBoxLayout, QWidget

from cnn_studio.data.catalog import Dataset
from cnn_studio.data.packed_images import PackedReader
from cnn_studio.gui.capture.checkup.checkup_flow import CheckupFlow
from cnn_studio.gui.capture.classes.background_flow import BackgroundFlow
from cnn_studio.gui.capture.classes.class_flow import ClassFlow
from cnn_studio.gui.capture.classes.class_panel import ClassPanel
from cnn_studio.gui.capture.contents import Contents
from cnn_studio.gui.capture.editing.edit_flow import EditFlow
from cnn_studio.gui.capture.editing.history_list import HistoryButton
from cnn_studio.gui.capture.editing.outside_edits import OutsideEdits
from cnn_studio.gui.capture.editing.trash_flow import TrashFlow
from cnn_studio.gui.capture.empty_flow import EmptyFlow
from cnn_studio.gui.capture.gallery.alike_flow import AlikeFlow
from cnn_studio.gui.capture.gallery.gallery_flow import GalleryFlow
from cnn_studio.gui.capture.gallery.gallery_panel import GalleryPanel
from cnn_studio.gui.capture.key_flow import KeyFlow
from cnn_studio.gui.capture.map.map_flow import MapFlow
from cnn_studio.gui.capture.messages import Messages
from cnn_studio.gui.capture.recording.hold_keys import HoldKeys
from cnn_studio.gui.capture.recording.instant_flow import InstantFlow
from cnn_studio.gui.capture.recording.preview_panel import PreviewPanel
from cnn_studio.gui.capture.recording.record_flow import RecordFlow
from cnn_studio.gui.capture.sorting.sort_flow import SortFlow
from cnn_studio.gui.capture.transfer.broken_off_flow import BrokenOffFlow
from cnn_studio.gui.capture.transfer.broken_off_offer import BrokenOffOffer
from cnn_studio.gui.capture.transfer.drop_guide import DropGuide
from cnn_studio.gui.capture.transfer.export_flow import ExportFlow
from cnn_studio.gui.capture.transfer.import_flow import ImportFlow
from cnn_studio.gui.endings import AFTER_A_CHANGE, Until
from cnn_studio.gui.studio import Studio
from cnn_studio.gui.widgets.drop_overlay import DropOverlay
from cnn_studio.gui.widgets.lower_edge import LowerEdge
from cnn_studio.gui.widgets.notice import Kind
from cnn_studio.gui.widgets.undo_bar import UndoBar
from cnn_studio.vision.images import read_image

_SPLIT_SETTING = "capture/split"
_MARGIN = 16


class CaptureTab(QWidget):
    """Puts the parts together: their signals to what decides, and what was decided to the parts."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("captureTab")
        self._studio = studio
        self._is_editing = False
        self._contents = Contents(studio.jobs, self)
        self._edits = EditFlow(self._contents, studio.jobs, self)
        self._classes = ClassPanel(studio.theme, self)
        self._preview = PreviewPanel(studio, self)
        self._gallery = GalleryPanel(studio.theme, studio.settings, self)
        self._messages = Messages(studio.theme, self, endings=studio.endings)
        self._undo_bar = UndoBar(studio.theme, self)
        self._listing = ClassFlow(self._contents, self._edits, self._classes, studio.instant, self)
        self._empty = EmptyFlow(
            studio,
            self._contents,
            self._gallery,
            lambda: self._preview.record.options.is_toggle,
            self,
        )
        self._background = BackgroundFlow(
            self._contents, self._edits, self._classes.background_offer, studio.settings, self
        )
        strip = self._classes.import_strip
        self._imports = ImportFlow(studio, self._contents, self._edits, strip, self._messages, self)
        self._sorting = SortFlow(studio, self._contents, self._imports, self._messages, self)
        self._broken_off = BrokenOffOffer(studio.theme, self)
        self._recovering = BrokenOffFlow(studio, self._broken_off, self._imports, self._messages)
        errands = self._imports.errands
        self._export = ExportFlow(studio, self._contents, errands, self._messages, self)
        self._trash = TrashFlow(studio, self._contents, self._edits, self)
        self._steps = HistoryButton(self._edits.stack, studio.theme, self)
        self._checkup = CheckupFlow(studio, self._contents, self._edits, self)
        self._arranging = GalleryFlow(studio, self._contents, self._edits, self._gallery, self)
        self._map = MapFlow(
            studio, self._contents, self._edits, self._arranging, self._gallery, self
        )
        tools = (self._steps, self._trash.button, self._checkup.button, self._map.button)
        for button in tools:
            self._gallery.add_tool(button)
        self._lay_out()
        self._drops = DropGuide(
            DropOverlay(studio.theme, self, covers=self._split),
            self._contents,
            self._classes.view,
            self._preview,
            (self._gallery.view.viewport(), self._gallery.empty_state),
        )
        self._keys = HoldKeys(
            self, self._preview.record.hold_button, lambda: self._gallery.has_selection
        )
        self._alike = AlikeFlow(studio, self._contents, self._edits, self._arranging, self)
        self._key_flow = KeyFlow(  # before the recording's, which ends by the same key
            self._keys,
            self._contents,
            self._classes,
            self._gallery,
            self._arranging,
            lambda: self._recording.is_active,
            self,
        )
        self._outside = OutsideEdits(
            studio, self._contents, self._edits, self._arranging, self._gallery, self
        )
        self._recording = RecordFlow(
            studio,
            self._contents,
            self._edits,
            self._classes.model,
            self._preview,
            self._keys,
            self._messages,
            self,
        )
        self._instant = InstantFlow(studio, self._contents, self._preview, self)
        self._connect_contents()
        self._connect_edits()
        self._on_studio_dataset_changed(studio.dataset)

    def activate(self) -> None:
        """The tab is on the screen now."""
        self._keys.watch_window()
        self._contents.reload()
        self._gallery.refresh()
        self._trash.refresh()
        self._instant.activate()

    def deactivate(self) -> None:
        """The tab has left the screen."""
        self._instant.deactivate()
        self._recording.let_go()

    def key_hints(self) -> list[tuple[str, str]]:
        """The keys that hold on the whole tab, and what they do."""
        return self._keys.key_hints()

    def shutdown(self) -> None:
        """The window closes; what was recorded is written first."""
        self._recording.shutdown()
        self._imports.shutdown()
        self._sorting.shutdown()
        self._trash.close()
        self._checkup.close()
        self._map.close()
        self._arranging.shutdown()
        self._gallery.shutdown()
        self._studio.settings.setValue(_SPLIT_SETTING, self._split.saveState())

    def focusInEvent(self, event: QFocusEvent) -> None:
        # A focus proxy would lead Tab to the classes, past what stands above them.
        self._classes.view.setFocus(event.reason())

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.ActivationChange and not self.isActiveWindow():
            self._recording.release()
        super().changeEvent(event)

    def _lay_out(self) -> None:
        below = QFrame(self)
        below.setProperty("panel", "true")
        column = QVBoxLayout(below)
        column.setContentsMargins(1, 1, 1, 1)
        column.setSpacing(0)
        column.addWidget(self._gallery)
        column.addWidget(self._undo_bar)
        self._split = QSplitter(Qt.Orientation.Vertical, self)
        self._split.setObjectName("captureSplit")
        self._split.setChildrenCollapsible(False)
        self._split.setHandleWidth(_MARGIN // 2)
        self._split.addWidget(self._preview)
        self._split.addWidget(below)
        self._split.setStretchFactor(0, 5)
        self._split.setStretchFactor(1, 4)
        kept = self._studio.settings.value(_SPLIT_SETTING)
        if isinstance(kept, QByteArray):
            self._split.restoreState(kept)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(_MARGIN, _MARGIN, _MARGIN, _MARGIN)
        layout.setSpacing(_MARGIN)
        layout.addWidget(self._classes)
        layout.addWidget(self._split, 1)
        self.lower_edge = LowerEdge(self, self._gallery, self._broken_off, self._messages)

    def _connect_contents(self) -> None:
        contents = self._contents
        contents.classes_changed.connect(self._on_contents_classes_changed)
        contents.samples_changed.connect(self._empty.update)
        contents.samples_added.connect(self._empty.update)
        contents.failed.connect(self._on_contents_failed)
        contents.listed.connect(self._on_contents_listed)
        contents.class_chosen.connect(self._on_contents_class_chosen)
        self._studio.dataset_changed.connect(self._on_studio_dataset_changed)
        self._studio.dataset_edited.connect(self._on_studio_dataset_edited)
        self._listing.class_chosen.connect(self._on_class_chosen)
        self._key_flow.class_chosen.connect(self._on_class_chosen)
        self._keys.space_changed.connect(self._preview.record.set_space_use)
        self._empty.class_requested.connect(self._classes.focus_field)
        self._empty.tree_requested.connect(self._imports.ask_for_tree)
        self._empty.fetched.connect(self._on_new_images)

    def _connect_edits(self) -> None:
        edits, classes, gallery = self._edits, self._classes, self._gallery
        classes.view.samples_dropped.connect(self._on_samples_dropped)
        gallery.delete_requested.connect(edits.delete)
        gallery.move_requested.connect(edits.move)
        gallery.undo_requested.connect(edits.undo)
        gallery.redo_requested.connect(edits.redo)
        self._steps.place_requested.connect(edits.go_to)
        edits.began.connect(self._on_edits_began)
        edits.edited.connect(self._on_edited)
        edits.failed.connect(self._on_edits_failed)
        edits.fell_short.connect(self._on_edits_fell_short)
        edits.ended_early.connect(self._on_edits_ended_early)
        edits.history_changed.connect(gallery.set_history)
        edits.history_changed.connect(self._undo_bar.withdraw)
        edits.undo_offered.connect(self._undo_bar.offer)
        edits.redo_offered.connect(self._undo_bar.offer_redo)
        self._undo_bar.undo_requested.connect(edits.undo)
        self._undo_bar.redo_requested.connect(edits.redo)
        gallery.set_history("", "")
        classes.view.files_dropped.connect(self._imports.bring_in)
        gallery.files_dropped.connect(self._on_gallery_files_dropped)
        self._drops.dropped.connect(self._on_gallery_files_dropped)
        classes.files_requested.connect(self._imports.ask_for_images)
        classes.folder_requested.connect(self._imports.ask_for_folder)
        classes.video_requested.connect(self._imports.videos.ask_for_videos)
        classes.tree_requested.connect(self._imports.ask_for_tree)
        classes.zip_requested.connect(self._imports.ask_for_zip)
        classes.sort_files_requested.connect(self._sorting.ask_for_photos)
        classes.sort_folder_requested.connect(self._sorting.ask_for_folder)
        self._imports.sort_requested.connect(self._sorting.sort)
        classes.export_requested.connect(self._export.ask)
        self._imports.imported.connect(self._on_new_images)
        self._recording.recorded.connect(self._on_new_images)
        self._arranging.failed.connect(self._on_arranging_failed)
        self._checkup.class_wanted.connect(self._on_class_chosen)
        self._checkup.checked.connect(self._arranging.set_checkup)
        self._checkup.progressed.connect(self._arranging.set_checkup_progress)
        self._arranging.checkup_wanted.connect(self._checkup.check)
        self._checkup.labels_searched.connect(self._arranging.refresh)
        self._arranging.nothing_to_review.connect(self._on_nothing_to_review)

    @Slot(str)
    def _on_class_chosen(self, name: str) -> None:
        if name != self._contents.chosen:
            self._recording.let_go()
            self._contents.choose(name)

    @Slot(object)
    def _on_studio_dataset_changed(self, dataset: Dataset | None) -> None:
        self._recording.let_go()
        self._undo_bar.withdraw()
        self._contents.show_dataset(dataset)
        is_packed = dataset is not None and self._contents.folders is None
        reader = PackedReader(dataset) if dataset and is_packed else read_image
        self._gallery.set_reader(reader)
        self._arranging.set_reader(reader)
        self._preview.set_spec(dataset.card.input if dataset else None)
        self._recording.update_lock()
        if dataset is not None and dataset.problem:
            self._messages.say(dataset.problem, Kind.WARN, until=Until.DATASET)

    @Slot()
    def _on_studio_dataset_edited(self) -> None:
        if not self._is_editing:
            self._contents.show_dataset(self._studio.dataset)
            dataset = self._studio.dataset
            self._preview.set_spec(dataset.card.input if dataset else None)

    @Slot()
    def _on_contents_classes_changed(self) -> None:
        contents = self._contents
        everything = contents.is_everything
        shown = self.tr("All classes") if everything else contents.chosen
        others = [name for name in contents.classes if everything or name != contents.chosen]
        self._gallery.set_class(shown, others, contents.folders is not None)

    @Slot(str)
    def _on_samples_dropped(self, class_name: str) -> None:
        self._edits.move(self._gallery.view.selected_samples(), class_name)

    @Slot(list)
    def _on_gallery_files_dropped(self, paths: list[Path]) -> None:
        if self._empty.take(paths):
            return
        shown = "" if self._contents.is_everything else self._contents.chosen
        self._imports.bring_in(paths, shown, is_for_class=False)

    @Slot()
    def _on_edits_began(self) -> None:
        self._studio.endings.end(Until.CHANGE)

    @Slot(str)
    def _on_edits_ended_early(self, sentence: str) -> None:
        self._studio.say(sentence, AFTER_A_CHANGE | Until.PAGE)

    @Slot(str)
    def _on_edited(self, text: str) -> None:
        self._studio.say(text, AFTER_A_CHANGE | Until.PAGE)
        self._on_new_images()

    @Slot()
    def _on_new_images(self) -> None:
        self._contents.reload()
        self._tell_others()

    @Slot()
    def _on_nothing_to_review(self) -> None:
        text = self.tr("Every image shown here has been reviewed.")
        self._messages.say(text, Kind.GOOD, until=AFTER_A_CHANGE | Until.SHOWN)

    @Slot(str)
    def _on_edits_failed(self, sentence: str) -> None:
        self._messages.say(sentence, Kind.ERROR, until=AFTER_A_CHANGE)
        self._contents.reload()

    @Slot(str)
    def _on_edits_fell_short(self, sentence: str) -> None:
        self._messages.say(sentence, Kind.WARN, until=AFTER_A_CHANGE)
        self._on_new_images()

    @Slot(str)
    def _on_contents_failed(self, sentence: str) -> None:
        self._messages.say(sentence, Kind.ERROR, until=Until.READ | Until.DATASET)

    @Slot()
    def _on_contents_class_chosen(self) -> None:
        self._studio.endings.end(Until.SHOWN)

    @Slot()
    def _on_contents_listed(self) -> None:
        self._studio.endings.end(Until.READ)

    @Slot(str)
    def _on_arranging_failed(self, sentence: str) -> None:
        self._messages.say(sentence, Kind.ERROR, until=Until.SHOWN | Until.DATASET)

    def _tell_others(self) -> None:
        self._is_editing = True
        self._studio.dataset_was_edited()
        self._is_editing = False
