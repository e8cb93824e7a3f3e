"""Asks about a training that a crash or a kill broke off: Continue goes on where it stopped."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, QSettings, Signal, Slot

from cnn_studio.errors import StudioError
from cnn_studio.gui.capture.transfer.broken_off import BrokenOff
from cnn_studio.gui.capture.transfer.broken_off_offer import BrokenOffOffer
from cnn_studio.gui.figures import whole
from cnn_studio.gui.jobs import OneJob, Task
from cnn_studio.gui.studio import Studio
from cnn_studio.models.runs import Run, RunStatus, list_runs, read_history
from cnn_studio.paths import Workspace
from cnn_studio.training.resuming import take_up

_ANSWERED = "training/broken-off"
_Found = tuple[Run, int, int]


class BrokenRunFlow(QObject):
    """Looks whether the newest run was broken off, and asks once about it.

    Args:
        studio: The state above the tabs.
        offer: Asks.
        parent: What it belongs to.

    Signals:
        continue_requested(Run, int): The run shall go on; no epochs are added.
    """

    continue_requested = Signal(object, int)

    def __init__(self, studio: Studio, offer: BrokenOffOffer, parent: QObject) -> None:
        super().__init__(parent)
        self._studio = studio
        self._offer = offer
        self._run: Run | None = None
        self._job = OneJob(studio.jobs, self)
        self._is_outdated = False  # what the job under way will find
        self._job.succeeded.connect(self._on_job_succeeded)
        self._job.finished.connect(self._on_job_finished)
        offer.finish_requested.connect(self._on_offer_finish_requested)
        offer.keep_requested.connect(self._on_offer_keep_requested)
        studio.training_changed.connect(self._on_studio_training_changed)
        studio.runs_changed.connect(self.look)

    @Slot()
    def look(self) -> None:
        """Look beside the window, unless a training is under way; the newest look counts."""
        if self._studio.is_training:
            return
        self._is_outdated = self._job.is_running
        if not self._is_outdated:
            self._job.start(partial(_broken_off, self._studio.workspace, self._answered()))

    def _close(self, answer: Callable[[Run], None]) -> None:
        run, self._run = self._run, None
        self._offer.hide()
        if run is not None:
            answer(run)

    def _answered(self) -> str:
        """The run that was answered about last, by its name."""
        return str(self._studio.settings.value(_ANSWERED, ""))

    def _forget(self, run: Run) -> None:
        settings: QSettings = self._studio.settings
        settings.setValue(_ANSWERED, run.name)

    @Slot(object)
    def _on_job_succeeded(self, found: _Found | None) -> None:
        if self._is_outdated:
            return
        # It may have been answered about while this was on its way.
        if found is None or self._studio.is_training or found[0].name == self._answered():
            self._run = None
            self._offer.hide()
            return
        self._run, done, epochs = found
        text = self.tr(
            "A training of {title} was broken off after {done} of {epochs} epochs. Continue goes "
            "on from there."
        )
        titles = {dataset.name: dataset.title for dataset in self._studio.datasets}
        title = titles.get(self._run.dataset) or self._run.dataset
        question = text.format(title=title, done=whole(done), epochs=whole(epochs))
        self._offer.ask(
            BrokenOff(
                note=self._run.folder,
                question=question,
                can_finish=True,
                has_results=False,
                can_take_back=False,
                keep=lambda: None,
                keep_text=self.tr("Not now"),
            )
        )

    @Slot()
    def _on_job_finished(self) -> None:
        if self._is_outdated:
            self.look()

    @Slot()
    def _on_offer_finish_requested(self) -> None:
        self._close(lambda run: self.continue_requested.emit(run, 0))

    @Slot()
    def _on_offer_keep_requested(self) -> None:
        self._close(self._forget)

    @Slot(bool)
    def _on_studio_training_changed(self, is_training: bool) -> None:
        if is_training:
            self._run = None
            self._offer.hide()


def _broken_off(workspace: Workspace, answered: str, _task: Task) -> _Found | None:
    """The job: the newest run with its epochs, if it was broken off and can go on."""
    run = next(iter(list_runs(workspace)), None)
    if run is None or run.status is not RunStatus.INTERRUPTED or run.is_training:
        return None
    if run.name == answered or run.bundle is not None or run.is_damaged:
        return None
    try:
        past = take_up(run.folder, 0)
    except StudioError:  # it ended before its first state was saved: the list says so
        return None
    return run, len(read_history(run)), past.stretches[-1].end
