"""What a run's model said of a set of images, and which images stand behind every figure.

A subject says which images: "validation", "test" or "train" of the run's own dataset, or
"all:NAME" for all images of the dataset of that name. Plain; each call may take a while.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from cnn_studio.data.cards import Storage
from cnn_studio.data.catalog import Dataset, find_dataset
from cnn_studio.data.class_folders import ClassFolders
from cnn_studio.data.marks import Mark
from cnn_studio.data.samples import Sample
from cnn_studio.errors import DatasetError
from cnn_studio.gui.jobs import JobCancelledError, Task
from cnn_studio.models.answers import Answers, kept_answers
from cnn_studio.models.reliability import Reliability
from cnn_studio.models.run_dataset import ImagesGoneError, dataset_of, why_no_dataset
from cnn_studio.models.runs import Run
from cnn_studio.models.scores import Scores
from cnn_studio.paths import Workspace
from cnn_studio.prediction.evaluation import Scope, ask, questions_about


@dataclass(frozen=True, eq=False)
class Evaluation:
    """A run's answers on one subject.

    Attributes:
        answers: What the model said, calibrated.
        scores, reliability: What follows from them.
        dataset: Where the images are; None if it is not there any more.
        without_learned: The scores on the images that the model has not learned from, where it has
            learned from some; None if there is none.
        is_untraced: Whether it may have learned from some that are not known of.
        unreadable: How many images are left out because they cannot be read.
    """

    answers: Answers
    scores: Scores
    reliability: Reliability
    dataset: Dataset | None
    without_learned: Scores | None = None
    is_untraced: bool = False
    unreadable: int = 0

    @cached_property
    def is_packed(self) -> bool:
        """Whether the images have no files of their own."""
        return self.dataset is not None and self.dataset.card.storage is not Storage.FOLDERS

    @cached_property
    def is_writable(self) -> bool:
        """Whether images can be moved and deleted: not in a folder of a person's that is read."""
        return self.dataset is not None and not self.is_packed and not self.dataset.is_outside

    def samples(self, places: Iterable[int]) -> dict[Sample, int]:
        """The images in these places that are still where they were, each with its place."""
        if self.dataset is None:
            return {}
        found = {self._sample(self.dataset, int(place)): int(place) for place in places}
        if self.is_packed:
            return found
        listed: dict[Path, frozenset[str]] = {}
        for sample in found:
            folder = sample.path.parent
            if folder not in listed:
                listed[folder] = _names_in(folder)
        return {s: n for s, n in found.items() if s.path.name in listed[s.path.parent]}

    def _sample(self, dataset: Dataset, place: int) -> Sample:
        """A sample as the gallery calls it; those of a packed dataset have no file."""
        name = self.answers.names[place]
        path = Path(name) if self.is_packed else dataset.folder / name
        return Sample(path, self.answers.classes[int(self.answers.labels[place])])

    def classes(self) -> tuple[str, ...]:
        """The classes that images can be moved to now."""
        if self.dataset is None or not self.is_writable:
            return ()
        return ClassFolders(self.dataset).classes()

    def excluded(self) -> frozenset[str]:
        """The names of the images that are left out of trainings now."""
        if self.dataset is None or not self.is_writable:
            return frozenset()
        return ClassFolders(self.dataset).marks.names(Mark.EXCLUDED)


def kept_evaluation(run: Run, subject: str, workspace: Workspace) -> Evaluation | None:
    """What a training has kept of its answers; None if it has not.

    Raises:
        ModelError: The file is damaged.
    """
    if run.bundle is None or subject not in (Scope.VALIDATION, Scope.TEST):
        return None
    answers = kept_answers(run, subject)
    if answers is None:
        return None
    # Calibration changes no class, so what the training has noted holds; to work the scores out
    # again takes a library that is slow to import.
    noted = run.bundle.validation if subject == Scope.VALIDATION else run.bundle.test
    if noted is None or noted.count != len(answers):
        noted = answers.scores()
    return Evaluation(
        answers=answers,
        scores=noted,
        reliability=answers.reliability(),
        dataset=dataset_of(run, workspace),
        without_learned=_without_learned(answers),
    )


def asked_evaluation(
    run: Run, subject: str, workspace: Workspace, task: Task, own: Dataset | None = None
) -> Evaluation:
    """Ask the run's model now.

    Args:
        run: The run.
        subject: Which images: a scope, and after a colon the name of another dataset.
        workspace: Where datasets are looked for.
        task: May end it.
        own: The dataset that the run learned from; None looks for it.

    Raises:
        ModelError: The model cannot be used.
        DatasetError: The images are not there, or have a class that the model does not know.
        JobCancelledError: It was cancelled.
    """
    scope, _colon, name = subject.partition(":")
    dataset = find_dataset(workspace, name) if name else own or dataset_of(run, workspace)
    if dataset is None:
        raise ImagesGoneError(why_no_dataset(run, workspace))
    questions = questions_about(dataset, [run], Scope(scope))
    examination = ask(run, questions, task.report, task.cancelled)
    if examination is None:
        raise JobCancelledError
    answers = examination.answers
    return Evaluation(
        answers=answers,
        scores=answers.scores(),
        reliability=answers.reliability(),
        dataset=dataset,
        without_learned=_without_learned(answers),
        is_untraced=examination.is_untraced,
        unreadable=len(examination.unreadable),
    )


def report_evaluation(run: Run, workspace: Workspace, task: Task) -> Evaluation | None:
    """What a report tells: the test part, else what was held back; None where neither is known.

    A run from before its answers were kept is asked once more, if its dataset is there.

    Raises:
        ModelError: A file is damaged.
        JobCancelledError: It was cancelled.
    """
    for subject in (Scope.TEST, Scope.VALIDATION):
        kept = kept_evaluation(run, subject, workspace)
        if kept is not None:
            return kept
    if run.bundle is None or run.bundle.validation is None:
        return None
    try:
        asked = asked_evaluation(run, Scope.VALIDATION, workspace, task)
    except DatasetError:  # gone, or changed so much that there is nothing to ask
        return None
    # One that went on to learn from all of them is no witness any more.
    return None if asked.answers.without_learned() is None else asked


def _without_learned(answers: Answers) -> Scores | None:
    rest = answers.without_learned() if answers.learned_count else None
    return None if rest is None else rest.scores()


def _names_in(folder: Path) -> frozenset[str]:
    try:
        with os.scandir(folder) as entries:
            return frozenset(entry.name for entry in entries)
    except OSError:
        return frozenset()
