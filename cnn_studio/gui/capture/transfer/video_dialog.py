"""Which frames of a video become images of which class: a window to look and choose in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import QSettings, Qt, Signal, Slot
from PySide6.QtGui import QImage
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from cnn_studio.camera.video_reader import VideoFacts
from cnn_studio.data.class_names import MAX_LENGTH, check_class_name, is_same_name
from cnn_studio.errors import DatasetError
from cnn_studio.gui.capture.transfer.part_chooser import PartChooser
from cnn_studio.gui.capture.transfer.video_options import VideoOptions
from cnn_studio.gui.capture.transfer.video_part import VideoPart
from cnn_studio.gui.capture.transfer.video_picture import VideoPicture
from cnn_studio.gui.figures import whole
from cnn_studio.gui.theme import Theme
from cnn_studio.gui.widgets.elided_chooser import ElidedChooser
from cnn_studio.gui.widgets.elided_label import ElidedLabel
from cnn_studio.untrusted_text import shown
from cnn_studio.video_import import FrameChoice

_WIDTH, _HEIGHT = 760, 620


class VideoDialog(QDialog):
    """Shows the videos and asks for their frames.

    Args:
        facts: What is known of each video; a sentence for one that cannot be read. Of one video a
            part can be chosen; several are taken whole.
        classes: The classes there are.
        class_name: The one that is proposed; empty for none.

    Signals:
        look_requested(Path, float): The picture of a video at a time in seconds shall be shown.
        import_requested(str, FrameChoice): These frames shall become images of that class.
    """

    look_requested = Signal(object, float)
    import_requested = Signal(str, object)

    def __init__(
        self,
        facts: Mapping[Path, VideoFacts | str],
        classes: Sequence[str],
        class_name: str,
        settings: QSettings,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("videoDialog")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(_WIDTH, _HEIGHT)
        self._facts = dict(facts)
        self._paths = tuple(facts)
        self._classes = tuple(classes)
        self._options = VideoOptions(settings, self)
        self._title = ElidedLabel(self)
        self._details = QLabel(self)
        self._details.setObjectName("videoDetails")
        self._details.setProperty("role", "quiet")
        self._chooser = ElidedChooser(self)
        self.picture = VideoPicture(theme, self)
        self._part = PartChooser(len(self._paths) > 1, theme, self)
        self._class = QComboBox(self)
        self._estimate = QLabel(self)
        self._cancel = QPushButton(self.tr("Cancel"), self)
        self._import = QPushButton(self.tr("Import"), self)
        self._make_header()
        self._make_controls(class_name)
        self._lay_out()
        self._connect()
        self._part.setFocus()

    @property
    def estimate(self) -> str:
        """What would be imported, or why nothing can be."""
        return self._estimate.text()

    @Slot()
    def look(self) -> None:
        """Ask for the first picture of the video that is chosen."""
        facts = self._facts[self._shown]
        self._part.setEnabled(isinstance(facts, VideoFacts))
        self._details.setText("")
        if isinstance(facts, VideoFacts):
            text = self.tr("{width} x {height} · {rate} frames a second")
            rate = f"{facts.frames_per_second:.4g}"
            self._details.setText(text.format(width=facts.width, height=facts.height, rate=rate))
            self._part.set_video(facts)
        else:
            self.picture.say(facts)
        self._show_estimate()

    @Slot(QImage)
    def show_picture(self, image: QImage) -> None:
        """Show a picture of the video."""
        if isinstance(self._facts[self._shown], VideoFacts):  # it may be another one's by now
            self.picture.set_image(image)

    @Slot(str)
    def say(self, sentence: str) -> None:
        """Show a sentence in place of the picture."""
        self.picture.say(sentence)

    def _make_header(self) -> None:
        count = len(self._paths)
        name = shown(self._paths[0].name)
        if count > 1:
            name = self.tr("{count} videos").format(count=whole(count))
        text = self.tr("Frames of {name}").format(name=name)
        self.setWindowTitle(text)
        self._title.setText(text)
        self._title.setProperty("role", "title")
        self._chooser.setObjectName("videoChooser")
        self._chooser.setAccessibleName(self.tr("Video"))
        self._chooser.setToolTip(self.tr("Which video is shown"))
        self._chooser.addItems([shown(path.name) for path in self._paths])
        self._chooser.setVisible(count > 1)
        self._chooser.setMaximumWidth(280)

    def _make_controls(self, class_name: str) -> None:
        for button, name, tip in (
            (self._cancel, "videoCancelButton", self.tr("Import nothing (Esc)")),
            (self._import, "videoImportButton", self.tr("Import these frames (Enter)")),
        ):
            button.setObjectName(name)
            button.setToolTip(tip)
            button.setAccessibleName(button.text())
            button.setAutoDefault(False)
        self._import.setProperty("kind", "primary")
        self._import.setDefault(True)
        self._class.setObjectName("videoClassChooser")
        self._class.setAccessibleName(self.tr("Class"))
        self._class.setToolTip(self.tr("What the video shows: a class, or the name of a new one"))
        self._class.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        field = QLineEdit(self)
        field.setMaxLength(MAX_LENGTH)
        field.setPlaceholderText(self.tr("Name of a class"))
        self._class.setLineEdit(field)
        self._class.addItems(list(self._classes))
        self._class.setCurrentText(class_name)
        self._estimate.setObjectName("videoEstimate")
        self._estimate.setWordWrap(True)
        self._estimate.setTextFormat(Qt.TextFormat.PlainText)

    def _lay_out(self) -> None:
        header = QHBoxLayout()
        header.setSpacing(8)
        header.addWidget(self._title, 1)
        header.addWidget(self._details)
        header.addWidget(self._chooser)
        form = QGridLayout()
        form.setHorizontalSpacing(8)
        form.setVerticalSpacing(8)
        form.addWidget(QLabel(self.tr("Take"), self), 0, 0)
        form.addWidget(self._options.rate, 0, 1)
        form.addWidget(self._options.same, 0, 3)
        form.addWidget(QLabel(self.tr("Into"), self), 1, 0)
        form.addWidget(self._class, 1, 1)
        form.addWidget(self._options.flawed, 1, 3)
        form.setColumnMinimumWidth(1, 200)
        form.setColumnMinimumWidth(2, 16)
        form.setColumnStretch(3, 1)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self._estimate, 1)
        foot.addWidget(self._cancel)
        foot.addWidget(self._import)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(8)
        layout.addLayout(header)
        layout.addWidget(self.picture, 1)
        layout.addWidget(self._part)
        layout.addLayout(form)
        layout.addSpacing(4)
        layout.addLayout(foot)

    def _connect(self) -> None:
        self._chooser.currentIndexChanged.connect(self.look)
        self._part.moved.connect(self._on_part_moved)
        self._part.changed.connect(self._show_estimate)
        self._options.changed.connect(self._show_estimate)
        self._class.currentTextChanged.connect(self._show_estimate)
        self._cancel.clicked.connect(self.reject)
        self._import.clicked.connect(self._on_import_clicked)

    @property
    def _shown(self) -> Path:
        return self._paths[self._chooser.currentIndex()]

    @property
    def _readable(self) -> list[VideoFacts]:
        return [facts for facts in self._facts.values() if isinstance(facts, VideoFacts)]

    @Slot()
    def _show_estimate(self) -> None:
        problem = self._class_problem()
        self._estimate.setText(problem or self._expected_text())
        role = "error" if problem else "quiet"
        if self._estimate.property("role") != role:
            self._estimate.setProperty("role", role)
            self._estimate.style().polish(self._estimate)
        self._import.setEnabled(bool(self._readable) and not problem)

    def _class_problem(self) -> str:
        """Why the frames cannot go into the class that is named; empty if they can."""
        name = self._class.currentText()
        if not name.strip():
            return self.tr("Say what the video shows: choose a class or name a new one.")
        try:
            check_class_name(name, ())
        except DatasetError as error:
            return "" if name in self._classes else str(error)
        return ""

    def _expected_text(self) -> str:
        if not self._readable:
            return ""
        choice = self._choice()
        count = sum(choice.expected(facts) for facts in self._readable)
        name = self._class.currentText().strip()
        is_known = any(is_same_name(known, name) for known in self._classes)
        frames = self.tr("1 frame")
        if count != 1:
            frames = self.tr("{count} frames").format(count=whole(count))
        if choice.rules.skip_same or choice.rules.skip_flawed:
            text = self.tr("Up to {frames} into {name}")
        else:
            text = self.tr("About {frames} into {name}")
        if not is_known:
            name = self.tr("the new class {name}").format(name=name)
        text = text.format(frames=frames, name=name)
        unreadable = len(self._facts) - len(self._readable)
        if unreadable:
            left_out = self.tr("{count} of {all} videos cannot be read")
            text += " · " + left_out.format(count=whole(unreadable), all=whole(len(self._facts)))
        return text

    def _choice(self) -> FrameChoice:
        is_whole = len(self._paths) > 1
        return self._options.choice(VideoPart() if is_whole else self._part.part)

    @Slot(float)
    def _on_part_moved(self, time_s: float) -> None:
        self.look_requested.emit(self._shown, time_s)

    @Slot()
    def _on_import_clicked(self) -> None:
        self.import_requested.emit(self._class.currentText().strip(), self._choice())
        self.accept()
