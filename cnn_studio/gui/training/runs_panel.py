"""The list of runs with its heading."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QStackedWidget, QVBoxLayout, QWidget

from cnn_studio.gui.studio import Studio
from cnn_studio.gui.training import wording
from cnn_studio.gui.training.runs_table import RunsTable
from cnn_studio.models.runs import Run, list_runs


class RunsPanel(QFrame):
    """Reads the runs in the background and shows them.

    Signals:
        run_selected(Run | None): Another run is selected, or none.
    """

    run_selected = Signal(object)

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("runsPanel")
        self.setProperty("panel", "true")
        self._studio = studio
        self._request = 0
        title = QLabel(self.tr("Runs"), self)
        title.setProperty("role", "title")
        self._count = QLabel(self)
        self._count.setProperty("role", "quiet")
        self._stack = QStackedWidget(self)
        self._table = RunsTable(studio.theme, self._stack)
        self._none = QLabel(self.tr("No runs yet. Each training is listed here."), self._stack)
        self._none.setObjectName("noRuns")
        self._none.setProperty("role", "quiet")
        self._none.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._none.setWordWrap(True)
        self._stack.addWidget(self._none)
        self._stack.addWidget(self._table)
        head = QHBoxLayout()
        head.setContentsMargins(8, 12, 8, 0)
        head.addWidget(title)
        head.addStretch(1)
        head.addWidget(self._count)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 0, 8, 8)
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(self._stack, 1)
        self._table.run_selected.connect(self.run_selected)

    @Slot()
    def refresh(self) -> None:
        """Read the runs anew."""
        self._request += 1
        request, workspace = self._request, self._studio.workspace
        job = self._studio.jobs.create(lambda _task: (request, list_runs(workspace)))
        job.succeeded.connect(self._on_job_succeeded)
        job.start()

    def selected_run(self) -> Run | None:
        """The run that is selected."""
        return self._table.selected_run()

    def select(self, folder: Path) -> None:
        """Select a run, now or as soon as it is listed."""
        self._table.select(folder)

    def clear_selection(self) -> None:
        """Select no run, until one is selected or the live one is listed."""
        self._table.clear_selection()

    def set_live(self, folder: Path | None) -> None:
        """Which run is training now; it is selected as soon as it is listed."""
        self._table.set_live(folder)
        if folder is not None:
            self._table.select(folder)

    @Slot(object)
    def _on_job_succeeded(self, result: tuple[int, list[Run]]) -> None:
        request, runs = result
        if request != self._request:
            return
        self._count.setText(wording.whole(len(runs)) if runs else "")
        self._stack.setCurrentWidget(self._table if runs else self._none)
        self._table.set_runs(runs)
