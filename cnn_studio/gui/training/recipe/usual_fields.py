"""The fields of the recipe that everybody looks at."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QSignalBlocker, Signal, Slot
from PySide6.QtWidgets import QSpinBox, QVBoxLayout, QWidget

from cnn_studio.data.cards import Orientation
from cnn_studio.gui.training.augmentation.augmentation_field import AugmentationField
from cnn_studio.gui.training.augmentation.varied_strip import VariedStrip
from cnn_studio.gui.training.recipe.field_grid import FieldGrid, whole_field
from cnn_studio.gui.training.recipe.rate_field import RateField
from cnn_studio.models.runs import MAX_EPOCHS
from cnn_studio.training.networks import StudioNetwork
from cnn_studio.training.recipe import MAX_BATCH_SIZE, MAX_VALIDATION_SHARE, Recipe
from cnn_studio.training.strengths import Augmentation
from cnn_studio.vision.preparation import MAX_SIZE, MIN_SIZE

_USUAL = Recipe()


class UsualFields(QWidget):
    """Shows and takes values; what suits the dataset is decided elsewhere.

    Signals:
        changed: A field has another value.
        batch_size_changed: The batch size is the person's own.
        share_changed: Another share of the images is held back.
        dialog_opened(AugmentationDialog): Strengths of one's own are asked for.

    Attributes:
        strip: What the augmentation makes of an image.
    """

    changed = Signal()
    batch_size_changed = Signal()
    share_changed = Signal()
    dialog_opened = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._epochs = whole_field("epochsField", 1, MAX_EPOCHS, _USUAL.epochs, self)
        self._batch_size = whole_field("batchSizeField", 1, MAX_BATCH_SIZE, _USUAL.batch_size, self)
        self._learning_rate = RateField(self)
        self._learning_rate.setObjectName("learningRateField")
        self._learning_rate.setValue(_USUAL.learning_rate)
        self._image_size = whole_field("imageSizeField", MIN_SIZE, MAX_SIZE, 64, self)
        self._image_size.setSuffix(self.tr(" px"))
        self._image_size.setSingleStep(8)
        most, usual = (round(100 * s) for s in (MAX_VALIDATION_SHARE, _USUAL.validation_share))
        self._validation = whole_field("validationField", 0, most, usual, self)
        self._validation.setSuffix(self.tr(" %"))
        self._validation.setSingleStep(5)
        self._augmentation = AugmentationField(self)
        self._has_augmentation = True
        self.strip = VariedStrip(self)
        self._lay_out()
        self._connect()

    @property
    def image_size(self) -> int:
        """Height and width in pixels."""
        return self._image_size.value()

    @property
    def share(self) -> float:
        """The share of the images that is held back, 0 to 0.5."""
        return self._validation.value() / 100

    def values(self) -> dict[str, Any]:
        """What stands in the fields, by the recipe's names."""
        return {
            "epochs": self._epochs.value(),
            "batch_size": self._batch_size.value(),
            "learning_rate": self._learning_rate.value(),
            "image_size": self._image_size.value(),
            "validation_share": self.share,
            "augmentation": self._augmentation.strengths,
        }

    def fill(self, recipe: Recipe, card_size: int) -> None:
        """Show a recipe.

        Args:
            recipe: The recipe.
            card_size: The image size where the recipe says nothing.
        """
        with QSignalBlocker(self):
            self._epochs.setValue(recipe.epochs)
            self._batch_size.setValue(recipe.batch_size)
            self._learning_rate.setValue(recipe.learning_rate)
            self._image_size.setValue(recipe.image_size or card_size)
            self._validation.setValue(round(100 * recipe.validation_share))
            self._augmentation.set_strengths(recipe.augmentation)

    def set_orientation(self, orientation: Orientation) -> None:
        """Say whether the images have an up."""
        self._augmentation.set_orientation(orientation)

    def suggest(self, image_size: int | None = None, batch_size: int | None = None) -> None:
        """Show what suits the dataset, without a word."""
        with QSignalBlocker(self):
            self.use(image_size, batch_size)

    @Slot(object, object)
    def use(self, image_size: int | None, batch_size: int | None) -> None:
        """Take over a size and a batch that fit."""
        if image_size is not None:
            self._image_size.setValue(image_size)
        if batch_size is not None:
            self._batch_size.setValue(batch_size)

    def show_for(self, network: StudioNetwork) -> None:
        """Show the fields that mean something for a network, with the sizes that it takes."""
        fields = self._in_order()
        self._grid.show_only([fields[name] for name in fields if name in network.fields])
        self._has_augmentation = "augmentation" in network.fields
        self._show_varied()
        with QSignalBlocker(self):
            self._image_size.setRange(network.smallest_px, network.largest_px)

    def _lay_out(self) -> None:
        self._grid = FieldGrid()
        for field, (text, tip) in zip(self._in_order().values(), self._described(), strict=True):
            self._grid.add(field, text, tip)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(self._grid)
        column.addWidget(self.strip)

    def _in_order(self) -> dict[str, QWidget]:
        return {
            "epochs": self._epochs,
            "batch_size": self._batch_size,
            "learning_rate": self._learning_rate,
            "image_size": self._image_size,
            "validation_share": self._validation,
            "augmentation": self._augmentation,
        }

    def _described(self) -> list[tuple[str, str]]:
        return [
            (
                self.tr("Epochs"),
                self.tr("How often the network sees every training image."),
            ),
            (
                self.tr("Batch size"),
                self.tr(
                    "Images a step. Small batches learn more from few images, "
                    "large ones go faster and need more memory."
                ),
            ),
            (
                self.tr("Learning rate"),
                self.tr("How far each step goes. Too high and it never settles."),
            ),
            (
                self.tr("Image size"),
                self.tr(
                    "Height and width that every image is brought to. "
                    "Twice the size shows more detail and costs about four times as much."
                ),
            ),
            (
                self.tr("Validation"),
                self.tr(
                    "The share of images held back to measure on. "
                    "A recording is never on both sides."
                ),
            ),
            (
                self.tr("Augmentation"),
                self.tr(
                    "Varies the training images at random, differently in every epoch, "
                    "so that few images teach more."
                ),
            ),
        ]

    def _connect(self) -> None:
        self._batch_size.valueChanged.connect(self.batch_size_changed)
        self._validation.valueChanged.connect(self.share_changed)
        for field in self.findChildren(QSpinBox):
            field.valueChanged.connect(self.changed)
        self._learning_rate.valueChanged.connect(self.changed)
        self._augmentation.strengths_changed.connect(self.changed)
        self._augmentation.strengths_changed.connect(self._show_varied)
        self._image_size.valueChanged.connect(self._show_varied)
        self._augmentation.dialog_opened.connect(self.dialog_opened)

    @Slot()
    def _show_varied(self) -> None:
        is_varied = self._has_augmentation
        strengths = self._augmentation.strengths if is_varied else Augmentation.OFF
        self.strip.set_wanted(strengths, self._image_size.value())
