"""How images of a dataset are prepared for the network: their size, fit, colours and polarity."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QHBoxLayout,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from cnn_studio.gui.endings import Until
from cnn_studio.gui.theme import Theme
from cnn_studio.gui.training.recipe.field_grid import FieldGrid, whole_field
from cnn_studio.gui.widgets.buttons import dialog_button
from cnn_studio.gui.widgets.elided_label import ElidedLabel
from cnn_studio.gui.widgets.notice import Kind, Notice
from cnn_studio.gui.widgets.prepared_view import PreparedView
from cnn_studio.gui.widgets.wrapped_label import WrappedLabel
from cnn_studio.vision.images import ImageArray
from cnn_studio.vision.preparation import MAX_SIZE, MIN_SIZE, Fit, InputSpec, Polarity

_WIDTH = 544
_STEP_PX = 16


class DatasetSettingsDialog(QDialog):
    """Shows what the network will see of an image while the fields are changed.

    Args:
        title: What the dataset is called.
        spec: What its card says.
        theme: Where colours come from.
        parent: The window below.

    Signals:
        save_requested(InputSpec): This is to stand on the card.
    """

    save_requested = Signal(object)

    def __init__(self, title: str, spec: InputSpec, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("datasetSettingsDialog")
        self.setWindowTitle(self.tr("Image size and fit"))
        self.setFixedWidth(_WIDTH)
        self._before = spec
        self._image: ImageArray | None = None
        self._heading = ElidedLabel(self)
        self._heading.setProperty("role", "title")
        self._heading.setText(title)
        self._size = whole_field("datasetSize", MIN_SIZE, MAX_SIZE, spec.size, self)
        self._size.setSingleStep(_STEP_PX)
        self._size.setSuffix(self.tr(" pixels"))
        self._fit = self._choice(
            "datasetFit",
            (
                (self.tr("Crop to the middle"), Fit.CROP),
                (self.tr("Stretch to a square"), Fit.STRETCH),
                (self.tr("Letterbox, with black bars"), Fit.LETTERBOX),
            ),
            spec.fit,
        )
        self._channels = self._choice(
            "datasetChannels",
            ((self.tr("Colour"), 3), (self.tr("Grey"), 1)),
            spec.channels,
        )
        self._polarity = self._choice(
            "datasetPolarity",
            (
                (self.tr("As they are"), Polarity.AS_IS),
                (self.tr("Light on a dark ground"), Polarity.LIGHT_ON_DARK),
            ),
            spec.polarity,
        )
        self._view = PreparedView(theme, self)
        self._seen = WrappedLabel(self)
        self._seen.setObjectName("datasetSeen")
        self._seen.setProperty("role", "quiet")
        self._note = WrappedLabel(self)
        self._note.setObjectName("datasetSettingsNote")
        self._note.setText(
            self.tr(
                "This is for trainings from now on. Your images stay as they are, and models that "
                "you have trained keep the size and fit that they were trained with."
            )
        )
        self.notice = Notice(theme, self)
        cancel = self.tr("Change nothing (Esc)")
        self._cancel = dialog_button(self, "cancelDatasetSettings", self.tr("Cancel"), cancel)
        save = self.tr("Write it on the dataset's card (Enter)")
        self._save = dialog_button(self, "saveDatasetSettings", self.tr("Save"), save)
        self._save.setProperty("kind", "primary")
        self._save.setDefault(True)
        self._lay_out()
        self._size.valueChanged.connect(self._on_changed)
        for field in (self._fit, self._channels, self._polarity):
            field.currentIndexChanged.connect(self._on_changed)
        self._cancel.clicked.connect(self.reject)
        self._save.clicked.connect(self._on_save_clicked)
        self._size.setFocus()
        self._size.selectAll()
        self._on_changed()

    @property
    def spec(self) -> InputSpec:
        """What the fields say."""
        return InputSpec(
            self._size.value(),
            self._channels.currentData(),
            self._fit.currentData(),
            self._polarity.currentData(),
        )

    def set_image(self, image_rgb: ImageArray | None) -> None:
        """Show this image as the network will see it; None where the dataset has none yet."""
        self._image = image_rgb
        self._on_changed()

    def say(self, sentence: str) -> None:
        """Say why it could not be saved; it can be tried again."""
        self.notice.show_message(sentence, Kind.ERROR, until=Until.REPLACED)
        self._save.setEnabled(True)

    def _choice(
        self, name: str, entries: tuple[tuple[str, object], ...], chosen: object
    ) -> QComboBox:
        field = QComboBox(self)
        field.setObjectName(name)
        for text, value in entries:
            field.addItem(text, value)
        field.setCurrentIndex([value for _text, value in entries].index(chosen))
        return field

    def _lay_out(self) -> None:
        fields = FieldGrid()
        fields.add(
            self._size,
            self.tr("Target size"),
            self.tr("Height and width of what the network sees; larger is slower, and sees more"),
        )
        fields.add(self._fit, self.tr("Fit"), self.tr("How an image that is no square becomes one"))
        fields.add(
            self._channels, self.tr("Colours"), self.tr("Whether the network sees colours or grey")
        )
        fields.add(
            self._polarity,
            self.tr("Light and dark"),
            self.tr("Turn images with a light border over, so that the thing is light on dark"),
        )
        sees = QHBoxLayout()
        sees.setSpacing(16)
        sees.addWidget(self._view)
        self._seen.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        sees.addWidget(self._seen, 1)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addStretch(1)
        foot.addWidget(self._cancel)
        foot.addWidget(self._save)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(16)
        layout.addWidget(self._heading)
        layout.addWidget(self.notice)
        layout.addLayout(fields)
        layout.addLayout(sees)
        layout.addWidget(self._note)
        layout.addStretch(1)
        layout.addLayout(foot)
        fixed = QSizePolicy.Policy.Fixed
        self._heading.setSizePolicy(QSizePolicy.Policy.Ignored, fixed)
        self._note.setSizePolicy(QSizePolicy.Policy.Preferred, fixed)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.adjustSize()  # only now it is known how many lines the sentences take

    @Slot()
    def _on_changed(self) -> None:
        if self._image is None:
            self._view.clear()
            self._seen.setText(self.tr("What the network sees is shown with the first image."))
            return
        self._view.set_frame(self._image, self.spec)
        text = self.tr("What the network will see of an image of yours: {size} by {size} pixels.")
        self._seen.setText(text.format(size=self.spec.size))

    @Slot()
    def _on_save_clicked(self) -> None:
        if self.spec == self._before:
            self.reject()
            return
        self._save.setEnabled(False)
        self.save_requested.emit(self.spec)
