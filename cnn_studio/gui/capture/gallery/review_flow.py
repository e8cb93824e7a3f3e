"""From what the gallery shows to a review, one image after the other, the most useful first."""

from __future__ import annotations

from collections.abc import Sequence, Set

from PySide6.QtCore import QObject, Signal, Slot

from cnn_studio.data.samples import Sample
from cnn_studio.gui.capture.gallery.large_flow import LargeFlow
from cnn_studio.gui.capture.gallery.most_useful import Usefulness
from cnn_studio.gui.jobs import Jobs, Task


class ReviewFlow(QObject):
    """Puts the samples in order beside the window, and opens the large view on the first of them.

    Signals:
        nothing_to_review: Every image has been looked at.
    """

    nothing_to_review = Signal()

    def __init__(self, large: LargeFlow, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._large = large
        self._jobs = jobs
        self._request = 0  # the newest; answers to older ones are dropped

    def begin(
        self, samples: Sequence[Sample], reviewed: Set[str], usefulness: Usefulness | None
    ) -> None:
        """Review samples.

        Args:
            samples: As the gallery shows them.
            reviewed: Those that a person has looked at, by the names of the marks.
            usefulness: Puts the others in order; None where they stay in theirs.
        """
        self.call_off()
        if usefulness is None:
            self._open(samples)
            return
        request = self._request
        to_review = [sample for sample in samples if sample.mark_name not in reviewed]
        others = [sample for sample in samples if sample.mark_name in reviewed]

        def work(_task: Task) -> tuple[int, list[Sample]]:
            return request, [*usefulness.ordered(to_review), *others]

        job = self._jobs.create(work)
        job.succeeded.connect(self._on_ordered)
        job.start()

    def call_off(self) -> None:
        """Open no review that was asked for, as when another dataset is shown."""
        self._request += 1

    def _open(self, samples: Sequence[Sample]) -> None:
        if not self._large.review(samples):
            self.nothing_to_review.emit()

    @Slot(object)
    def _on_ordered(self, answer: tuple[int, list[Sample]]) -> None:
        request, samples = answer
        if request == self._request:
            self._open(samples)
