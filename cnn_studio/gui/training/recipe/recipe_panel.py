"""The recipe, field by field."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QEvent, QObject, Signal, Slot
from PySide6.QtWidgets import QAbstractSpinBox, QComboBox, QVBoxLayout, QWidget

from cnn_studio.data.cards import Orientation
from cnn_studio.errors import StudioError
from cnn_studio.gui.training import wording
from cnn_studio.gui.training.augmentation.augmentation_dialog import AugmentationDialog
from cnn_studio.gui.training.augmentation.varied_strip import VariedStrip
from cnn_studio.gui.training.recipe.more_fields import MoreFields
from cnn_studio.gui.training.recipe.usual_fields import UsualFields
from cnn_studio.gui.widgets.wrapped_label import WrappedLabel
from cnn_studio.models.networks import NetworkKind
from cnn_studio.training.networks import network_of
from cnn_studio.training.presets import BEST, Preset, differences, plain_preset
from cnn_studio.training.recipe import Recipe, suggested_batch_size
from cnn_studio.vision.preparation import InputSpec

_USUAL = Recipe()
_USUAL_SIZE = 64


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
        self._split: tuple[int, int] | None = None
        self._batch_edited = False
        self._preset = BEST
        self._network = network_of(_USUAL.network)
        self._orientation = Orientation.UP
        self._usual = UsualFields(self)
        self._more = MoreFields(self)
        self._summary = self._sentence("recipeSummary")
        self._changes = self._sentence("recipeChanges")
        self._hint = self._sentence("batchHint")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self._summary)
        column.addWidget(self._changes)
        column.addSpacing(4)
        column.addWidget(self._usual)
        column.addWidget(self._hint)
        column.addWidget(self._more)
        self._connect()
        self.set_preset(BEST)

    def set_input(self, spec: InputSpec) -> None:
        """Take over what the dataset's card says of the images, and forget what was edited."""
        self._input = spec
        self._batch_edited = False
        recipe = self._preset.recipe(card_size=spec.size)
        self._usual.suggest(image_size=recipe.image_size or self._usual_px)
        self._suggest()

    def set_orientation(self, orientation: Orientation) -> None:
        """Take over whether the images have an up; an augmentation that has a name follows it."""
        if orientation is not self._orientation:
            self._orientation = orientation
            self._usual.set_orientation(orientation)

    def set_preset(self, preset: Preset) -> None:
        """Take over a recipe."""
        self._preset = preset
        recipe = self.suited(preset)
        self._network = network_of(recipe.network)
        self._usual.show_for(self._network)
        self._more.show_for(self._network)
        self._usual.fill(recipe, self._usual_px)
        self._more.fill(recipe)
        self._batch_edited = "batch_size" in preset.values and not preset.batch_falls
        self._suggest()

    @Slot(object, object)
    def use(self, image_size: int | None, batch_size: int | None) -> None:
        """Take over a size and a batch that fit."""
        self._usual.use(image_size, batch_size)

    def set_total(self, total: int) -> None:
        """How many images there are to learn from and to validate on."""
        self._total = total
        self._suggest()

    def set_split(self, learned: int, held_back: int) -> None:
        """How many images the recipe in the fields learns from, and how many it holds back."""
        self._split = (learned, held_back)
        self._show_hint()

    def recipe(self) -> Recipe:
        """The recipe as it stands in the fields.

        Raises:
            UsageError: The values do not go together.
        """
        every = {**self._usual.values(), **self._more.values()}
        values = {name: value for name, value in every.items() if name in self._network.fields}
        recipe = Recipe(**values, network=self._network.kind)
        is_usual = self._input is not None and recipe.image_size == self._usual_px
        return replace(recipe, image_size=None) if is_usual else recipe

    def suited(self, preset: Preset) -> Recipe:
        """A preset as it suits the dataset.

        Raises:
            UsageError: Its values do not go together.
        """
        about = self._about_learned
        batch_size = suggested_batch_size(about) if about else None
        size = self._input.size if self._input else None
        return preset.recipe(batch_size, size, orientation=self._orientation)

    @property
    def strip(self) -> VariedStrip:
        """What the augmentation makes of an image."""
        return self._usual.strip

    @property
    def network(self) -> NetworkKind:
        """The network of the recipe."""
        return self._network.kind

    @property
    def _usual_px(self) -> int:
        return self._network.usual_px(self._input or InputSpec(_USUAL_SIZE))

    @property
    def _about_learned(self) -> int:
        """About how many images there are to learn from; whole recordings decide how many."""
        taken = min(self._total, self._more.limit or self._total)
        return taken - round(taken * self._usual.share)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # The panel scrolls, and a wheel that passes over a field must not change it.
        is_wheel = event.type() == QEvent.Type.Wheel
        if is_wheel and isinstance(watched, QWidget) and not watched.hasFocus():
            event.ignore()
            return True
        return super().eventFilter(watched, event)

    def _sentence(self, name: str) -> WrappedLabel:
        label = WrappedLabel(self)
        label.setObjectName(name)
        label.setProperty("role", "quiet")
        return label

    def _connect(self) -> None:
        for field in (*self.findChildren(QAbstractSpinBox), *self.findChildren(QComboBox)):
            field.installEventFilter(self)
        self._usual.changed.connect(self.recipe_changed)
        self._usual.batch_size_changed.connect(self._on_batch_size_changed)
        self._usual.share_changed.connect(self._suggest)
        self._usual.dialog_opened.connect(self._on_augmentation_dialog_opened)
        self._more.changed.connect(self._suggest)
        self.recipe_changed.connect(self._show_changes)

    @Slot()
    def _suggest(self) -> None:
        self._split = None
        if not self._batch_edited:
            self._usual.suggest(batch_size=self._suggested_batch_size)
        self._show_hint()
        self.recipe_changed.emit()

    def _show_hint(self) -> None:
        about, split = self._about_learned, self._split
        self._hint.setVisible(about > 0 and self._network.keeps_pixels)
        suggested = self._suggested_batch_size
        self._hint.setText(wording.batch_hint(about, split, suggested, self._usual_batch_size))

    @property
    def _suggested_batch_size(self) -> int:
        about = self._about_learned
        usual = self._usual_batch_size
        return min(usual, suggested_batch_size(about)) if about else usual

    @property
    def _usual_batch_size(self) -> int:
        """The batch size where there are images enough."""
        return self._preset.recipe().batch_size if self._preset.batch_falls else _USUAL.batch_size

    @Slot()
    def _show_changes(self) -> None:
        """Say what the recipe is good for, and in what it differs from the plain one."""
        self._summary.setText(self.tr(self._preset.summary) if self._preset.summary else "")
        self._summary.setVisible(bool(self._preset.summary))
        plain = plain_preset(self._network.kind)
        try:
            found = differences(self.recipe(), self.suited(plain))
        except StudioError as error:
            text = str(error)
        else:
            listed = ", ".join(f"{one.title.lower()} {one.value}" for one in found)
            text = self.tr("Unlike {recipe}: {changes}.") if found else ""
            text = text.format(recipe=self.tr(plain.title), changes=listed)
        self._changes.setText(text)
        self._changes.setVisible(bool(text))

    @Slot(object)
    def _on_augmentation_dialog_opened(self, dialog: AugmentationDialog) -> None:
        self.augmentation_opened.emit(dialog, self._usual.image_size)

    @Slot()
    def _on_batch_size_changed(self) -> None:
        self._batch_edited = True
