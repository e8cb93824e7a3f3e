"""Where files are dropped or opened, and the table of what the model says about them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QPoint, QTimer, Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from cnn_studio.gui.endings import Until
from cnn_studio.gui.figures import whole
from cnn_studio.gui.prediction.files.arrangement import FileFilter
from cnn_studio.gui.prediction.files.drop_zone import DropZone
from cnn_studio.gui.prediction.files.file_actions import FileActions
from cnn_studio.gui.prediction.files.file_entry import FileEntry
from cnn_studio.gui.prediction.files.file_model import FileModel
from cnn_studio.gui.prediction.files.file_pictures import FilePictures
from cnn_studio.gui.prediction.files.file_table import FileTable
from cnn_studio.gui.prediction.files.file_work import FileWork
from cnn_studio.gui.prediction.files.files_head import FilesHead
from cnn_studio.gui.prediction.files.saving_flow import SavingFlow
from cnn_studio.gui.prediction.files.score_panel import ScorePanel, about_tally
from cnn_studio.gui.prediction.model.run_choice import UsedModel
from cnn_studio.gui.studio import Studio
from cnn_studio.gui.widgets.lower_edge import LowerEdge
from cnn_studio.gui.widgets.notice import Kind, Notice
from cnn_studio.prediction.tally import Tally

_COUNT_INTERVAL_MS = 500  # how often accuracy and matrix follow what has come
_ACCEPT_DELAY_MS = 150  # a slider that is dragged says it many times


class FilesPanel(QFrame):
    """The bottom of the tab: as low as its one line while empty, a table once there are files.

    Table, accuracy and matrix are of the chosen model alone: when another one is chosen, it
    is asked about all files again.

    Signals:
        open_files_requested, open_folder_requested: A button for it was pressed.
        entry_opened(FileEntry): A file should be shown large.
        entry_reached(FileEntry): The selection moved to this file.
        entry_taught(FileEntry, int): The selected file shows the class of this number key.
        failed(sentence): A drop could not be classified.
        emptiness_changed: The first file came, or all were cleared.
        room_requested(bool): The table shall have all the room there is, or no more.
    """

    open_files_requested = Signal()
    open_folder_requested = Signal()
    entry_opened = Signal(object)
    entry_reached = Signal(object)
    entry_taught = Signal(object, int)
    failed = Signal(str)
    emptiness_changed = Signal()
    room_requested = Signal(bool)

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        theme = studio.theme
        self.setObjectName("filesPanel")
        self.setProperty("panel", True)
        self._used: UsedModel | None = None
        self._tally = Tally()
        self._has_scores = False
        self._pictures = FilePictures(theme, self)
        self.model = FileModel(self._pictures, theme, self)
        self._work = FileWork(studio.jobs, self, self.isVisible)
        self._saving = SavingFlow(studio, self)
        self._actions = FileActions(theme, self, self._work.rate)
        self._zone = DropZone(theme, self)
        self._results = QWidget(self)
        self._head = FilesHead(theme, self._actions, self._results)
        self._notice = Notice(theme, self._results, endings=studio.endings)
        self._table = FileTable(self.model, self._pictures, theme, self._results)
        self._scores = ScorePanel(theme, self._results)
        self._scores.hide()
        self._counting = QTimer(self, interval=_COUNT_INTERVAL_MS, singleShot=True)
        self._accepting = QTimer(self, interval=_ACCEPT_DELAY_MS, singleShot=True)
        self._lay_out()
        self._connect()
        self._show_scores()
        self._show_state()

    @property
    def is_empty(self) -> bool:
        """Whether there is no file yet, nor one on its way."""
        return not self.model.entries and not self._work.is_running

    def set_model(self, used: UsedModel | None) -> None:
        """Which model classifies the files, those that are listed as well."""
        if used == self._used:
            return
        self._used = used
        if used is not None:
            self.model.set_model(used)
            self._tally.clear()
            self._has_scores = False
            self._count(self.model.entries)
            self._show_scores()
            self._ask_again()

    def set_accept(self, accept: float) -> None:
        """Which share of known images is to be answered, of the files on show as well."""
        if accept != self._work.accept:
            self._work.accept = accept
            self._accepting.start()

    def classify(self, paths: Sequence[Path]) -> None:
        """Classify files, folders, archives and videos, after those that are under way."""
        if self._used is None:
            return
        was_empty = self.is_empty
        self._head.show_progress(0, 0)
        self._work.classify(self._used, paths)
        self._table.scrollToTop()
        self._show_state()
        if was_empty:
            self.emptiness_changed.emit()

    def leave_file(self) -> None:
        """The camera is shown again: a number key is about it, and not about a selected file."""
        if self._table.selected_count == 1:
            self._table.clearSelection()

    @Slot()
    def clear(self) -> None:
        """Forget all files and stop what is under way."""
        self._work.discard()
        self._forget()
        self._head.filter.reset()
        self._head.give_back_room()
        self._notice.hide()
        self._show_state()
        self.emptiness_changed.emit()

    def shutdown(self) -> None:
        """Stop what is under way."""
        self._work.discard()
        self._saving.cancel()
        self._pictures.shutdown()

    def _lay_out(self) -> None:
        below = QHBoxLayout()
        below.setSpacing(16)
        below.addWidget(self._table, 1)
        below.addWidget(self._scores)
        column = QVBoxLayout(self._results)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self._head)
        self.lower_edge = LowerEdge(self._results, self._results, self._notice)
        column.addLayout(below, 1)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 10, 16, 10)
        layout.addWidget(self._zone, 1)
        layout.addWidget(self._results, 1)

    def _connect(self) -> None:
        self._work.classified.connect(self._on_work_classified)
        self._work.progressed.connect(self._head.show_progress)
        self._work.failed.connect(self.failed)
        self._work.ended.connect(self._on_work_ended)
        self._zone.open_files_requested.connect(self.open_files_requested)
        self._zone.open_folder_requested.connect(self.open_folder_requested)
        self._actions.open_files_requested.connect(self.open_files_requested)
        self._actions.open_folder_requested.connect(self.open_folder_requested)
        self._actions.copy_requested.connect(self._on_actions_copy_requested)
        self._actions.csv_requested.connect(self._on_actions_csv_requested)
        self._actions.json_requested.connect(self._on_actions_json_requested)
        self._actions.rate_chosen.connect(self._on_actions_rate_chosen)
        self._head.cancel_requested.connect(self._work.cancel)
        self._head.again_requested.connect(self._ask_again)
        self._head.clear_requested.connect(self.clear)
        self._head.room_requested.connect(self.room_requested)
        self._head.scores_toggled.connect(self._show_scores)
        self._head.filter.filter_changed.connect(self._on_filter_changed)
        self._saving.told.connect(self._on_saving_told)
        self._notice.action_requested.connect(self._saving.act)
        self._scores.cell_chosen.connect(self._head.filter.set_cell)
        self._table.entry_opened.connect(self._on_table_entry_opened)
        self._table.entry_reached.connect(self.entry_reached)
        self._table.number_pressed.connect(self._on_table_number_pressed)
        self._table.selection_changed.connect(self._show_count)
        self._table.customContextMenuRequested.connect(self._on_table_menu_requested)
        self.model.modelReset.connect(self._show_count)
        self.model.accept_applied.connect(self._on_model_accept_applied)
        self._counting.timeout.connect(self._show_scores)
        self._accepting.timeout.connect(self._on_accepting_timeout)

    def _subject(self) -> Sequence[FileEntry]:
        """What the actions work on: what is selected if that is several, else what is listed."""
        if self._table.selected_count > 1:
            return self._table.selected_entries()
        return self.model.rows

    @Slot()
    def _ask_again(self) -> None:
        """Ask the chosen model about what it has not said anything of."""
        if self._used is not None:
            self._work.ask_again(self._used, self.model.listed())
            self._head.show_progress(0, 0)
        self._show_state()

    def _forget(self) -> None:
        self.model.clear()
        self._pictures.clear()
        self._tally.clear()
        self._has_scores = False
        self._show_scores()

    def _show_state(self) -> None:
        running, empty = self._work.is_running, self.is_empty
        self._zone.setVisible(empty)
        self._results.setVisible(not empty)
        self._head.show_running(running=running, unasked=self.model.has_unasked)
        self._show_count()

    @Slot()
    def _show_count(self) -> None:
        model, selected = self.model, self._table.selected_count
        listed = len(model.rows)
        self._head.show_count(listed, len(model.entries), model.unreadable_count, selected)
        is_selection = selected > 1
        self._actions.set_subject(selected if is_selection else listed, is_selection=is_selection)

    @Slot()
    def _show_scores(self) -> None:
        """Show how often the model is right, and the columns that something is known of."""
        scores = self._tally.scores()
        self._head.show_accuracy(
            scores.accuracy if scores is not None else None, about_tally(self._tally)
        )
        known = {"has_scores": self._has_scores, "has_truth": scores is not None}
        self._table.set_known(**known)
        self._head.filter.set_known(**known)
        is_shown = scores is not None and self._head.wants_scores
        if is_shown:
            self._scores.show_tally(self._tally)
        self._scores.setVisible(is_shown)

    def _count(self, entries: Sequence[FileEntry]) -> None:
        self._tally.add(entry.answer for entry in entries)
        self._has_scores = self._has_scores or any(entry.is_measured for entry in entries)
        if not self._counting.isActive():
            self._counting.start()

    @Slot(int, object)
    def _on_work_classified(self, drop: int, entries: list[FileEntry]) -> None:
        self.model.add(drop, entries)
        known = next((entry.prediction for entry in entries if entry.prediction is not None), None)
        if known is not None:
            self._head.filter.set_classes(known.classes)
        self._count(entries)
        self._show_count()

    @Slot()
    def _on_work_ended(self) -> None:
        self._show_scores()
        self._show_state()
        if self.is_empty:
            self.emptiness_changed.emit()

    @Slot(object)
    def _on_filter_changed(self, wanted: FileFilter) -> None:
        self.model.set_filter(wanted)
        self._table.scrollToTop()

    @Slot()
    def _on_accepting_timeout(self) -> None:
        if self._work.accept is not None:
            self.model.set_accept(self._work.accept)

    @Slot()
    def _on_model_accept_applied(self) -> None:
        self._tally.clear()
        self._count(self.model.entries)

    @Slot()
    def _on_actions_copy_requested(self) -> None:
        self._save(self._saving.ask_to_copy)

    @Slot()
    def _on_actions_csv_requested(self) -> None:
        self._save(self._saving.ask_for_csv)

    @Slot()
    def _on_actions_json_requested(self) -> None:
        self._save(self._saving.ask_for_json)

    def _save(self, ask: Callable[[Sequence[FileEntry]], None]) -> None:
        subject = self._subject()
        unasked = sum(entry.is_unasked for entry in subject)
        if not unasked:
            ask(subject)
            return
        text = self.tr(
            "The chosen model has not been asked about {count} of these files yet. "
            "Wait until it has, or press \N{LEFT DOUBLE QUOTATION MARK}Classify again"
            "\N{RIGHT DOUBLE QUOTATION MARK}."
        )
        text = text.format(count=whole(unasked))
        self._notice.show_message(text, Kind.WARN, until=Until.MODEL | Until.PAGE)

    @Slot(object)
    def _on_actions_rate_chosen(self, rate: float | None) -> None:
        self._work.rate = rate

    @Slot(str, object, str)
    def _on_saving_told(self, sentence: str, kind: Kind, action: str) -> None:
        self._notice.show_message(sentence, kind, action, until=Until.PAGE)

    @Slot(object)
    def _on_table_entry_opened(self, entry: FileEntry) -> None:
        self._head.give_back_room()
        self.entry_opened.emit(entry)

    @Slot(int)
    def _on_table_number_pressed(self, number: int) -> None:
        selected = self._table.selected_entries()
        if len(selected) == 1:
            self._head.give_back_room()
            self.entry_taught.emit(selected[0], number)
        else:
            text = self.tr("Select one file to say what it shows.")
            self._notice.show_message(text, Kind.INFO, until=Until.MODEL | Until.PAGE)

    @Slot(QPoint)
    def _on_table_menu_requested(self, place: QPoint) -> None:
        if self._table.indexAt(place).isValid():
            self._actions.saving.popup(self._table.viewport().mapToGlobal(place))
