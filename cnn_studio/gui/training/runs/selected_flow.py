"""From a selected run to what else is made of it: more epochs, exports, a zip, a comparison."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QWidget

from cnn_studio.gui.endings import Until
from cnn_studio.gui.exporting.export_flow import ExportFlow
from cnn_studio.gui.figures import whole
from cnn_studio.gui.studio import Studio
from cnn_studio.gui.training import wording
from cnn_studio.gui.training.runs.pack_flow import PackFlow
from cnn_studio.gui.training.runs.recipe_dialog import RecipeDialog
from cnn_studio.gui.training.runs.recipe_lines import recipe_lines
from cnn_studio.gui.training.runs.runs_actions import RunsActions
from cnn_studio.gui.training.runs.runs_table import RunsTable
from cnn_studio.gui.widgets.notice import Kind, Notice
from cnn_studio.gui.widgets.popover import Popover
from cnn_studio.models.runs import MAX_EPOCHS, Run, RunStatus

_MOST_COMPARED = 6


class SelectedFlow(QObject):
    """Does what the actions ask for with the runs that are selected in the table.

    Signals:
        continue_requested(Run, int): The run shall be trained further, with so many epochs more.
    """

    continue_requested = Signal(object, int)

    def __init__(
        self,
        studio: Studio,
        table: RunsTable,
        actions: RunsActions,
        notice: Notice,
        anchor: QWidget,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._theme = studio.theme
        self._table = table
        self._notice = notice
        self._anchor = anchor
        self._window = window
        self._pack = PackFlow(studio, notice, window)
        self._export = ExportFlow(studio, window)
        actions.continue_requested.connect(self._on_actions_continue_requested)
        actions.export_requested.connect(self._on_actions_export_requested)
        actions.compare_requested.connect(self._on_actions_compare_requested)
        actions.folder_requested.connect(self._on_actions_folder_requested)
        actions.pack_requested.connect(self._on_actions_pack_requested)

    @Slot()
    def _on_actions_continue_requested(self) -> None:
        run = self._table.selected_run()
        if run is None:
            return
        if run.status is not RunStatus.FINISHED:
            self.continue_requested.emit(run, 0)
            return
        Popover(
            self.tr("How many epochs more?"),
            "10",
            self.tr("Continue"),
            partial(self._continue, run),
            self._window,
        ).open_below(self._anchor)

    def _continue(self, run: Run, text: str) -> str:
        """Ask for a finished run to go on; what is wrong with the answer."""
        if not text.isdecimal() or not 1 <= int(text) <= MAX_EPOCHS:
            return self.tr("Type a number from 1 to {most}.").format(most=whole(MAX_EPOCHS))
        self.continue_requested.emit(run, int(text))
        return ""

    @Slot()
    def _on_actions_export_requested(self) -> None:
        self._export.ask(self._table.selected_run())

    @Slot()
    def _on_actions_compare_requested(self) -> None:
        runs = self._table.selected_runs()[:_MOST_COMPARED]
        names = [wording.run_name(run) for run in runs]
        RecipeDialog(names, recipe_lines(runs), self._theme, self._window).open()

    @Slot()
    def _on_actions_folder_requested(self) -> None:
        run = self._table.selected_run()
        if run is None or QDesktopServices.openUrl(QUrl.fromLocalFile(str(run.folder))):
            return
        text = self.tr("No program here opens folders. The run is in {folder}.")
        until = Until.RUN | Until.PAGE
        self._notice.show_message(text.format(folder=run.folder), Kind.WARN, until=until)

    @Slot()
    def _on_actions_pack_requested(self) -> None:
        run = self._table.selected_run()
        if run is not None:
            self._pack.ask(run)
