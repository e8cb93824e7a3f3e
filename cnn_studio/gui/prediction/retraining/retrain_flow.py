"""Trains again with what was taught, follows any training, and brings its model here."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Slot

from cnn_studio.data.catalog import Dataset
from cnn_studio.data.corrections import Corrections
from cnn_studio.data.samples import Sample
from cnn_studio.errors import ModelError, TrainingError
from cnn_studio.gui.activities import About
from cnn_studio.gui.endings import Until
from cnn_studio.gui.images_finder import ImagesFinder
from cnn_studio.gui.jobs import JobCancelledError, OneJob, Task
from cnn_studio.gui.prediction.live.live_model import LiveModel
from cnn_studio.gui.prediction.live.live_panel import LivePanel
from cnn_studio.gui.prediction.live.teaching import Teaching
from cnn_studio.gui.prediction.retraining import retrain_wording
from cnn_studio.gui.studio import Studio
from cnn_studio.gui.training import progress_wording, wording
from cnn_studio.gui.training.progress import Phase
from cnn_studio.gui.training.start.counts import take_counts
from cnn_studio.gui.widgets.notice import Kind, Notice
from cnn_studio.models.bundle import BUNDLE_FILE
from cnn_studio.models.runs import Run, RunStatus, open_run, split_names
from cnn_studio.prediction.classifier import Classifier
from cnn_studio.prediction.lesson import Lesson, lesson_of
from cnn_studio.training.estimates import DatasetFacts, estimates
from cnn_studio.training.recipe import Recipe
from cnn_studio.training.run_recipe import recipe_of


@dataclass(frozen=True, eq=False)
class _Outcome:
    """What a training has left.

    Attributes:
        run: Its run.
        used: The run whose model was in use when it began; None if it was not seen to begin.
        is_own: Whether it was begun here, to take the place of that model.
        corrections: What was taught to the dataset that it learned from; None if nothing was.
        taught: What of it was among the images.
    """

    run: Run
    used: Run | None
    is_own: bool
    corrections: Corrections | None
    taught: tuple[Sample, ...]


class RetrainFlow(QObject):
    """The model of a training that was begun here takes the place of the one that it began from.

    That of any other training, or of one that was stopped, is offered. Either way what was taught
    and learned is counted no more, and a sentence says what came of it.

    Args:
        studio: The state above the tabs; it has the training.
        model: The model in use.
        teaching: What was taught to it.
        panel: Where the progress is shown, and a training is asked for.
        notice: Where is said what came of a training, and a model is offered.
        parent: The tab.
    """

    def __init__(
        self,
        studio: Studio,
        model: LiveModel,
        teaching: Teaching,
        panel: LivePanel,
        notice: Notice,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._studio = studio
        self._training = studio.training
        self._model = model
        self._teaching = teaching
        self._panel = panel
        self._notice = notice
        self._used: Run | None = None  # when the training began
        self._is_own = False
        self._offer: _Outcome | None = None
        self._about: Path | None = None  # the run whose model the sentence on show is about
        self._preparing = OneJob(studio.jobs, self)
        self._finder = ImagesFinder(studio, panel.window, self)
        self._finder.found.connect(self._on_finder_found)
        self._finder.failed.connect(self._on_failed)
        studio.training_views.append(panel.training.isVisible)
        self._connect()
        self._on_training_progressed()

    @Slot()
    def begin(self) -> None:
        """Train by the recipe of the run in use, with all that its dataset has by now."""
        run = self._model.run
        if self._studio.is_training:
            self._say(retrain_wording.busy(), Kind.INFO)
        elif run is not None and not self._preparing.is_running:
            self._preparing.start(partial(_prepared, self._finder, None, run))

    def _connect(self) -> None:
        self._panel.corrections.train_requested.connect(self.begin)
        self._panel.training.stop_requested.connect(self._training.stop)
        self._preparing.succeeded.connect(self._on_preparing_succeeded)
        self._preparing.failed.connect(self._on_failed)
        self._training.began.connect(self._on_training_began)
        self._training.progressed.connect(self._on_training_progressed)
        self._training.ended.connect(self._on_training_ended)
        self._notice.action_requested.connect(self._on_notice_action_requested)
        self._notice.closed.connect(self._on_notice_closed)
        self._model.opening.connect(self._on_model_opening)
        self._model.runs_listed.connect(self._on_model_runs_listed)
        self._studio.dataset_changed.connect(self._hide)

    def _say(self, sentence: str, kind: Kind, action: str = "", about: Path | None = None) -> None:
        self._about = about
        until = Until.DATASET | Until.TRAINING
        self._notice.show_message(sentence, kind, action, until=until)

    @Slot()
    def _hide(self) -> None:
        self._offer = self._about = None
        self._notice.hide()

    @Slot(object)
    def _on_preparing_succeeded(self, prepared: tuple[Run, Dataset, Recipe]) -> None:
        run, dataset, recipe = prepared
        if self._studio.is_training:
            self._say(retrain_wording.busy(), Kind.INFO)
            return
        self._is_own, self._used = True, run
        self._training.start(dataset, recipe)

    @Slot(str)
    def _on_failed(self, sentence: str) -> None:
        self._say(sentence, Kind.ERROR)

    @Slot(object)
    def _on_finder_found(self, dataset: Dataset) -> None:
        run = self._model.run
        if run is not None and not self._studio.is_training:
            self._preparing.start(partial(_prepared, self._finder, dataset, run))

    @Slot()
    def _on_training_began(self) -> None:
        self._hide()
        if not self._is_own:
            self._used = self._model.run

    @Slot()
    def _on_training_progressed(self) -> None:
        self._panel.training.show_progress(self._training.progress)
        if self._studio.is_training and self._panel.corrections.is_in_focus:
            self._panel.training.take_focus()  # else it goes to whatever button comes next
        self._panel.corrections.set_training(self._studio.is_training)

    @Slot()
    def _on_training_ended(self) -> None:
        progress, request = self._training.progress, self._training.request
        used, is_own = self._used, self._is_own
        self._used, self._is_own = None, False
        self._on_training_progressed()
        if progress.finished is not None and progress.run is not None and request is not None:
            corrections = self._teaching.corrections_of(request.dataset)
            look = partial(_looked_at, progress.run, used, is_own, corrections)
            job = self._studio.jobs.create(look)
            job.succeeded.connect(self._on_look_succeeded)
            job.failed.connect(self._on_failed)
            job.start()
        elif is_own and progress.phase is Phase.FAILED:
            self._say(progress.failure, Kind.ERROR)
        elif is_own:
            self._say(progress_wording.called_off(), Kind.INFO)

    @Slot(object)
    def _on_look_succeeded(self, outcome: _Outcome) -> None:
        run, used = outcome.run, self._model.run
        if not run.is_usable or used is None:
            return
        is_as_it_was = outcome.used is not None and used.folder == outcome.used.folder
        if outcome.is_own and is_as_it_was and run.status is RunStatus.FINISHED:
            self._adopt(outcome)
        elif used.folder == run.folder:
            self._model.use(run.folder)  # it has learned on, and stays in use
        else:
            self._offer = outcome
            self._say(retrain_wording.offer(run), Kind.GOOD, retrain_wording.use_it(), run.folder)

    def _adopt(self, outcome: _Outcome) -> None:
        """Use a model."""
        self._model.use(outcome.run.folder)
        self._studio.say(retrain_wording.in_use(outcome.run), Until.MODEL | Until.PAGE)
        self._ask_what_came_of_it(outcome)

    def _ask_what_came_of_it(self, outcome: _Outcome) -> None:
        """Find out what the model that is in use now has learned of what was taught."""
        self._hide()
        if outcome.taught:
            self._about = outcome.run.folder
            about = About(
                self.tr("Asking the new model about what was taught"),
                self.tr("nothing is said of what it has learned"),
                writes=False,
            )
            job = self._studio.jobs.create(partial(_asked, outcome, self._model), about)
            job.succeeded.connect(self._on_lesson_succeeded)
            job.failed.connect(self._on_failed)
            job.start()

    @Slot(object)
    def _on_lesson_succeeded(self, answer: tuple[Path, Lesson]) -> None:
        folder, lesson = answer
        self._teaching.recount()
        if folder == self._about and lesson.taught:
            is_better = lesson.right > (lesson.right_before or 0)
            kind = Kind.GOOD if is_better else Kind.INFO
            self._say(retrain_wording.lesson(lesson), kind, about=folder)

    @Slot()
    def _on_notice_action_requested(self) -> None:
        if self._offer is not None:
            self._adopt(self._offer)

    @Slot()
    def _on_notice_closed(self) -> None:
        self._offer = self._about = None

    @Slot()
    def _on_model_opening(self) -> None:
        """What was said of a model goes when another one is chosen; an offer stays."""
        run = self._model.run
        if self._offer is None and (run is None or run.folder != self._about):
            self._hide()

    @Slot()
    def _on_model_runs_listed(self) -> None:
        """An offer ends when its model is in use, however that came, or gone."""
        offer, run = self._offer, self._model.run
        if offer is None:
            return
        if run is not None and run.folder == offer.run.folder:
            self._ask_what_came_of_it(offer)
        elif not (offer.run.folder / BUNDLE_FILE).is_file():
            self._hide()


def _prepared(
    finder: ImagesFinder, named: Dataset | None, run: Run, _task: Task
) -> tuple[Run, Dataset, Recipe]:
    """The job: what to train on and how, as the run was.

    Raises:
        StudioError: It cannot be, and why.
    """
    dataset = named or finder.dataset_of(run)
    recipe, counts = recipe_of(run), take_counts(dataset)
    missing = wording.nothing_to_train_on(counts)
    if missing:
        raise TrainingError(missing)
    facts = DatasetFacts(dataset.card.input, len(counts.by_class), counts.total, counts.test_count)
    problem = estimates(recipe, facts).problem
    if problem:
        raise TrainingError(problem)
    return run, dataset, recipe


def _looked_at(
    folder: Path, used: Run | None, is_own: bool, corrections: Corrections | None, _task: Task
) -> _Outcome:
    """The job: the run that was left, and which of the taught pictures it was trained with."""
    run = open_run(folder)
    names = split_names(run, "train") | split_names(run, "validation")
    all_taught = corrections.samples if corrections is not None else ()
    taught = tuple(sample for sample in all_taught if sample.mark_name in names)
    return _Outcome(run, used, is_own, corrections, taught)


def _asked(outcome: _Outcome, model: LiveModel, task: Task) -> tuple[Path, Lesson]:
    """The job: count the taught pictures no more, and ask both models about them."""
    run, used = outcome.run, outcome.used
    if outcome.corrections is not None:
        outcome.corrections.settle(outcome.taught)
    after = Classifier.open(run.folder)
    after.accept = model.accept_of(run)
    before = _opened(used, model) if used is not None and used.folder != run.folder else None
    lesson = lesson_of(outcome.taught, after, before, task.cancelled, task.report)
    if task.cancelled():
        raise JobCancelledError
    return run.folder, lesson


def _opened(run: Run, model: LiveModel) -> Classifier | None:
    try:
        classifier = Classifier.open(run.folder)
    except ModelError:  # deleted meanwhile
        return None
    classifier.accept = model.accept_of(run)
    return classifier
