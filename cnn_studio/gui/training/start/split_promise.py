"""How many images a training will learn from, drawn beside the window as the training will."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot

from cnn_studio.data.catalog import Dataset
from cnn_studio.data.split import Split
from cnn_studio.gui.activities import About
from cnn_studio.gui.jobs import JobCancelledError, Jobs, OneJob, Task
from cnn_studio.training.recipe import Recipe
from cnn_studio.training.training_data import promised_split


class SplitPromise(QObject):
    """Draws the split of the newest recipe; the first one of a dataset compares its images.

    Signals:
        drawn(Dataset, Recipe, Split): What a training with that recipe would hold back now.
    """

    drawn = Signal(object, object, object)

    def __init__(self, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._asked: tuple[Dataset, Recipe] | None = None  # what is to be drawn next
        self._job = OneJob(jobs, self)
        self._job.succeeded.connect(self._on_job_succeeded)
        self._job.finished.connect(self._go_on)

    def draw(self, dataset: Dataset, recipe: Recipe) -> None:
        """Draw this split, instead of any other that is being drawn; `drawn` follows."""
        self._asked = (dataset, recipe)
        self._job.cancel()
        self._go_on()

    def cancel(self) -> None:
        """Draw none."""
        self._asked = None
        self._job.cancel()

    @Slot()
    def _go_on(self) -> None:
        if self._asked is None or self._job.is_running:
            return
        (dataset, recipe), self._asked = self._asked, None

        def work(task: Task) -> tuple[Dataset, Recipe, Split]:
            split = promised_split(dataset, recipe, task.report, task.cancelled)
            if task.cancelled():
                raise JobCancelledError
            return dataset, recipe, split

        about = About(
            self.tr("Comparing the images of {title}").format(title=dataset.title),
            self.tr("how many images a training learns from is counted when it begins"),
            writes=False,
        )
        self._job.start(work, about)

    @Slot(object)
    def _on_job_succeeded(self, found: tuple[Dataset, Recipe, Split]) -> None:
        self.drawn.emit(*found)
