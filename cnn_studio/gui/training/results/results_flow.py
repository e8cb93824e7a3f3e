"""From the figures of a run to the images behind them, and to a report."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QWidget

from cnn_studio.data.named_images import NamedImages
from cnn_studio.errors import ModelError
from cnn_studio.gui.activities import About
from cnn_studio.gui.endings import Until
from cnn_studio.gui.figures import percent
from cnn_studio.gui.jobs import JobCancelledError, Task
from cnn_studio.gui.studio import Studio
from cnn_studio.gui.training.progress import TrainingProgress
from cnn_studio.gui.training.results.evaluation import Evaluation, report_evaluation
from cnn_studio.gui.training.results.evaluations import Evaluations
from cnn_studio.gui.training.results.images_flow import ImagesFlow
from cnn_studio.gui.training.results.results_panel import MISTAKES, ResultsPanel
from cnn_studio.gui.widgets.notice import Kind
from cnn_studio.models.answers import Places
from cnn_studio.models.runs import Run
from cnn_studio.report.page import write_report
from cnn_studio.training.networks import network_of


class ResultsFlow(QObject):
    """Gets the answers that the panel wants, opens images, and saves reports.

    Signals:
        train_requested(Run, str): A training by the run's recipe, on the dataset of this name,
            shall be started.
    """

    train_requested = Signal(object, str)

    def __init__(self, studio: Studio, panel: ResultsPanel, parent: QWidget) -> None:
        super().__init__(parent)
        self._window = parent
        self._studio = studio
        self._panel = panel
        self._run: Run | None = None
        self._evaluations = Evaluations(studio, self, lambda: panel.is_asking_shown, panel.window)
        self._images = ImagesFlow(studio, parent)
        self._connect()

    def show_live(self, run: Run | None, progress: TrainingProgress) -> None:
        """Show what is known so far of the training under way, and of its run once there is one."""
        if run != self._run:
            self._images.close()
        self._run = None  # there is nothing to ask a model about as long as it learns
        self._panel.show_live(run, progress)

    def show_run(self, run: Run | None) -> None:
        """Show the results of another run, or none."""
        if run != self._run:
            self._images.close()
        self._run = run
        self._panel.set_other_subjects(
            [
                (f"all:{dataset.name}", self.tr("All of {title}").format(title=dataset.title))
                for dataset in self._studio.datasets
                if dataset.folder.is_dir()
            ]
        )
        self._panel.show_run(run)

    def shutdown(self) -> None:
        """End what is under way."""
        self._images.close()
        self._evaluations.cancel()
        self._panel.shutdown()

    def _connect(self) -> None:
        panel, evaluations = self._panel, self._evaluations
        panel.subject_changed.connect(self._on_panel_subject_changed)
        panel.ask_requested.connect(evaluations.ask)
        panel.cancel_requested.connect(self._on_panel_cancel_requested)
        panel.report_requested.connect(self._on_panel_report_requested)
        panel.cell_chosen.connect(self._on_panel_cell_chosen)
        panel.class_chosen.connect(self._on_panel_class_chosen)
        panel.bin_chosen.connect(self._on_panel_bin_chosen)
        panel.mistake_chosen.connect(self._on_panel_mistake_chosen)
        evaluations.changed.connect(self._on_evaluations_changed)
        evaluations.progressed.connect(self._on_evaluations_progressed)
        evaluations.failed.connect(self._on_evaluations_failed)
        self._images.train_requested.connect(self._on_images_train_requested)
        self._studio.dataset_edited.connect(panel.refresh_images)

    def _evaluation(self) -> Evaluation | None:
        """The answers on show; without them, the page that offers to ask for them."""
        evaluation = self._evaluations.evaluation
        if evaluation is None:
            self._panel.show_page(MISTAKES)
        return evaluation

    def _open(
        self, evaluation: Evaluation, title: str, places: Places, chosen: int | None = None
    ) -> None:
        if evaluation.dataset is None:
            text = self.tr("The images of this run are not here any more: {dataset}.")
            dataset = self._run.dataset if self._run else ""
            self._panel.say(text.format(dataset=dataset), Kind.WARN)
            return
        self._images.open(evaluation, title, places, chosen)

    @Slot(str)
    def _on_images_train_requested(self, dataset_name: str) -> None:
        if self._run is not None:
            self.train_requested.emit(self._run, dataset_name)

    @Slot(str)
    def _on_panel_subject_changed(self, subject: str) -> None:
        self._evaluations.show(self._run, subject)
        # All images of a dataset were chosen to ask about them; parts have figures without.
        if ":" in subject and self._evaluations.evaluation is None:
            self._evaluations.ask()

    @Slot()
    def _on_panel_cancel_requested(self) -> None:
        self._evaluations.cancel()
        self._panel.set_evaluation(None)

    @Slot(int, int)
    def _on_panel_cell_chosen(self, true: int, said: int) -> None:
        evaluation = self._evaluation()
        if evaluation is None:
            return
        names = evaluation.answers.classes
        title = self.tr("{true} taken for {said}") if true != said else self.tr("{true} recognised")
        self._open(
            evaluation,
            title.format(true=names[true], said=names[said]),
            evaluation.answers.of_cell(true, said),
        )

    @Slot(int)
    def _on_panel_class_chosen(self, place: int) -> None:
        evaluation = self._evaluation()
        if evaluation is not None:
            name = evaluation.answers.classes[place]
            title = self.tr("{name}: mistakes first").format(name=name)
            self._open(evaluation, title, evaluation.answers.of_class(place))

    @Slot(int)
    def _on_panel_bin_chosen(self, number: int) -> None:
        evaluation = self._evaluation()
        if evaluation is not None:
            each = evaluation.reliability.bins[number]
            title = self.tr("Answers with {low} to {high}: mistakes first").format(
                low=percent(each.low, 0), high=percent(each.high, 0)
            )
            self._open(evaluation, title, evaluation.answers.of_bin(number))

    @Slot(int)
    def _on_panel_mistake_chosen(self, place: int) -> None:
        evaluation = self._evaluation()
        if evaluation is not None:
            title = self.tr("Mistakes, the surest first")
            self._open(evaluation, title, evaluation.answers.mistakes(), place)

    @Slot()
    def _on_evaluations_changed(self) -> None:
        evaluation = self._evaluations.evaluation
        if self._evaluations.is_asking:
            self._panel.set_asking(0, 0)
        if self._evaluations.is_asking or self._evaluations.is_reading:
            return
        self._panel.set_evaluation(evaluation)

    @Slot(int, int)
    def _on_evaluations_progressed(self, done: int, total: int) -> None:
        if self._evaluations.is_asking:
            self._panel.set_asking(done, total)

    @Slot(str)
    def _on_evaluations_failed(self, sentence: str) -> None:
        self._panel.say(sentence, Kind.ERROR)

    @Slot()
    def _on_panel_report_requested(self) -> None:
        run = self._run
        if run is None or run.bundle is None:
            return
        usual = str(Path.home() / f"{run.name}.html")
        chosen, _filter = QFileDialog.getSaveFileName(
            self._window, self.tr("Save a report"), usual, self.tr("Web page (*.html)")
        )
        if chosen:
            path = Path(chosen)
            self.save_report(path if path.suffix else path.with_suffix(".html"))

    def save_report(self, path: Path) -> None:
        """Write the report on the run on show into a file, in the background."""
        run, workspace = self._run, self._studio.workspace
        if run is None:
            return

        def work(task: Task) -> Path:
            evaluation = report_evaluation(run, workspace, task)
            if task.cancelled():
                raise JobCancelledError
            dataset = evaluation.dataset if evaluation else None
            read = NamedImages(dataset).read if dataset else None
            try:
                answers = evaluation.answers if evaluation else None
                fields = network_of(run.bundle.network).fields if run.bundle else None
                write_report(path, run, answers, read, fields)
            except OSError as error:
                reason = error.strerror or error
                raise ModelError(f"The report cannot be saved in {path} ({reason}).") from error
            return path

        about = About(self.tr("Writing the report"), self.tr("no file is written"))
        job = self._studio.jobs.create(work, about)
        job.succeeded.connect(self._on_report_saved)
        job.failed.connect(self._on_report_failed)
        job.start()

    @Slot(str)
    def _on_report_failed(self, sentence: str) -> None:
        self._panel.say(sentence, Kind.ERROR)

    @Slot(object)
    def _on_report_saved(self, path: Path) -> None:
        text = self.tr("The report is in {path}.").format(path=path)
        self._studio.say(text, Until.PAGE)
        self._panel.say(text, Kind.GOOD)
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))
