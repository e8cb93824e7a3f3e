"""Has a random split tried for a run, in an engine of its own beside the window."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from cnn_studio.data.catalog import Dataset
from cnn_studio.gui.activities import About, Unit
from cnn_studio.gui.jobs import Job, Task
from cnn_studio.gui.studio import Studio
from cnn_studio.gui.training import wording
from cnn_studio.gui.training.results.flattering_row import FlatteringRow
from cnn_studio.models.flattering import Flattering, is_worth_asking, read_flattering
from cnn_studio.models.run_dataset import dataset_of
from cnn_studio.models.runs import Run
from cnn_studio.training.engine_task import work_in_engine
from cnn_studio.training.flattering import FlatteringTask, remove_traces


@dataclass(frozen=True)
class _Known:
    """What lies beside a run: both figures, or whether they are worth finding out, and of what."""

    folder: Path
    found: Flattering | None
    is_worth_asking: bool
    dataset: Dataset | None


class FlatteringFlow(QObject):
    """Keeps the row in step with the run on show, and with the one trial that may be under way.

    Signals:
        explained(str): What was found out about the run on show, in sentences that need room; empty
            once they hold no more.
        failed(str): A trial could not be made; the sentence that says why.
    """

    explained = Signal(str)
    failed = Signal(str)

    def __init__(self, studio: Studio, row: FlatteringRow, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self._row = row
        self._run: Run | None = None
        self._tried: Path | None = None  # the run that a trial is under way for
        self._trial: Job | None = None
        self._progress = (0, 0)
        self._found: Flattering | None = None
        self._dataset: Dataset | None = None  # of the run on show
        self._is_new = False  # whether it was found out just now
        row.asked.connect(self._on_row_asked)
        row.why_requested.connect(self._explain)
        row.cancel_requested.connect(self._on_row_cancel_requested)

    def show_run(self, run: Run | None) -> None:
        """Another run is on show, or the same one again."""
        if self._run is None or run is None or run.folder != self._run.folder:
            self.explained.emit("")
        self._run = run
        self._look()

    def _look(self) -> None:
        run = self._run
        if run is not None and run.folder == self._tried:
            self._row.show_progress(*self._progress)
            return
        self._row.hide()
        self._dataset = None
        if run is None or run.bundle is None:
            return

        workspace = self._studio.workspace

        def work(_task: Task) -> _Known:
            dataset = dataset_of(run, workspace)
            known = read_flattering(run.folder)
            return _Known(run.folder, known, is_worth_asking(run), dataset)

        job = self._studio.jobs.create(work)
        job.succeeded.connect(self._on_looked)
        job.start()

    @Slot(object)
    def _on_looked(self, known: _Known) -> None:
        run = self._run
        if run is None or run.folder != known.folder or run.folder == self._tried:
            return
        self._found, self._dataset = known.found, known.dataset
        if known.found is not None:
            self._row.show_found(known.found)
            if self._is_new:
                self._explain()
        elif known.is_worth_asking and self._task_for(run) and self._tried is None:
            self._row.offer()
        self._is_new = False

    @Slot()
    def _explain(self) -> None:
        if self._found is not None:
            self.explained.emit(wording.flattering(self._found))

    def _is_seen(self) -> bool:
        """Whether the row shows how far the trial is."""
        is_shown = self._run is not None and self._run.folder == self._tried
        return is_shown and self._row.isVisible()

    def _task_for(self, run: Run) -> FlatteringTask | None:
        """The trial of a run whose dataset is still there."""
        return FlatteringTask(run.folder, self._dataset) if self._dataset else None

    @Slot()
    def _on_row_asked(self) -> None:
        engine_task = self._task_for(self._run) if self._run else None
        if engine_task is None or self._trial is not None:
            return

        def work(task: Task) -> str:
            try:
                return work_in_engine(engine_task, progress=task.report, cancelled=task.cancelled)
            finally:
                remove_traces(engine_task.run_folder)

        self._tried, self._progress = engine_task.run_folder, (0, 0)
        about = About(
            self.tr("Training on a random split"), self.tr("the run stays as it is"), Unit.SHARE
        )
        self._trial = self._studio.jobs.create(work, about, self._is_seen)
        self._trial.progressed.connect(self._on_trial_progressed)
        self._trial.failed.connect(self.failed)
        self._trial.finished.connect(self._on_trial_finished)
        self._trial.start()
        self._look()

    @Slot()
    def _on_row_cancel_requested(self) -> None:
        if self._trial is not None:
            self._trial.cancel()

    @Slot(int, int)
    def _on_trial_progressed(self, done: int, total: int) -> None:
        self._progress = (done, total)
        if self._run is not None and self._run.folder == self._tried:
            self._row.show_progress(done, total)

    @Slot()
    def _on_trial_finished(self) -> None:
        self._is_new = self._run is not None and self._run.folder == self._tried
        self._tried = self._trial = None
        self._look()
