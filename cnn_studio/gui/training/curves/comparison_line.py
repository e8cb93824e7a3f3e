"""Under the curves of two runs: what they have in common, and whether one is better."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QCoreApplication, Slot
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QWidget

from cnn_studio.errors import StudioError
from cnn_studio.gui.activities import About, Unit
from cnn_studio.gui.jobs import Job, JobCancelledError, Task
from cnn_studio.gui.studio import Studio
from cnn_studio.gui.training import wording
from cnn_studio.gui.training.runs.runs_order import dataset_title
from cnn_studio.gui.widgets.button_key import ButtonKey
from cnn_studio.gui.widgets.turned_guard import TurnedGuard
from cnn_studio.gui.widgets.wrapped_label import WrappedLabel
from cnn_studio.models.comparison import Comparison, compare
from cnn_studio.models.run_dataset import dataset_of
from cnn_studio.models.runs import Run
from cnn_studio.paths import Workspace
from cnn_studio.prediction.evaluation import ask, questions_about
from cnn_studio.training.run_comparison import (
    RunComparison,
    compare_runs,
    folds_before,
    in_common,
)

_KEYS, _STOP_KEYS = "Ctrl+Shift+B", "Alt+Shift+B"
_LONGEST_NAME = 40
_FOOT_PX = 4  # below the sentence


@dataclass(frozen=True, eq=False)
class _Told:
    """What two runs have kept, and whether more can be found out by asking both."""

    found: RunComparison
    can_judge: bool


class ComparisonLine(QWidget):
    """Compares two runs by what was kept of them, and has both judged where that is too little."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("comparisonLine")
        self._studio = studio
        self._runs: tuple[Run, Run] | None = None
        self._comparing: Job | None = None
        self._judging: Job | None = None
        self._sentence = ""  # what is known of the two without judging them
        self._text = WrappedLabel(self)
        self._text.setObjectName("comparisonSentence")
        self._text.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._judge = QPushButton(self)
        self._judge.setObjectName("judgeBothButton")
        self._judge.clicked.connect(self._on_judge_clicked)
        self._turned = TurnedGuard(self._judge)
        self._key = ButtonKey(self._judge, _KEYS)
        self._show_judging(False)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 0, 8, _FOOT_PX)
        row.setSpacing(8)
        row.addWidget(self._text, 1)
        row.addWidget(self._judge)
        self.hide()

    def show_runs(self, runs: Sequence[Run]) -> None:
        """Compare two runs; of any other number nothing is said."""
        pair = (runs[0], runs[1]) if len(runs) == 2 else None
        if pair is not None and pair == self._runs:
            return
        self._cancel()
        self._runs = pair
        self.hide()
        if pair is None:
            return
        work = partial(_compared, pair, self._studio.workspace)
        self._comparing = job = self._studio.jobs.create(work)
        job.succeeded.connect(self._on_comparing_succeeded)
        job.failed.connect(self._on_comparing_failed)
        job.start()

    def limit_height(self, room_px: int) -> None:
        """Take no more height than this where the sentence can do with fewer lines."""
        self._text.limit_height(room_px - _FOOT_PX)

    def shutdown(self) -> None:
        """End all work."""
        self._runs = None
        self._cancel()

    def _cancel(self) -> None:
        if self._comparing is not None:
            self._comparing.cancel()
            self._comparing = None
        self._stop_judging()

    def _stop_judging(self) -> None:
        if self._judging is not None:
            self._judging.cancel()
            self._judging = None
            self._text.setText(self._sentence)
        self._show_judging(False)

    def _show_judging(self, is_under_way: bool) -> None:
        text = self.tr("Stop") if is_under_way else self.tr("Judge both on the same images")
        tip = self.tr("Compare both models on images that neither has learned from")
        if is_under_way:
            tip = self.tr("End it; what was found so far is dropped")
        if text != self._judge.text():
            self._turned.turn()
        self._judge.setText(text)
        self._judge.setAccessibleName(text)
        self._judge.setToolTip(tip)
        self._key.set_keys(_STOP_KEYS if is_under_way else _KEYS)

    def _say(self, text: str) -> None:
        self._sentence = text
        self._text.setText(text)
        self.show()

    def _show_found(self, found: RunComparison, *, can_judge: bool) -> None:
        if self._runs is not None:
            self._judge.setVisible(can_judge)
            self._say(found.in_words(*_names(self._runs)))

    def _show_failure(self, sentence: str) -> None:
        self._judge.hide()
        self._say(sentence)

    @Slot(object)
    def _on_comparing_succeeded(self, told: _Told) -> None:
        if self._comparing is not None and self._comparing is self.sender():
            self._comparing = None
            self._show_found(told.found, can_judge=told.can_judge)

    @Slot(str)
    def _on_comparing_failed(self, sentence: str) -> None:
        if self._comparing is not None and self._comparing is self.sender():
            self._comparing = None
            self._show_failure(sentence)

    @Slot()
    def _on_judge_clicked(self) -> None:
        if self._judging is not None:
            self._stop_judging()
            return
        if self._runs is None:
            return
        work = partial(_judged, self._runs, self._studio.workspace)
        about = About(
            self.tr("Judging two models on the same images"),
            self.tr("both runs stay as they are"),
            Unit.SHARE,
            writes=False,
        )
        self._judging = job = self._studio.jobs.create(work, about, self.isVisible)
        self._show_judging(True)
        job.progressed.connect(self._on_judging_progressed)
        job.succeeded.connect(self._on_judging_succeeded)
        job.failed.connect(self._on_judging_failed)
        job.cancelled.connect(self._on_judging_cancelled)
        job.start()

    @Slot(int, int)
    def _on_judging_progressed(self, done: int, total: int) -> None:
        if self._judging is not None and self._judging is self.sender():
            text = self.tr("Both models name the same images: {share} %")
            self._text.setText(text.format(share=100 * done // max(1, total)))

    @Slot(object)
    def _on_judging_succeeded(self, found: RunComparison) -> None:
        if self._judging is None or self._judging is not self.sender():
            return
        self._judging = None
        self._show_judging(False)
        self._show_found(found, can_judge=False)

    @Slot(str)
    def _on_judging_failed(self, sentence: str) -> None:
        if self._judging is not None and self._judging is self.sender():
            self._judging = None
            self._show_judging(False)
            self._show_failure(sentence)

    @Slot()
    def _on_judging_cancelled(self) -> None:
        if self._judging is not None and self._judging is self.sender():
            self._judging = None
            self._show_judging(False)
            self._text.setText(self._sentence)


def _tr_run(moment: str) -> str:
    return QCoreApplication.translate("Training", "Run {moment}").format(moment=moment)


def _names(runs: tuple[Run, Run]) -> tuple[str, str]:
    """What the two are called, so that they can be told from each other."""
    one, two = (wording.run_name(run) for run in runs)
    if dataset_title(runs[0]) == dataset_title(runs[1]):  # then the time is name enough
        one, two = (run.notes.title or _tr_run(wording.moment(run)) for run in runs)
    one, two = (name if len(name) <= _LONGEST_NAME else f"{name[:39]}…" for name in (one, two))
    return (one, two) if one != two else (f"{one} (1)", f"{two} (2)")


def _compared(runs: tuple[Run, Run], workspace: Workspace, _task: Task) -> _Told:
    """The job: by what was kept."""
    found = compare_runs(*runs)
    can_judge = (
        found.comparison is None
        and found.in_common is not None
        and found.in_common.dataset
        and all(run.has_learned for run in runs)
        and dataset_of(runs[0], workspace) is not None
    )
    return _Told(found, can_judge)


def _judged(runs: tuple[Run, Run], workspace: Workspace, task: Task) -> RunComparison:
    """The job: both are asked about images that neither has learned from."""
    dataset = dataset_of(runs[0], workspace)
    if dataset is None:
        raise StudioError("The dataset of these runs is gone, so they cannot be judged on it.")
    questions = questions_about(dataset, runs)
    answers, before = [], []
    for place, run in enumerate(runs):

        def report(done: int, total: int, place: int = place) -> None:
            task.report(place * total + done, 2 * total)

        told = ask(run, questions, report, task.cancelled)
        if told is None:
            raise JobCancelledError
        answers.append(told.answers)
        before.append(folds_before(run, questions.scope) if told.is_from_before else None)
    found: Comparison | None = compare(*answers)
    if found is not None and found.learned_from:
        found = found.without_learned
    if found is None:
        raise StudioError(
            "There is no image of this dataset that neither model has learned from. Record new "
            "ones, and judge both on those."
        )
    return RunComparison.of(in_common(*runs), found, (before[0], before[1]))
