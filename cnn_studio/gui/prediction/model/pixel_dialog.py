"""What a pixel is for a model file of others: its answers to a picture, choice by choice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QRadioButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from cnn_studio.gui.theme import Theme
from cnn_studio.gui.widgets.buttons import dialog_button
from cnn_studio.gui.widgets.elided_label import ElidedLabel
from cnn_studio.gui.widgets.frame_view import image_of
from cnn_studio.gui.widgets.share_bars import ShareCells
from cnn_studio.gui.widgets.wrapped_label import WrappedLabel
from cnn_studio.models.opening.pixel_question import PixelQuestion
from cnn_studio.models.pixel_values import CHOICES, PixelRange
from cnn_studio.prediction.smoothing import Row
from cnn_studio.vision.images import ImageArray
from cnn_studio.vision.preparation import MAX_SIZE, MIN_SIZE

_LARGEST, _LEAST = QSize(820, 470), QSize(720, 440)
_AROUND_PX = 32  # of the window behind it
_PICTURE_PX = 208
_SHOWN = 3
_KEPT_CHOICE = "as it is"
_PICTURES = ("pixelDatasetButton", "pixelCameraButton", "pixelFileButton", "pixelSampleButton")


class PixelDialog(QDialog):
    """Shows a picture and what the network says of it under each choice, and asks for one.

    Args:
        question: What is asked.
        dataset: The title of the dataset whose images can be shown; empty for none.

    Signals:
        dataset_requested, camera_requested, sample_requested, file_requested: A picture from
            there shall be shown.
        answers_requested: The same picture is asked about again, in other ways.
        decided(PixelRange, int): A choice was made, for images of this size.
    """

    dataset_requested = Signal()
    camera_requested = Signal()
    sample_requested = Signal()
    file_requested = Signal()
    answers_requested = Signal()
    decided = Signal(object, int)

    def __init__(
        self, question: PixelQuestion, dataset: str, theme: Theme, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.setObjectName("pixelDialog")
        self.setWindowTitle(self.tr("What a pixel is for {name}").format(name=question.name))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        room = parent.window().size() - QSize(_AROUND_PX, _AROUND_PX)
        self.resize(room.boundedTo(_LARGEST).expandedTo(_LEAST))
        self._question = question
        self._theme = theme
        self._choices = _choices_of(question)
        self._group = QButtonGroup(self)
        self._cells: dict[str, ShareCells] = {}
        self._picture = QLabel(self)
        self._caption = ElidedLabel(self)
        self._problem = WrappedLabel(self)
        self._bgr = QCheckBox(self.tr("Blue first (BGR)"), self)
        self._size = QSpinBox(self)
        self._use = dialog_button(
            self, "pixelUseButton", self.tr("Use this"), self.tr("Open the model so (Enter)")
        )
        self._cancel = dialog_button(
            self, "pixelCancelButton", self.tr("Cancel"), self.tr("Change nothing (Esc)")
        )
        self._make_parts()
        self._lay_out(dataset)
        self._order_keys()
        self._connect()
        self._on_choice_changed()

    @property
    def ranges(self) -> list[PixelRange]:
        """What each line stands for, in order."""
        first = self._bgr.isChecked()
        return [replace(pixels, is_bgr=pixels.is_bgr or first) for pixels in self._choices.values()]

    @property
    def image_size(self) -> int:
        """The side of the images that the network is to see, in pixels."""
        return self._size.value()

    def show_picture(self, image_rgb: ImageArray, caption: str) -> None:
        """Show a picture; its answers follow."""
        pixmap = QPixmap.fromImage(image_of(np.ascontiguousarray(image_rgb)))
        smooth = Qt.TransformationMode.SmoothTransformation
        side = QSize(_PICTURE_PX, _PICTURE_PX)
        self._picture.setPixmap(pixmap.scaled(side, Qt.AspectRatioMode.KeepAspectRatio, smooth))
        self._caption.setText(caption)
        self._picture.setAccessibleName(caption)

    def show_working(self) -> None:
        """The network is being asked."""
        self._problem.setProperty("role", "quiet")
        self._say(self.tr("The model is being asked …"))
        for cells in self._cells.values():
            cells.set_rows((), "")

    def show_answers(self, answers: Sequence[NDArray[np.float32]]) -> None:
        """Show what the network says under each choice, (classes,) each."""
        self._say("")
        for (name, cells), shares in zip(self._cells.items(), answers, strict=True):
            order = np.argsort(-shares, kind="stable")[:_SHOWN]
            rows = [
                Row(self._question.classes[place], float(shares[place]), round(100 * shares[place]))
                for place in order
            ]
            cells.set_rows(rows, rows[0].name)
            said = ", ".join(f"{row.name} {row.percent} %" for row in rows)
            cells.setToolTip(said)
            self._button(name).setAccessibleDescription(said)

    def show_problem(self, sentence: str) -> None:
        """Say why there is no picture or no answer."""
        self._problem.setProperty("role", "error")
        self._say(sentence)

    def set_camera(self, is_there: bool) -> None:
        """Offer the camera's picture, or not."""
        button = self.findChild(QPushButton, "pixelCameraButton")
        if button is not None:
            button.setEnabled(is_there)

    def _say(self, sentence: str) -> None:
        self._problem.setText(sentence)
        self._problem.style().unpolish(self._problem)
        self._problem.style().polish(self._problem)

    def _make_parts(self) -> None:
        self._picture.setObjectName("pixelPicture")
        self._picture.setFixedSize(_PICTURE_PX, _PICTURE_PX)
        self._picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._picture.setToolTip(self.tr("The picture that the model is asked about"))
        self._caption.setProperty("role", "quiet")
        self._problem.setObjectName("pixelProblem")
        self._bgr.setObjectName("pixelBlueFirst")
        self._bgr.setAccessibleName(self._bgr.text())
        self._bgr.setToolTip(
            self.tr("The model takes blue, green, red: some made with Caffe or OpenCV do (Alt+B)")
        )
        self._bgr.setText(self.tr("&Blue first (BGR)"))
        self._bgr.setVisible(self._question.input.channels == 3)
        self._size.setObjectName("pixelImageSize")
        self._size.setAccessibleName(self.tr("Image size"))
        self._size.setToolTip(self.tr("The side of the images that the model sees (Alt+S)"))
        self._size.setRange(MIN_SIZE, MAX_SIZE)
        self._size.setSuffix(self.tr(" px"))
        self._size.setKeyboardTracking(False)
        self._size.setValue(self._question.input.size)
        for name in self._choices:
            button = QRadioButton(self._in_words(name), self)
            button.setObjectName(f"pixels-{name}")
            button.setAccessibleName(button.text())
            button.setToolTip(self._tip(name))
            self._group.addButton(button)
            self._cells[name] = ShareCells(self._theme, self)
        hint = self._question.hint
        if hint is not None:
            self._bgr.setChecked(hint.pixels.is_bgr and hint.pixels != CHOICES["caffe"])
            for choice, pixels in zip(self._group.buttons(), self.ranges, strict=True):
                if pixels.is_near(hint.pixels):
                    choice.setChecked(True)
        self._use.setProperty("kind", "primary")
        self._use.setDefault(True)

    def _lay_out(self, dataset: str) -> None:
        heading = ElidedLabel(self)
        heading.setText(self.windowTitle())
        heading.setProperty("role", "title")
        words = WrappedLabel(self)
        words.setText(self._explained())
        words.setProperty("role", "quiet")
        for wrapped in (words, self._problem):
            wrapped.resize(self.width() // 2, 0)  # it asks for the height that it needs so wide
        left = QVBoxLayout()
        left.setSpacing(8)
        left.addWidget(self._picture)
        left.addWidget(self._caption)
        left.addLayout(self._sources(dataset))
        left.addStretch(1)
        right = QGridLayout()
        right.setHorizontalSpacing(16)
        right.setVerticalSpacing(8)
        right.setColumnStretch(1, 1)
        for row, name in enumerate(self._choices):
            right.addWidget(self._button(name), row, 0)
            right.addWidget(self._cells[name], row, 1)
        more = QHBoxLayout()
        more.setSpacing(8)
        more.addWidget(self._bgr)
        more.addStretch(1)
        label = QLabel(self.tr("Image &size"), self)
        label.setBuddy(self._size)
        more.addWidget(label)
        more.addWidget(self._size)
        label.setVisible(self._question.is_free)
        self._size.setVisible(self._question.is_free)
        column = QVBoxLayout()
        column.setSpacing(8)
        column.addLayout(right)
        column.addLayout(more)
        column.addWidget(self._problem)
        column.addStretch(1)
        both = QHBoxLayout()
        both.setSpacing(24)
        both.addLayout(left)
        both.addLayout(column, 1)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addStretch(1)
        foot.addWidget(self._cancel)
        foot.addWidget(self._use)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 12)
        layout.setSpacing(8)
        layout.addWidget(heading)
        layout.addWidget(words)
        layout.addSpacing(8)
        layout.addLayout(both, 1)
        layout.addLayout(foot)

    def _sources(self, dataset: str) -> QGridLayout:
        drawing = self.tr("One of the objects that the demo camera draws")
        buttons = (
            (self.tr("Dataset"), self.dataset_requested, self._of(dataset)),
            (self.tr("Camera"), self.camera_requested, self.tr("What the camera shows now")),
            (self.tr("File …"), self.file_requested, self.tr("A picture of your own")),
            (self.tr("Drawing"), self.sample_requested, drawing),
        )
        grid = QGridLayout()
        grid.setSpacing(8)
        for place, (text, signal, tip) in enumerate(buttons):
            name = _PICTURES[place]
            button = dialog_button(self, name, text, tip)
            button.clicked.connect(signal)
            button.setEnabled(name != "pixelDatasetButton" or bool(dataset))
            grid.addWidget(button, place // 2, place % 2)
        return grid

    def _order_keys(self) -> None:
        """Tab goes through the pictures, the choices and what else can be set, in this order."""
        pictures = [self.findChild(QPushButton, name) for name in _PICTURES]
        more = (self._bgr, self._size, self._cancel, self._use)
        parts = [part for part in (*pictures, *self._group.buttons(), *more) if part is not None]
        for first, second in pairwise(parts):
            self.setTabOrder(first, second)
        (self._group.checkedButton() or self._group.buttons()[0]).setFocus()

    def _connect(self) -> None:
        self._group.buttonToggled.connect(self._on_choice_changed)
        self._bgr.toggled.connect(self.answers_requested)
        self._size.valueChanged.connect(self.answers_requested)
        self._cancel.clicked.connect(self.reject)
        self._use.clicked.connect(self._on_use_clicked)

    def _button(self, name: str) -> QRadioButton:
        place = list(self._choices).index(name)
        button = self._group.buttons()[place]
        if not isinstance(button, QRadioButton):
            raise TypeError("The choices are radio buttons.")
        return button

    def _explained(self) -> str:
        words = self.tr(
            "The file does not say which numbers its pixels are. Show it a picture whose class you "
            "know, and choose the line that is right."
        )
        hint = self._question.hint
        if hint is None or hint.pixels.name == "":
            return words
        likely = self.tr("Proposed is {range}: {why}.")
        return f"{words} {likely.format(range=hint.pixels.in_words, why=hint.why)}"

    def _in_words(self, name: str) -> str:
        return {
            "0..1": self.tr("0 to 1"),
            "-1..1": self.tr("−1 to 1"),  # noqa: RUF001 - a minus
            "0..255": self.tr("0 to 255"),
            "imagenet": self.tr("ImageNet's mean"),
            "caffe": self.tr("Caffe's mean, BGR"),
        }.get(name, self.tr("As it is now"))

    def _tip(self, name: str) -> str:
        return {
            "0..1": self.tr("Black is 0 and white is 1: most of PyTorch's and many of Keras"),
            "-1..1": self.tr("As MobileNet, Inception and Teachable Machine take it"),
            "0..255": self.tr("Whole bytes: the network scales them itself"),
            "imagenet": self.tr("0 to 1, less ImageNet's mean, by its spread: torchvision's way"),
            "caffe": self.tr("0 to 255, less ImageNet's mean, blue first: VGG and ResNet of Keras"),
        }.get(name, self._choices[name].in_words)

    def _of(self, dataset: str) -> str:
        if not dataset:
            return self.tr("There is no dataset")
        return self.tr("Another image of {title}").format(title=dataset)

    @Slot()
    def _on_choice_changed(self) -> None:
        self._use.setEnabled(self._group.checkedButton() is not None)

    @Slot()
    def _on_use_clicked(self) -> None:
        checked = self._group.checkedButton()
        if checked is not None:
            place = self._group.buttons().index(checked)
            self.decided.emit(self.ranges[place], self.image_size)
            self.accept()


def _choices_of(question: PixelQuestion) -> dict[str, PixelRange]:
    """The usual ranges, and the present one where it is none of them."""
    choices = dict(CHOICES)
    if question.input.channels == 1:
        del choices["caffe"]
    hint = question.hint
    if hint is not None and not hint.pixels.name:
        choices[_KEPT_CHOICE] = hint.pixels
    return choices
