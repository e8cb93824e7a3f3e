"""From a number key, a click or the menu to a saved correction, and to the next training."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal, Slot

from cnn_studio.camera.source import Frame
from cnn_studio.gui.endings import AFTER_A_CHANGE, Until
from cnn_studio.gui.prediction.files.file_entry import FileEntry
from cnn_studio.gui.prediction.live.live_panel import LivePanel
from cnn_studio.gui.prediction.live.picture import Picture
from cnn_studio.gui.prediction.live.teaching import Teaching
from cnn_studio.gui.studio import Studio
from cnn_studio.models.runs import Run
from cnn_studio.prediction.pictures import Picture as PictureFile


class TeachFlow(QObject):
    """Connects what says that an answer is wrong with what saves it.

    Args:
        studio: The state above the tabs.
        picture: Where the frame is seen.
        panel: What asks, and shows how many corrections there are.
        on_show: The frame or the file that the answer is about; None if there is none.
        parent: Whose it is.

    Attributes:
        teaching: What saves them.

    Signals:
        failed(str): Something could not be saved; the sentence that says why.
    """

    failed = Signal(str)

    def __init__(
        self,
        studio: Studio,
        picture: Picture,
        panel: LivePanel,
        on_show: Callable[[], Frame | FileEntry | None],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._studio = studio
        self._picture = picture
        self._panel = panel
        self._on_show = on_show
        self.teaching = Teaching(studio, self)
        self.teaching.changed.connect(self._on_teaching_changed)
        self.teaching.said.connect(self._on_teaching_said)
        self.teaching.failed.connect(self.failed)
        panel.answer.class_clicked.connect(self._on_class_taught)
        panel.bar.class_taught.connect(self._on_class_taught)
        panel.bar.number_pressed.connect(self.teach_number)
        panel.corrections.undo_requested.connect(self.teaching.undo)

    def set_run(self, run: Run | None) -> None:
        """Save into the dataset of this run."""
        self.teaching.set_run(run)

    @Slot(int)
    def teach_number(self, number: int) -> None:
        """Save what is on show into the class of a number key, 1 to 9."""
        subject = self._subject()
        if subject is not None and self.teaching.teach_number(number, subject):
            self._picture.flash()

    def _subject(self) -> Frame | PictureFile | None:
        shown = self._on_show()
        return shown.answer.picture if isinstance(shown, FileEntry) else shown

    @Slot()
    def _on_teaching_changed(self) -> None:
        classes = self.teaching.classes
        self._panel.bar.set_classes(classes)
        self._panel.corrections.set_count(self.teaching.count)
        text = self.tr("Wrong? Click to save the picture as {name}")
        self._panel.answer.set_click_text(text if classes else "")

    @Slot(str)
    def _on_teaching_said(self, sentence: str) -> None:
        self._studio.endings.end(Until.CHANGE)
        self._studio.say(sentence, AFTER_A_CHANGE | Until.PAGE)

    @Slot(str)
    def _on_class_taught(self, class_name: str) -> None:
        subject = self._subject()
        if subject is not None and self.teaching.teach(class_name, subject):
            self._picture.flash()
