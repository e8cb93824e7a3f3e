"""What the images say of the camera's picture with what was just taught, before any training."""

from __future__ import annotations

import time

from PySide6.QtCore import QObject, QTimer, Slot

from cnn_studio.camera.mailbox import Mailbox
from cnn_studio.gui.instant_thread import InstantAnswer
from cnn_studio.gui.prediction.live.correction_row import CorrectionRow
from cnn_studio.gui.prediction.live.teaching import Teaching
from cnn_studio.gui.studio import Studio
from cnn_studio.prediction.smoothing import Answer, SteadyAnswer

_SHOW_INTERVAL_MS = 100


class TaughtFlow(QObject):
    """Lets what was taught speak beside the model in use, and says which of the two speaks.

    Args:
        studio: The state above the tabs.
        teaching: What was taught.
        row: Where it is said.
        mailbox: The frames.
        parent: Whose it is.
    """

    def __init__(
        self,
        studio: Studio,
        teaching: Teaching,
        row: CorrectionRow,
        mailbox: Mailbox,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._studio = studio
        self._teaching = teaching
        self._row = row
        self._mailbox = mailbox
        self._is_active = False
        self._is_still = False
        self._steady: SteadyAnswer | None = None
        self._taken: InstantAnswer | None = None
        self._timer = QTimer(self, interval=_SHOW_INTERVAL_MS)
        self._timer.timeout.connect(self._on_timer_timeout)
        teaching.changed.connect(self._update)
        studio.features.followed.connect(self._update)

    def set_active(self, is_active: bool) -> None:
        """Whether the tab is on the screen."""
        self._is_active = is_active
        self._update()

    def set_still(self, is_still: bool) -> None:
        """Whether a file or a frozen frame is on show, of which nothing is said here."""
        self._is_still = is_still
        self._update()

    @Slot()
    def _update(self) -> None:
        dataset, taught = self._studio.instant.dataset, self._teaching.dataset
        is_same = dataset is not None and taught is not None and dataset.folder == taught.folder
        is_wanted = self._is_active and not self._is_still and is_same and self._teaching.count > 0
        if is_wanted and not self._timer.isActive():
            self._studio.instant.watch(self._mailbox)
            self._timer.start()
        elif not is_wanted and self._timer.isActive():
            self._studio.instant.watch(None)
            self._timer.stop()
        if not is_wanted:
            self._row.set_said("")

    @Slot()
    def _on_timer_timeout(self) -> None:
        answer = self._studio.instant.latest()
        if answer is None or answer is self._taken:
            return
        self._taken = answer
        if self._steady is None or self._steady.classes != answer.model.classes:
            self._steady = SteadyAnswer(answer.model.classes)
        said = self._steady.update(answer.prediction, time.monotonic())
        self._row.set_said(self._in_words(said))

    def _in_words(self, said: Answer) -> str:
        if said.named is None:
            text = self.tr("With what you taught: unknown") if said.unknown else ""
            return text or self.tr("With what you taught: {name}?").format(name=said.rows[0].name)
        text = self.tr("With what you taught: {name} {percent} %")
        return text.format(name=said.named, percent=said.rows[0].percent)
