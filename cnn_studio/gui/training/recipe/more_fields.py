"""The fields of the recipe that few people touch."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from cnn_studio.gui.training.recipe.field_grid import FieldGrid, whole_field
from cnn_studio.gui.training.recipe.number_field import NumberField
from cnn_studio.models.runs import MAX_EPOCHS
from cnn_studio.training.networks import StudioNetwork
from cnn_studio.training.recipe import (
    MAX_EMA,
    MAX_LABEL_SMOOTHING,
    Recipe,
    Schedule,
)

_LARGEST = 2**31 - 1  # of a QSpinBox; on the command line a seed may be larger
_USUAL = Recipe()
_WARMUPS = (0, 0.25, 0.5, 1, 2, 3, 5, 10, MAX_EPOCHS)
_AVERAGES = (0, 0.9, 0.95, 0.98, 0.99, 0.995, 0.998, 0.999, 0.9995, MAX_EMA)
_SMOOTHINGS = (0, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, MAX_LABEL_SMOOTHING)
_DECAYS = (0, 0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1)


class MoreFields(QWidget):
    """Shows and takes values, as `UsualFields` does.

    Signals:
        changed: A field has another value.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._patience = whole_field("patienceField", 0, MAX_EPOCHS, _USUAL.patience, self)
        self._patience.setSpecialValueText(self.tr("off"))
        self._patience.setSuffix(self.tr(" epochs"))
        self._seed = whole_field("seedField", 0, _LARGEST, _USUAL.seed, self)
        self._schedule = QComboBox(self)
        self._schedule.setObjectName("scheduleField")
        self._schedule.addItem(self.tr("Constant"), Schedule.CONSTANT)
        self._schedule.addItem(self.tr("Cosine"), Schedule.COSINE)
        self._warmup = self._number("warmupField", _WARMUPS)
        self._ema = self._number("emaField", _AVERAGES)
        self._smoothing = self._number("labelSmoothingField", _SMOOTHINGS)
        self._decay = self._number("weightDecayField", _DECAYS)
        self._limit = whole_field("limitField", 0, _LARGEST, 0, self)
        self._limit.setSpecialValueText(self.tr("all"))
        self._limit.setSingleStep(1000)
        self._class_weights = self._switch(
            "classWeightsCheck",
            self.tr("Rare classes count as much"),
            self.tr("Gives images of rare classes more weight, for unequal numbers of images."),
        )
        self._final_fit = self._switch(
            "finalFitCheck",
            self.tr("Learn from all images in the end"),
            self.tr(
                "Once it is measured on the images held back, it learns from these as well, for "
                "some epochs at a low rate. The figures stay those that were measured."
            ),
        )
        self._final_fit.setChecked(_USUAL.final_fit)
        self._given_split = self._switch(
            "givenSplitCheck",
            self.tr("Keep the split of the images"),
            self.tr(
                "Holds back the validation images that the dataset's makers have chosen, where it "
                "has such. Without it they are drawn again; images for the test stay apart."
            ),
        )
        self._given_split.setChecked(_USUAL.given_split)
        self._lay_out()
        self._connect()

    @property
    def limit(self) -> int | None:
        """How many of the images are taken at most; None takes all."""
        return self._limit.value() or None

    def values(self) -> dict[str, Any]:
        """What stands in the fields, by the recipe's names."""
        return {
            "patience": self._patience.value(),
            "seed": self._seed.value(),
            "schedule": Schedule(self._schedule.currentData()),
            "warmup_epochs": self._warmup.value(),
            "ema": self._ema.value(),
            "label_smoothing": self._smoothing.value(),
            "weight_decay": self._decay.value(),
            "limit": self.limit,
            "class_weights": self._class_weights.isChecked(),
            "final_fit": self._final_fit.isChecked(),
            "given_split": self._given_split.isChecked(),
        }

    def fill(self, recipe: Recipe) -> None:
        """Show a recipe."""
        with QSignalBlocker(self):
            self._patience.setValue(recipe.patience)
            self._seed.setValue(min(recipe.seed, _LARGEST))
            self._schedule.setCurrentIndex(self._schedule.findData(recipe.schedule))
            self._warmup.setValue(recipe.warmup_epochs)
            self._ema.setValue(recipe.ema)
            self._smoothing.setValue(recipe.label_smoothing)
            self._decay.setValue(recipe.weight_decay)
            self._limit.setValue(min(recipe.limit or 0, _LARGEST))
            self._class_weights.setChecked(recipe.class_weights)
            self._final_fit.setChecked(recipe.final_fit)
            self._given_split.setChecked(recipe.given_split)

    def show_for(self, network: StudioNetwork) -> None:
        """Show the fields that mean something for a network."""
        fields = self._in_order()
        self._grid.show_only([fields[name] for name in fields if name in network.fields])
        self._final_fit.setVisible("final_fit" in network.fields)
        self._given_split.setVisible("given_split" in network.fields)
        self._decay.setSpecialValueText(
            self.tr("off") if network.keeps_pixels else self.tr("chosen")
        )

    def _switch(self, name: str, text: str, tip: str) -> QCheckBox:
        switch = QCheckBox(text, self)
        switch.setObjectName(name)
        switch.setToolTip(tip)
        switch.setAccessibleName(text)
        return switch

    def _number(self, name: str, usual: tuple[float, ...]) -> NumberField:
        field = NumberField(usual, self)
        field.setObjectName(name)
        field.setSpecialValueText(self.tr("off"))
        return field

    def _lay_out(self) -> None:
        self._grid = grid = FieldGrid()
        for field, (text, tip) in zip(self._in_order().values(), self._described(), strict=True):
            grid.add(field, text, tip)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(grid)
        column.addWidget(self._class_weights)
        column.addWidget(self._final_fit)
        column.addWidget(self._given_split)

    def _in_order(self) -> dict[str, QWidget]:
        return {
            "patience": self._patience,
            "seed": self._seed,
            "schedule": self._schedule,
            "warmup_epochs": self._warmup,
            "ema": self._ema,
            "label_smoothing": self._smoothing,
            "weight_decay": self._decay,
            "limit": self._limit,
        }

    def _described(self) -> list[tuple[str, str]]:
        return [
            (
                self.tr("Early stopping"),
                self.tr(
                    "Stops when so many epochs in a row brought no better one. "
                    "The best epoch is kept either way."
                ),
            ),
            (
                self.tr("Seed"),
                self.tr("Two trainings with the same seed and images give the same model."),
            ),
            (
                self.tr("Schedule"),
                self.tr(
                    "How the learning rate goes. Constant stays as it is; cosine falls to zero "
                    "towards the end, so that the last steps are small and careful."
                ),
            ),
            (
                self.tr("Warm-up epochs"),
                self.tr(
                    "The learning rate rises over so many epochs at first, "
                    "so that a high one does no harm to a network that knows nothing yet."
                ),
            ),
            (
                self.tr("Weight averaging"),
                self.tr(
                    "The model becomes a running average of the weights, which is steadier than "
                    "the last ones. 0.998 looks back over about 500 steps."
                ),
            ),
            (
                self.tr("Label smoothing"),
                self.tr(
                    "Takes a little certainty from the labels, so that a wrong one does less harm "
                    "and the network is less sure of itself. 0.05 to 0.1 is usual."
                ),
            ),
            (
                self.tr("Weight decay"),
                self.tr(
                    "Lets weights that are not needed shrink, against learning by heart. "
                    "Begin with 0.0001 to 0.01."
                ),
            ),
            (
                self.tr("Limit of images"),
                self.tr("Takes only so many images, evenly over the classes, for a quick look."),
            ),
        ]

    def _connect(self) -> None:
        self._schedule.currentIndexChanged.connect(self.changed)
        self._class_weights.toggled.connect(self.changed)
        self._final_fit.toggled.connect(self.changed)
        self._given_split.toggled.connect(self.changed)
        for whole in self.findChildren(QSpinBox):
            whole.valueChanged.connect(self.changed)
        for field in self.findChildren(QDoubleSpinBox):
            field.valueChanged.connect(self.changed)
