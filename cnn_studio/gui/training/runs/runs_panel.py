"""The runs: listed, found again, named, compared, deleted and brought back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QPoint, Qt, Signal, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QLabel, QStackedWidget, QVBoxLayout, QWidget

from cnn_studio.gui.studio import Studio
from cnn_studio.gui.training import wording
from cnn_studio.gui.training.runs.run_note_dialog import RunNoteDialog
from cnn_studio.gui.training.runs.runs_actions import RunsActions
from cnn_studio.gui.training.runs.runs_filter_bar import RunsFilterBar
from cnn_studio.gui.training.runs.runs_order import RunFilter, datasets_of
from cnn_studio.gui.training.runs.runs_table import RunsTable
from cnn_studio.gui.training.runs.runs_trash import RunsTrash
from cnn_studio.gui.training.runs.selected_flow import SelectedFlow
from cnn_studio.gui.widgets.lower_edge import LowerEdge
from cnn_studio.gui.widgets.notice import Notice
from cnn_studio.gui.widgets.undo_bar import UndoBar
from cnn_studio.models.run_notes import MAX_TITLE, RunNotes
from cnn_studio.models.run_trash import count_trashed, list_trashed
from cnn_studio.models.runs import Run, list_runs
from cnn_studio.paths import Workspace


class RunsPanel(QFrame):
    """Reads the runs in the background, shows them and passes on what is asked for.

    Signals:
        runs_selected(list[Run]): Others are selected; the first is the one under the cursor.
        try_requested: The person wants to see the model of the selected run at work.
        continue_requested(Run, int): The run shall be trained further, with so many epochs more.
    """

    runs_selected = Signal(list)
    try_requested = Signal()
    continue_requested = Signal(object, int)

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("runsPanel")
        self.setProperty("panel", "true")
        self._studio = studio
        self._request = 0
        self._live: Path | None = None
        self._noted: Run | None = None
        self._bar = RunsFilterBar(studio.theme, self)
        self._notice = Notice(studio.theme, self, endings=studio.endings)
        self._stack = QStackedWidget(self)
        self._table = RunsTable(studio.theme, self._stack)
        self._none = QLabel(self._stack)
        self._none.setObjectName("noRuns")
        self._none.setProperty("role", "quiet")
        self._none.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._none.setWordWrap(True)
        self._stack.addWidget(self._none)
        self._stack.addWidget(self._table)
        self._actions = RunsActions(studio.theme, self._table)
        self._undo_bar = UndoBar(studio.theme, self)
        self._trash = RunsTrash(studio, self._notice, self._undo_bar, self)
        self._selected_flow = SelectedFlow(
            studio, self._table, self._actions, self._notice, self._bar.more, self
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 0, 8, 8)
        column.setSpacing(4)
        column.addWidget(self._bar)
        column.addWidget(self._stack, 1)
        self.lower_edge = LowerEdge(self, self._stack, self._notice, self._undo_bar)
        self._connect()
        self._show_what_is_there()

    @Slot()
    def refresh(self) -> None:
        """Read the runs again."""
        self._request += 1
        if self._trash.edits.is_busy:
            return  # it would be outdated at once; the last of the edits leads here again
        request, workspace, is_trash = self._request, self._studio.workspace, self._bar.is_trash
        job = self._studio.jobs.create(lambda _task: (request, *_found(workspace, is_trash)))
        job.succeeded.connect(self._on_job_succeeded)
        job.start()

    def selected_run(self) -> Run | None:
        """The run whose results are on show."""
        return self._table.selected_run()

    def selected_runs(self) -> list[Run]:
        """The runs whose curves are on show."""
        return self._table.selected_runs()

    def select(self, folder: Path) -> None:
        """Select a run, now or as soon as it is listed."""
        self._table.select(folder)

    def clear_selection(self) -> None:
        """Select no run, until one is selected or the live one is listed."""
        self._table.clear_selection()

    def set_live(self, folder: Path | None) -> None:
        """Which run is training now; it is selected as soon as it is listed."""
        self._live = folder
        self._table.set_live(folder)
        if folder is not None:
            self._bar.leave_trash()
            self._table.select(folder)
        self._follow()

    def set_colours(self, colours: Mapping[Path, str]) -> None:
        """Which colour the curve of each selected run has."""
        self._table.set_colours(colours)

    def _connect(self) -> None:
        table, actions, bar = self._table, self._actions, self._bar
        table.runs_selected.connect(self._on_table_runs_selected)
        table.title_given.connect(self._on_table_title_given)
        table.star_pressed.connect(self._on_table_star_pressed)
        table.menu_requested.connect(self._on_menu_requested)
        table.doubleClicked.connect(actions.try_requested)
        bar.filter_changed.connect(self._on_bar_filter_changed)
        bar.trash_toggled.connect(self._on_bar_trash_toggled)
        bar.menu_requested.connect(self._on_bar_menu_requested)
        bar.left.connect(table.setFocus)
        actions.try_requested.connect(self._on_try_requested)
        actions.rename_requested.connect(table.edit_title)
        actions.note_requested.connect(self._on_note_requested)
        actions.star_requested.connect(self._on_star_requested)
        actions.delete_requested.connect(self._on_delete_requested)
        actions.restore_requested.connect(self._on_restore_requested)
        actions.remove_requested.connect(self._on_remove_requested)
        self._selected_flow.continue_requested.connect(self.continue_requested)
        self._trash.back_requested.connect(bar.leave_trash)
        self._trash.noted.connect(self.refresh)
        undo = QShortcut(QKeySequence.StandardKey.Undo, self, autoRepeat=False)
        undo.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        undo.setWhatsThis(self.tr("Take back what was done to runs"))
        undo.activated.connect(self._trash.undo)

    def _show_what_is_there(self) -> None:
        listed, total = len(self._table.runs), len(self._table.all_runs)
        self._bar.set_counts(listed, total)
        self._stack.setCurrentWidget(self._table if listed else self._none)
        if total:
            text = self.tr("No run is like that. Look for something else, or show all of them.")
        elif self._bar.is_trash:
            text = self.tr("No run is deleted.")
        else:
            text = self.tr("No runs yet. Each training is listed here.")
        self._none.setText(text)

    def _follow(self) -> None:
        runs = self._table.selected_runs()
        self._actions.follow(runs, self._live, is_trash=self._bar.is_trash)

    def _note(self, run: Run, notes: RunNotes) -> None:
        self._request += 1  # a list that is being read does not know of it
        self._table.set_notes(run.folder, notes)
        self._trash.edits.note(run.folder, notes)
        self._follow()

    def _selected(self) -> list[Path]:
        return [run.folder for run in self._table.selected_runs()]

    @Slot(object)
    def _on_job_succeeded(self, result: tuple[int, list[Run], int]) -> None:
        request, runs, trashed = result
        if request != self._request:
            return
        self._bar.set_trash_count(trashed)
        self._bar.set_datasets(datasets_of(runs))
        self._table.set_runs(runs)
        self._show_what_is_there()

    @Slot(list)
    def _on_table_runs_selected(self, runs: list[Run]) -> None:
        self._follow()
        self.runs_selected.emit(runs)

    @Slot(object, str)
    def _on_table_title_given(self, run: Run, title: str) -> None:
        if not self._bar.is_trash:
            self._note(run, replace(run.notes, title=title[:MAX_TITLE]))

    @Slot(object)
    def _on_table_star_pressed(self, run: Run) -> None:
        if not self._bar.is_trash:
            self._note(run, replace(run.notes, starred=not run.notes.starred))

    @Slot(object)
    def _on_bar_filter_changed(self, wanted: RunFilter) -> None:
        self._table.set_filter(wanted)
        self._show_what_is_there()

    @Slot(bool)
    def _on_bar_trash_toggled(self, is_trash: bool) -> None:
        self._trash.show(is_trash)
        self._table.set_runs([])
        self._show_what_is_there()
        self.refresh()

    @Slot(QPoint)
    def _on_menu_requested(self, place: QPoint) -> None:
        self._actions.menu(self).popup(place)

    @Slot()
    def _on_bar_menu_requested(self) -> None:
        menu = self._actions.menu(self)
        button = self._bar.more
        corner = QPoint(button.width() - menu.sizeHint().width(), button.height())
        menu.popup(button.mapToGlobal(corner))

    @Slot()
    def _on_try_requested(self) -> None:
        run = self.selected_run()
        if run is not None and run.has_learned and not self._bar.is_trash:
            self.try_requested.emit()

    @Slot()
    def _on_note_requested(self) -> None:
        run = self.selected_run()
        if run is None:
            return
        dialog = RunNoteDialog(wording.run_name(run), run.notes.note, self)
        dialog.note_given.connect(self._on_dialog_note_given)
        self._noted = run
        dialog.open()

    @Slot(str)
    def _on_dialog_note_given(self, note: str) -> None:
        if self._noted is not None:
            self._note(self._noted, replace(self._noted.notes, note=note))

    @Slot()
    def _on_star_requested(self) -> None:
        runs = self._table.selected_runs()
        starred = not all(run.notes.starred for run in runs)
        for run in runs:
            self._note(run, replace(run.notes, starred=starred))

    @Slot()
    def _on_delete_requested(self) -> None:
        self._trash.delete(self._selected())

    @Slot()
    def _on_restore_requested(self) -> None:
        self._trash.restore(self._selected())

    @Slot()
    def _on_remove_requested(self) -> None:
        self._trash.ask_to_remove(self._selected())


def _found(workspace: Workspace, is_trash: bool) -> tuple[list[Run], int]:
    runs = list_trashed(workspace) if is_trash else list_runs(workspace)
    return runs, len(runs) if is_trash else count_trashed(workspace)
