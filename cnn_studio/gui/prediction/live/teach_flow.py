"""From a number key, a click or the menu to a saved correction, and to the next training."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal, Slot

from cnn_studio.camera.source import Frame
from cnn_studio.gui.endings import AFTER_A_CHANGE, Until
from cnn_studio.gui.prediction.live.live_panel import LivePanel
from cnn_studio.gui.prediction.live.picture import Picture
from cnn_studio.gui.prediction.live.teaching import Teaching
from cnn_studio.gui.studio import Studio
from cnn_studio.models.runs import Run


class TeachFlow(QObject):
    """Connects what says that an answer is wrong with what saves it.

    Args:
        studio: The state above the tabs.
        picture: Where the frame is seen.
        panel: What asks, and shows how many corrections there are.
        frame_on_show: The frame that the answer is about; None if there is none.
        parent: Whose it is.

    Signals:
        failed(str): Something could not be saved; the sentence that says why.
    """

    failed = Signal(str)

    def __init__(
        self,
        studio: Studio,
        picture: Picture,
        panel: LivePanel,
        frame_on_show: Callable[[], Frame | None],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._studio = studio
        self._picture = picture
        self._panel = panel
        self._frame_on_show = frame_on_show
        self._is_live = True
        self._teaching = Teaching(studio, self)
        self._teaching.changed.connect(self._on_teaching_changed)
        self._teaching.said.connect(self._on_teaching_said)
        self._teaching.failed.connect(self.failed)
        panel.answer.class_clicked.connect(self._on_class_taught)
        panel.bar.class_taught.connect(self._on_class_taught)
        panel.bar.number_pressed.connect(self._on_number_pressed)
        panel.corrections.undo_requested.connect(self._teaching.undo)
        panel.corrections.train_requested.connect(self._teaching.train_again)

    def set_run(self, run: Run | None) -> None:
        """Save into the dataset of this run."""
        self._teaching.set_run(run)

    def set_live(self, is_live: bool) -> None:
        """Only the camera's answer can be put right here, not a file's."""
        self._is_live = is_live
        self._on_teaching_changed()

    @Slot()
    def _on_teaching_changed(self) -> None:
        classes = self._teaching.classes
        self._panel.bar.set_classes(classes)
        self._panel.corrections.set_count(self._teaching.count)
        can_teach = self._is_live and bool(classes)
        text = self.tr("Wrong? Click to save the picture as {name}")
        self._panel.answer.set_click_text(text if can_teach else "")

    @Slot(str)
    def _on_teaching_said(self, sentence: str) -> None:
        self._studio.endings.end(Until.CHANGE)
        self._studio.say(sentence, AFTER_A_CHANGE | Until.PAGE)

    @Slot(str)
    def _on_class_taught(self, class_name: str) -> None:
        frame = self._frame_on_show()
        if frame is not None and self._teaching.teach(class_name, frame):
            self._picture.frames.flash()

    @Slot(int)
    def _on_number_pressed(self, number: int) -> None:
        frame = self._frame_on_show()
        if frame is not None and self._teaching.teach_number(number, frame):
            self._picture.frames.flash()
