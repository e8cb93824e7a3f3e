"""Makes a map beside the window: first by the principal components, then arranged by t-SNE."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal, Slot

from cnn_studio.gui.activities import About
from cnn_studio.gui.capture.map.map_geometry import Places
from cnn_studio.gui.capture.map.map_points import MapPoints
from cnn_studio.gui.jobs import JobCancelledError, Jobs, OneJob, Task
from cnn_studio.instant.feature_table import FeatureTable

_First = tuple[MapPoints, NDArray[np.float32]]


class MapWork(QObject):
    """Draws one map at a time.

    Args:
        jobs: Does the work.
        is_seen: Whether how far it is is on the screen.
        parent: The object that this one belongs to.

    Signals:
        placed(MapPoints): Where the images stand; the first time until they are arranged.
        failed(str): They could not be arranged; the sentence that says why.
        changed: Something was begun, or is over.
    """

    placed = Signal(object)
    failed = Signal(str)
    changed = Signal()

    def __init__(
        self,
        jobs: Jobs,
        is_seen: Callable[[], bool] = lambda: False,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._is_seen = is_seen
        self._is_arranged = False
        self._title = ""
        self._names: tuple[str, ...] = ()
        self._components: NDArray[np.float32] | None = None
        self._begun_s = 0.0
        self._placing = OneJob(jobs, self)
        self._placing.succeeded.connect(self._on_placing_succeeded)
        self._arranging = OneJob(jobs, self)
        self._arranging.succeeded.connect(self._on_arranging_succeeded)
        for job in (self._placing, self._arranging):
            job.failed.connect(self.failed)
            job.finished.connect(self._on_job_finished)

    @property
    def is_running(self) -> bool:
        """Whether a map is being made."""
        return self._placing.is_running or self._arranging.is_running

    @property
    def is_arranged(self) -> bool:
        """Whether the newest map is arranged, and not by its principal components alone."""
        return self._is_arranged

    @property
    def arranging_s(self) -> float | None:
        """For how many seconds the images have been being arranged; None if they are not."""
        return time.monotonic() - self._begun_s if self._arranging.is_running else None

    def draw(self, table: FeatureTable, title: str) -> None:
        """Make a map of all images whose features are known; nothing while one is being made."""
        if self.is_running:
            return
        self._title = title
        self._is_arranged = False

        def work(task: Task) -> _First:
            return _first(table, task)

        self._placing.start(work)
        self.changed.emit()

    def cancel(self) -> None:
        """End what is being made."""
        self._components = None
        self._placing.cancel()
        self._arranging.cancel()

    @Slot(object)
    def _on_placing_succeeded(self, first: _First) -> None:
        points, self._components = first
        self._names = points.names
        self.placed.emit(points)

    @Slot(object)
    def _on_arranging_succeeded(self, places: Places) -> None:
        self._is_arranged = True
        self.placed.emit(MapPoints(self._names, places))

    @Slot()
    def _on_job_finished(self) -> None:
        components, self._components = self._components, None
        if components is not None:
            self._arrange(components)
        self.changed.emit()

    def _arrange(self, components: NDArray[np.float32]) -> None:
        # The window's start need not wait for it.
        from cnn_studio.instant.image_map import arrange

        def work(task: Task) -> Places:
            places = arrange(components, cancelled=task.cancelled)
            if places is None:
                raise JobCancelledError
            return places

        about = About(
            self.tr("Arranging the map of {title}").format(title=self._title),
            self.tr("the map stays as it is"),
            writes=False,
        )
        self._begun_s = time.monotonic()
        self._arranging.start(work, about, self._is_seen)


def _first(table: FeatureTable, task: Task) -> _First:
    """The job. Everything heavy is imported here, beside the window."""
    from cnn_studio.instant.image_map import first_places, principal_components

    view = table.view()
    components = principal_components(view.features, cancelled=task.cancelled)
    if components is None:
        raise JobCancelledError
    return MapPoints(view.names, first_places(components)), components
