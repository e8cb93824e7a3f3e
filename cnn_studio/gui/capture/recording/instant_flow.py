"""From what was learned at once to what the strip under the preview says."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Slot

from cnn_studio.camera.feed import FeedStatus
from cnn_studio.gui.capture.contents import Contents
from cnn_studio.gui.capture.recording.preview_panel import PreviewPanel
from cnn_studio.gui.figures import images, whole
from cnn_studio.gui.instant_thread import InstantAnswer
from cnn_studio.gui.studio import Studio
from cnn_studio.instant import LEAST_OF_A_CLASS

if TYPE_CHECKING:
    from cnn_studio.prediction.smoothing import SteadyAnswer

_SHOW_INTERVAL_MS = 66
_SETTING = "capture/says-what-it-sees"


class InstantFlow(QObject):
    """Has the camera looked at while the strip is on the screen, and shows what is said."""

    def __init__(
        self, studio: Studio, contents: Contents, preview: PreviewPanel, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._studio = studio
        self._contents = contents
        self._preview = preview
        self._strip = preview.instant
        self._steady: SteadyAnswer | None = None
        self._shown: InstantAnswer | None = None
        self._is_active = False
        self._timer = QTimer(self, interval=_SHOW_INTERVAL_MS)
        self._timer.timeout.connect(self._on_timer_timeout)
        self._is_on = bool(studio.settings.value(_SETTING, True, bool))
        preview.set_instant_on(self._is_on)
        preview.instant_toggled.connect(self._on_preview_instant_toggled)
        studio.instant.model_changed.connect(self._on_instant_model_changed)
        studio.features.changed.connect(self._update)
        studio.features.followed.connect(self._update)
        studio.camera.state_changed.connect(self._update)
        contents.classes_changed.connect(self._update)
        self._update()

    def activate(self) -> None:
        """The tab is on the screen now."""
        self._is_active = True
        self._update()

    def deactivate(self) -> None:
        """The tab has left the screen."""
        self._is_active = False
        self._update()

    @property
    def _is_wanted(self) -> bool:
        return self._is_on and self._contents.folders is not None and self._follows()

    def _follows(self) -> bool:
        dataset = self._studio.instant.dataset
        return dataset is not None and self._contents.shows(dataset)

    @Slot()
    def _update(self) -> None:
        """Look at the camera or rest, and say why where there is nothing to see."""
        is_wanted = self._is_wanted
        self._strip.set_classes(self._contents.classes)
        self._strip.setVisible(is_wanted)
        self._preview.set_instant_possible(self._contents.folders is not None and self._follows())
        if is_wanted and self._is_active:
            if not self._timer.isActive():
                self._studio.instant.watch(self._studio.camera.mailbox)
                self._timer.start()
        elif self._timer.isActive():
            self._studio.instant.watch(None)
            self._timer.stop()
        if self._shown is None:
            self._say_why()

    def _say_why(self) -> None:
        model, problem = self._studio.instant.model, self._studio.instant.problem
        if problem:
            self._strip.show_hint(problem)
        elif model is not None:
            text = self.tr("Learned at once from {images}. Show something to the camera.")
            self._strip.show_hint(text.format(images=images(model.images)))
        elif self._has_enough():
            known, every = self._studio.features.counts
            text = self.tr("Looking at your images: {known} of {count}")
            self._strip.show_hint(text.format(known=whole(known), count=whole(every)))
        else:
            self._strip.show_hint(
                self.tr("With three images in each of two classes it says what the camera shows."),
                self.tr("Two classes with three images each come first."),
            )

    def _has_enough(self) -> bool:
        return sum(count >= LEAST_OF_A_CLASS for count in self._contents.counts.values()) > 1

    @Slot()
    def _on_timer_timeout(self) -> None:
        answer = self._studio.instant.latest()
        is_running = self._studio.camera.state.status is FeedStatus.RUNNING
        if answer is None or not is_running:
            if self._shown is not None:
                self._shown = None
                self._say_why()
            return
        if answer is not self._shown:
            self._show(answer)

    def _show(self, answer: InstantAnswer) -> None:
        from cnn_studio.prediction.smoothing import SteadyAnswer  # takes a moment

        classes = answer.model.classes
        if self._steady is None or self._steady.classes != classes:
            self._steady = SteadyAnswer(classes)
        self._shown = answer
        said = self._steady.update(answer.prediction, time.monotonic())
        count = images(answer.model.images)
        sources = (
            self.tr("by {images}, without a training").format(images=count),
            self.tr("by {images}").format(images=count),
        )
        self._strip.show_answer(said, sources)

    @Slot()
    def _on_instant_model_changed(self) -> None:
        if self._studio.instant.model is None:
            self._shown = None
        self._update()

    @Slot(bool)
    def _on_preview_instant_toggled(self, is_on: bool) -> None:
        self._is_on = is_on
        self._studio.settings.setValue(_SETTING, is_on)
        self._update()
