"""Offers the models there are in the filter bar, listed beside the window."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Slot

from cnn_studio.gui.capture.contents import Contents
from cnn_studio.gui.capture.gallery.filter_bar import FilterBar
from cnn_studio.gui.jobs import Task
from cnn_studio.gui.studio import Studio
from cnn_studio.models.runs import Run, list_runs


class ModelOffer(QObject):
    """Says which models there are; those of the dataset on show come first."""

    def __init__(
        self, studio: Studio, contents: Contents, bar: FilterBar, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._studio = studio
        self._contents = contents
        self._bar = bar
        self._runs: list[Run] = []

    def update(self) -> None:
        """List them again."""
        workspace = self._studio.workspace

        def work(_task: Task) -> list[Run]:
            return [run for run in list_runs(workspace) if run.is_usable]

        job = self._studio.jobs.create(work)
        job.succeeded.connect(self._on_job_succeeded)
        job.start()

    def classes_of(self, folder: Path | None) -> tuple[str, ...]:
        """The classes of a model; none if it is not offered."""
        run = next((run for run in self._runs if run.folder == folder), None)
        return run.bundle.classes if run and run.bundle else ()

    @Slot(object)
    def _on_job_succeeded(self, runs: list[Run]) -> None:
        name = self._contents.dataset.name if self._contents.dataset else ""
        self._runs = sorted(runs, key=lambda run: run.dataset != name)
        self._bar.set_models(
            [
                (str(run.folder), f"{run.created.astimezone():%d %b %H:%M} {run.dataset}")
                for run in self._runs
            ]
        )
