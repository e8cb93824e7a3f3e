"""The fields of the recipe."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QEvent, QObject, QSignalBlocker, Signal, Slot
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QCheckBox,
    QGridLayout,
    QLabel,
    QLineEdit,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from cnn_studio.errors import StudioError
from cnn_studio.gui.training import wording
from cnn_studio.gui.training.augmentation.augmentation_dialog import AugmentationDialog
from cnn_studio.gui.training.augmentation.augmentation_field import AugmentationField
from cnn_studio.gui.training.recipe.rate_field import RateField
from cnn_studio.training.presets import CLASSIC, Preset, differences
from cnn_studio.training.recipe import (
    MAX_BATCH_SIZE,
    MAX_EPOCHS,
    MAX_VALIDATION_SHARE,
    Recipe,
    suggested_batch_size,
)
from cnn_studio.vision.preparation import MAX_SIZE, MIN_SIZE, InputSpec

_LARGEST_FIELD = 2**31 - 1  # of a QSpinBox; the seed may be larger on the command line
_FIELD_PX = 32
_TEXT_MARGIN_PX = 6
_USUAL = Recipe()


class RecipePanel(QWidget):
    """Shows and takes a recipe; what the dataset suggests stands in it until it is edited.

    Signals:
        recipe_changed: A field has another value.
        augmentation_opened(AugmentationDialog, int): Strengths of one's own are asked for, with
            images of that size.
    """

    recipe_changed = Signal()
    augmentation_opened = Signal(object, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._input: InputSpec | None = None
        self._total = 0
        self._batch_edited = False
        self._preset = CLASSIC
        self._base = CLASSIC.recipe()
        self._make_fields()
        self._lay_out()
        self._connect()
        self._on_share_changed()

    def set_input(self, spec: InputSpec) -> None:
        """Take over what the dataset's card says of the images, and forget what was edited."""
        self._input = spec
        self._batch_edited = False
        size = self._preset.recipe(card_size=spec.size).image_size
        with QSignalBlocker(self._image_size):
            self._image_size.setValue(size or spec.size)
        self._suggest()

    def set_preset(self, preset: Preset) -> None:
        """Take over a recipe; what has no field of its own counts too."""
        self._preset = preset
        self._base = self._of_preset(preset)
        self._fill(self._base)
        self._batch_edited = "batch_size" in preset.values
        self._suggest()

    def use(self, image_size: int | None, batch_size: int | None) -> None:
        """Take over a size and a batch that fit."""
        if image_size is not None:
            self._image_size.setValue(image_size)
        if batch_size is not None:
            self._batch_size.setValue(batch_size)

    def set_total(self, total: int) -> None:
        """How many images there are to learn from and to validate on."""
        self._total = total
        self._suggest()

    def recipe(self) -> Recipe:
        """The recipe as it stands in the fields."""
        size = self._image_size.value()
        is_cards = self._input is not None and size == self._input.size
        return replace(
            self._base,
            epochs=self._epochs.value(),
            batch_size=self._batch_size.value(),
            learning_rate=self._learning_rate.value(),
            image_size=None if is_cards else size,
            validation_share=self._share,
            augmentation=self._augmentation.strengths,
            seed=self._seed.value(),
            patience=self._patience.value(),
            class_weights=self._class_weights.isChecked(),
        )

    def input_spec(self, cards: InputSpec) -> InputSpec:
        """What the network would be built for: as the card says, at the size in the field."""
        return replace(cards, size=self._image_size.value())

    @property
    def batch_size(self) -> int:
        """Images a step."""
        return self._batch_size.value()

    @property
    def _share(self) -> float:
        return self._validation.value() / 100

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # The panel scrolls, and a wheel that passes over a field must not change it.
        is_wheel = event.type() == QEvent.Type.Wheel
        if is_wheel and isinstance(watched, QWidget) and not watched.hasFocus():
            event.ignore()
            return True
        return super().eventFilter(watched, event)

    def _make_fields(self) -> None:
        self._epochs = self._whole("epochsField", 1, MAX_EPOCHS, _USUAL.epochs)
        self._batch_size = self._whole("batchSizeField", 1, MAX_BATCH_SIZE, _USUAL.batch_size)
        self._learning_rate = RateField(self)
        self._learning_rate.setObjectName("learningRateField")
        self._learning_rate.setValue(_USUAL.learning_rate)
        self._image_size = self._whole("imageSizeField", MIN_SIZE, MAX_SIZE, 64)
        self._image_size.setSuffix(self.tr(" px"))
        self._image_size.setSingleStep(8)
        most = round(100 * MAX_VALIDATION_SHARE)
        usual = round(100 * _USUAL.validation_share)
        self._validation = self._whole("validationField", 0, most, usual)
        self._validation.setSuffix(self.tr(" %"))
        self._validation.setSingleStep(5)
        self._augmentation = AugmentationField(self)
        self._patience = self._whole("patienceField", 0, MAX_EPOCHS, _USUAL.patience)
        self._patience.setSpecialValueText(self.tr("off"))
        self._patience.setSuffix(self.tr(" epochs"))
        self._class_weights = QCheckBox(self.tr("Rare classes count as much as others"), self)
        self._class_weights.setObjectName("classWeightsCheck")
        self._class_weights.setToolTip(
            self.tr("Gives images of rare classes more weight, for unequal numbers of images.")
        )
        self._class_weights.setAccessibleName(self._class_weights.text())
        self._changes = QLabel(self)
        self._changes.setObjectName("recipeChanges")
        self._changes.setProperty("role", "quiet")
        self._changes.setWordWrap(True)
        self._seed = self._whole("seedField", 0, _LARGEST_FIELD, _USUAL.seed)
        self._hint = QLabel(self)
        self._hint.setObjectName("batchHint")
        self._hint.setProperty("role", "quiet")
        self._hint.setWordWrap(True)

    def _whole(self, name: str, low: int, high: int, value: int) -> QSpinBox:
        field = QSpinBox(self)
        field.setObjectName(name)
        field.setRange(low, high)
        field.setValue(value)
        return field

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(12)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        for place, (field, label, tip) in enumerate(self._described()):
            grid.addLayout(self._labelled(field, label, tip), *divmod(place, 2))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self._changes)
        column.addSpacing(4)
        column.addLayout(grid)
        column.addWidget(self._class_weights)
        column.addWidget(self._hint)

    def _described(self) -> list[tuple[QWidget, str, str]]:
        return [
            (
                self._epochs,
                self.tr("Epochs"),
                self.tr("How often the network sees every training image."),
            ),
            (
                self._batch_size,
                self.tr("Batch size"),
                self.tr(
                    "Images a step. Small batches learn more from few images, "
                    "large ones go faster and need more memory."
                ),
            ),
            (
                self._learning_rate,
                self.tr("Learning rate"),
                self.tr("How far each step goes. Too high and it never settles."),
            ),
            (
                self._image_size,
                self.tr("Image size"),
                self.tr(
                    "Height and width that every image is brought to. "
                    "Twice the size shows more detail and costs about four times as much."
                ),
            ),
            (
                self._validation,
                self.tr("Validation"),
                self.tr(
                    "The share of images held back to measure on. "
                    "A recording is never on both sides."
                ),
            ),
            (
                self._augmentation,
                self.tr("Augmentation"),
                self.tr(
                    "Varies the training images at random, anew in every epoch, "
                    "so that few images teach more."
                ),
            ),
            (
                self._patience,
                self.tr("Early stopping"),
                self.tr(
                    "Stops when so many epochs in a row brought no better one. "
                    "The best epoch is kept either way."
                ),
            ),
            (
                self._seed,
                self.tr("Seed"),
                self.tr("Two trainings with the same seed and images give the same model."),
            ),
        ]

    def _labelled(self, field: QWidget, text: str, tip: str) -> QVBoxLayout:
        label = QLabel(text, self)
        label.setProperty("role", "quiet")
        label.setBuddy(field)
        label.setToolTip(tip)
        field.setToolTip(tip)
        field.setAccessibleName(text)
        field.setAccessibleDescription(tip)
        # Two fields stand side by side, so a field may not ask for the width of its largest value.
        field.setMinimumWidth(96)
        field.setFixedHeight(_FIELD_PX)
        for edit in field.findChildren(QLineEdit):
            edit.setTextMargins(_TEXT_MARGIN_PX, 0, 0, 0)  # a spin box heeds no padding there
        pair = QVBoxLayout()
        pair.setSpacing(4)
        pair.addWidget(label)
        pair.addWidget(field)
        return pair

    def _connect(self) -> None:
        for field in self.findChildren(QAbstractSpinBox):
            field.installEventFilter(self)
        self._augmentation.installEventFilter(self)
        for field in self.findChildren(QSpinBox):
            field.valueChanged.connect(self.recipe_changed)
        self._learning_rate.valueChanged.connect(self.recipe_changed)
        self._augmentation.strengths_changed.connect(self.recipe_changed)
        self._augmentation.dialog_opened.connect(self._on_augmentation_dialog_opened)
        self._class_weights.toggled.connect(self.recipe_changed)
        self.recipe_changed.connect(self._show_changes)
        self._batch_size.valueChanged.connect(self._on_batch_size_changed)
        self._validation.valueChanged.connect(self._on_share_changed)

    def _suggest(self) -> None:
        learned = self._total - round(self._total * self._share)
        suggested = suggested_batch_size(learned) if learned else _USUAL.batch_size
        if not self._batch_edited:
            with QSignalBlocker(self._batch_size):
                self._batch_size.setValue(suggested)
        self._hint.setVisible(learned > 0)
        self._hint.setText(wording.batch_hint(learned, suggested, _USUAL.batch_size))
        self.recipe_changed.emit()

    def _of_preset(self, preset: Preset) -> Recipe:
        """A preset as it suits the dataset."""
        learned = self._total - round(self._total * self._share)
        batch_size = suggested_batch_size(learned) if learned else None
        return preset.recipe(batch_size, self._input.size if self._input else None)

    def _fill(self, recipe: Recipe) -> None:
        """Show a recipe in the fields."""
        fields = (
            (self._epochs, recipe.epochs),
            (self._batch_size, recipe.batch_size),
            (self._validation, round(100 * recipe.validation_share)),
            (self._seed, min(recipe.seed, _LARGEST_FIELD)),
            (self._patience, recipe.patience),
            (self._image_size, recipe.image_size or (self._input.size if self._input else 64)),
        )
        for field, value in fields:
            with QSignalBlocker(field):
                field.setValue(value)
        with QSignalBlocker(self._learning_rate), QSignalBlocker(self._class_weights):
            self._learning_rate.setValue(recipe.learning_rate)
            self._class_weights.setChecked(recipe.class_weights)
        self._augmentation.set_strengths(recipe.augmentation)

    @Slot()
    def _show_changes(self) -> None:
        """Say in what the recipe differs from the Classic one."""
        try:
            found = differences(self.recipe(), self._of_preset(CLASSIC))
        except StudioError as error:
            self._changes.setText(str(error))
            return
        if found:
            listed = ", ".join(f"{one.title.lower()} {one.value}" for one in found)
            text = self.tr("Unlike Classic: {changes}.").format(changes=listed)
        else:
            text = self.tr(CLASSIC.summary)
        self._changes.setText(text)
        self._changes.setToolTip(self._preset.summary)

    @Slot(object)
    def _on_augmentation_dialog_opened(self, dialog: AugmentationDialog) -> None:
        self.augmentation_opened.emit(dialog, self._image_size.value())

    @Slot()
    def _on_batch_size_changed(self) -> None:
        self._batch_edited = True

    @Slot()
    def _on_share_changed(self) -> None:
        self._suggest()
