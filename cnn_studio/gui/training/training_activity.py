"""The training among all that is under way, for the status line and before the window closes."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Slot

from cnn_studio.gui.activities import About, Activities, Activity, Unit
from cnn_studio.gui.training import progress_wording
from cnn_studio.gui.training.progress import Phase
from cnn_studio.gui.training.training_control import TrainingControl
from cnn_studio.work_notes import Halt

_PARTS = 1000


class TrainingActivity(QObject):
    """Follows a control.

    Args:
        control: What trains.
        activities: Where it is made known.
        views: What shows how far it is; each says whether it is on the screen.
        parent: The object that this one belongs to.
    """

    def __init__(
        self,
        control: TrainingControl,
        activities: Activities,
        views: Sequence[Callable[[], bool]],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._control = control
        self._activities = activities
        self._views = views
        self._activity: Activity | None = None
        control.began.connect(self._on_control_began)
        control.progressed.connect(self._on_control_progressed)
        control.ended.connect(self._on_control_ended)

    @Slot()
    def _on_control_began(self) -> None:
        title = self.tr("Training {title}").format(title=self._control.progress.dataset_title)
        about = About(title, self.tr("the best model so far is kept"), Unit.SHARE)
        self._activity = self._activities.begin(about, self._on_stopped, self._is_seen)
        self._on_control_progressed()

    @Slot()
    def _on_control_progressed(self) -> None:
        progress = self._control.progress
        if self._activity is None or not progress.is_under_way:
            return
        if progress.fraction is not None and progress.started is not None:
            self._activity.set_progress(round(progress.fraction * _PARTS), _PARTS)
        headline = progress_wording.headline(progress)
        self._activity.set_stage(headline, progress.seconds_left)

    @Slot()
    def _on_control_ended(self) -> None:
        activity, self._activity = self._activity, None
        if activity is not None:
            if self._control.progress.phase is Phase.FAILED:
                activity.warn()
            activity.end()

    def _is_seen(self) -> bool:
        return any(is_seen() for is_seen in self._views)

    def _on_stopped(self, _halt: Halt) -> None:
        self._control.stop()
