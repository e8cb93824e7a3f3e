"""The results of one run in a window of their own, which stays open beside a training."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QVBoxLayout, QWidget

from cnn_studio.gui.studio import Studio
from cnn_studio.gui.training import wording
from cnn_studio.gui.training.progress import TrainingProgress
from cnn_studio.gui.training.results.results_flow import ResultsFlow
from cnn_studio.gui.training.results.results_panel import LOG, MATRIX, ResultsPanel
from cnn_studio.gui.widgets.notice import Kind
from cnn_studio.models.remarks import remarks
from cnn_studio.models.runs import Run, open_run

_SIZE, _LEAST = QSize(1000, 820), QSize(480, 400)
_OF_THE_SCREEN = 0.9


class EnlargedResults(QWidget):
    """Follows the run that it was opened for: while it trains, and what comes of it.

    Args:
        studio: The state above the tabs.
        run: The run; None where the training has none yet.
        progress: The training of the run that is under way; None for a run that is over.
        parent: Whose window it is, and with which it closes.

    Signals:
        continue_requested(Run): The run shall go on from where it stands.
        train_requested(Run, str): A training by the run's recipe on this dataset is wanted.
        closed: The window is closed.
    """

    continue_requested = Signal(object)
    train_requested = Signal(object, str)
    closed = Signal()

    def __init__(
        self, studio: Studio, run: Run | None, progress: TrainingProgress | None, parent: QWidget
    ) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setObjectName("enlargedResults")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._control = studio.training
        self._run, self._progress = run, progress
        self._is_live = progress is not None
        self._panel = ResultsPanel(studio.theme, self, is_enlarged=True)
        self._looking = ResultsFlow(studio, self._panel, self)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.addWidget(self._panel)
        room = parent.screen().availableSize()
        self.setMinimumSize(_LEAST)
        self.resize(_SIZE.boundedTo(room * _OF_THE_SCREEN))
        for keys in ("Esc", "Alt+E"):
            QShortcut(QKeySequence(keys), self, autoRepeat=False).activated.connect(self.close)
        self._connect()
        studio.runs_changed.connect(self._on_studio_runs_changed)
        if progress is None:
            self._looking.show_run(run)
        self._follow()

    @property
    def run(self) -> Run | None:
        """The run that it was opened for."""
        return self._run

    def is_of(self, folder: Path | None, progress: TrainingProgress | None) -> bool:
        """Whether it shows a run by its folder, or a training that has none yet."""
        if self._run is None or folder is None:
            return self._run is None and folder is None and self._progress is progress
        return self._run.folder == folder

    def show_page(self, name: str) -> None:
        """Turn to a page of the results; there is no log here."""
        self._panel.show_page(MATRIX if name == LOG else name)

    def key_hints(self) -> list[tuple[str, str]]:
        """What keys do here."""
        return [(self.tr("Esc or Alt+E"), self.tr("Close the window"))]

    def closeEvent(self, event: QCloseEvent) -> None:
        self._looking.shutdown()
        super().closeEvent(event)
        self.closed.emit()

    def _connect(self) -> None:
        self._control.progressed.connect(self._follow)
        self._control.ended.connect(self._on_control_ended)
        self._looking.train_requested.connect(self.train_requested)
        self._panel.continue_requested.connect(self._on_panel_continue_requested)
        self._panel.notes_requested.connect(self._on_panel_notes_requested)

    @Slot()
    def _follow(self) -> None:
        """Show the run as it is now; a training that goes on with it is shown as well."""
        progress = self._control.progress
        if self._run is None and progress is self._progress and progress.run is not None:
            self._run = open_run(progress.run)
        self._show_name()
        if self._is_trained_by(progress) and progress.is_under_way:
            self._is_live = True
            self._looking.show_live(self._run, progress)

    @Slot()
    def _on_control_ended(self) -> None:
        progress = self._control.progress
        if not self._is_trained_by(progress):
            return
        self._progress = None
        self._is_live = False
        if progress.run is not None:
            self._run = open_run(progress.run)
        self._looking.show_run(self._run)
        self._show_name()

    @Slot()
    def _on_studio_runs_changed(self) -> None:
        """Read the run again, or close where it was deleted."""
        if self._run is None:
            return
        if not self._run.folder.is_dir():
            self.close()
            return
        run = open_run(self._run.folder)
        if self._is_live or run == self._run:
            return  # the images that are looked at stay
        self._run = run
        self._looking.show_run(run)
        self._show_name()

    def _is_trained_by(self, progress: TrainingProgress) -> bool:
        if self._run is None:
            return progress is self._progress
        return progress.run == self._run.folder

    def _show_name(self) -> None:
        name = wording.run_name(self._run) if self._run else self.tr("This training")
        self.setWindowTitle(self.tr("{run} · Results").format(run=name))

    @Slot()
    def _on_panel_continue_requested(self) -> None:
        if self._run is not None:
            self.continue_requested.emit(self._run)

    @Slot()
    def _on_panel_notes_requested(self) -> None:
        bundle = self._run.bundle if self._run else None
        if bundle is not None:
            found = remarks(bundle.notes, bundle.classes)
            details = wording.notes_in_full(found)
            self._panel.say(wording.notes_in_short(found), Kind.WARN, details)
