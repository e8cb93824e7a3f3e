"""The left side: what to learn from, how, and the button."""

from __future__ import annotations

import contextlib

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import (
    QFrame,
    QLabel,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from cnn_studio.data.catalog import Dataset
from cnn_studio.data.split import Split
from cnn_studio.errors import StudioError
from cnn_studio.gui.figures import duration
from cnn_studio.gui.studio import Studio
from cnn_studio.gui.training import wording
from cnn_studio.gui.training.recipe.recipe_chooser import RecipeChooser
from cnn_studio.gui.training.recipe.recipe_panel import RecipePanel
from cnn_studio.gui.training.start.counts import DatasetCounts
from cnn_studio.gui.training.start.dataset_panel import DatasetPanel
from cnn_studio.gui.training.start.refusal_view import RefusalView
from cnn_studio.gui.training.start.split_promise import SplitPromise
from cnn_studio.gui.training.start.start_buttons import StartButtons
from cnn_studio.models.networks import NetworkKind
from cnn_studio.training.estimates import DatasetFacts, Estimates, estimates
from cnn_studio.training.networks import network_of
from cnn_studio.training.presets import usual_preset
from cnn_studio.training.recipe import Recipe

_WIDTH_PX = 304
_MARGIN = 16
_ASK_AFTER_MS = 700  # once nobody types any more


class StartPanel(QFrame):
    """Dataset, recipe and the start button, which stays in sight however low the window is.

    Signals:
        start_requested: The person wants to train.
        stop_requested: The person wants the training to stop.
        pause_toggled(bool): The person wants the training to stand still, or to go on.
        counts_changed: The dataset's images were counted.
        time_wanted(Recipe, DatasetFacts): How long would this training take?
        augmentation_opened(AugmentationDialog, int): Strengths are asked for, with images of that
            size.
        failed(str): Something could not be done; the sentence that says why.
        network_changed(NetworkKind): The recipe is for another network.
    """

    start_requested = Signal()
    stop_requested = Signal()
    pause_toggled = Signal(bool)
    counts_changed = Signal()
    time_wanted = Signal(object, object)
    augmentation_opened = Signal(object, int)
    failed = Signal(str)
    network_changed = Signal(object)

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("startPanel")
        self.setProperty("panel", "true")
        self.setFixedWidth(_WIDTH_PX)
        self._studio = studio
        self._dataset_name = ""
        self._network = NetworkKind.CNN
        self._asked: tuple[Recipe, DatasetFacts] | None = None
        self._is_training = False
        self._area = QScrollArea(self)
        self._inside = QWidget(self._area)
        self._dataset = DatasetPanel(studio, self._inside)
        self._chooser = RecipeChooser(studio, self._inside)
        self._recipe = RecipePanel(studio, self._inside)
        self._buttons = StartButtons(studio.theme, self)
        self._weights = QLabel(self)
        self._weights.setObjectName("weightsLabel")
        self._weights.setProperty("role", "quiet")
        self._weights.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._weights.setWordWrap(True)
        self._refusal = RefusalView(self)
        self._estimates: Estimates | None = None
        self._seconds: float | None = None
        self._patience = QTimer(self, interval=_ASK_AFTER_MS, singleShot=True)
        self._patience.timeout.connect(self._on_patience_timeout)
        self._promise = SplitPromise(studio.jobs, self)
        self._promise.drawn.connect(self._on_promise_drawn)
        self._lay_out()
        self._connect()
        self._take_dataset()

    @property
    def counts(self) -> DatasetCounts | None:
        """The images of the chosen dataset; None until they are counted."""
        return self._dataset.counts

    def recipe(self) -> Recipe:
        """The recipe in the fields.

        Raises:
            UsageError: A value cannot be used.
        """
        return self._recipe.recipe()

    @property
    def network(self) -> NetworkKind:
        """The network of the recipe in the fields."""
        return self._recipe.network

    def show_time(self, recipe: Recipe, seconds: float | None) -> None:
        """Say how long a training will take, if this is still its recipe."""
        if self._asked is not None and self._asked[0] == recipe:
            self._seconds = seconds
            self._show_estimates()

    @Slot()
    def refresh(self) -> None:
        """Look at the dataset again."""
        self._chooser.refresh()
        self._take_dataset()
        self._dataset.refresh()

    def set_training(self, is_training: bool) -> None:
        """Lock the recipe and offer Stop, or the other way round."""
        self._is_training = is_training
        if is_training:
            self._promise.cancel()
        self._recipe.setEnabled(not is_training)
        self._chooser.setEnabled(not is_training)
        self._buttons.set_training(is_training)
        self._on_recipe_changed()  # how much memory is free is another matter now

    def set_paused(self, is_paused: bool, is_possible: bool = False) -> None:
        """The training stands still or goes on; it can only be paused while it takes steps."""
        self._buttons.set_paused(is_paused, is_possible)

    def set_stopping(self, is_stopping: bool) -> None:
        """The stop was asked for; once is enough."""
        self._buttons.set_stopping(is_stopping)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self._inside)
        column.setContentsMargins(_MARGIN, _MARGIN, _MARGIN, _MARGIN)
        column.setSpacing(_MARGIN)
        column.addWidget(self._dataset)
        column.addWidget(_separator(self._inside))
        recipe = QVBoxLayout()
        recipe.setSpacing(8)
        recipe.addWidget(self._chooser)
        recipe.addWidget(self._recipe)
        column.addLayout(recipe)
        column.addStretch(1)
        self._area.setObjectName("recipeArea")
        self._area.setWidgetResizable(True)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # what has the keys in it is in sight
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        # As wide as the area, whatever the longest word is: what stands beside it is never cut.
        self._inside.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._area.setWidget(self._inside)
        foot = QVBoxLayout()
        foot.setContentsMargins(_MARGIN, 12, _MARGIN, 12)
        foot.setSpacing(8)
        foot.addWidget(self._refusal)
        foot.addWidget(self._buttons)
        foot.addWidget(self._weights)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(1, 1, 1, 1)
        layout.setSpacing(0)
        layout.addWidget(self._area, 1)
        layout.addWidget(_separator(self))
        layout.addLayout(foot)

    def _connect(self) -> None:
        self._buttons.start_requested.connect(self.start_requested)
        self._buttons.stop_requested.connect(self.stop_requested)
        self._buttons.pause_toggled.connect(self.pause_toggled)
        self._dataset.counted.connect(self._on_dataset_counted)
        self._recipe.recipe_changed.connect(self._on_recipe_changed)
        self._recipe.augmentation_opened.connect(self.augmentation_opened)
        self._recipe.unfolded.connect(self._on_recipe_unfolded)
        self._refusal.better_chosen.connect(self._recipe.use)
        self._chooser.preset_chosen.connect(self._recipe.set_preset)
        self._chooser.save_requested.connect(self._on_save_requested)
        self._chooser.failed.connect(self.failed)
        self._studio.dataset_changed.connect(self.refresh)
        self._studio.dataset_edited.connect(self.refresh)

    def _take_dataset(self) -> None:
        dataset = self._studio.dataset
        name = dataset.name if dataset else ""
        is_another = name != self._dataset_name
        if is_another:
            self._dataset_name = name
            self._recipe.set_total(0)
        if dataset is not None:
            if is_another:
                self._recipe.set_input(dataset.card.input)
            self._chooser.set_orientation(dataset.card.orientation)
            self._recipe.set_orientation(dataset.card.orientation)
            if is_another:
                self._chooser.suggest(usual_preset(dataset))
        self._update_start()
        self._on_recipe_changed()

    def _update_start(self) -> None:
        counts = self.counts
        is_possible = self._studio.dataset is not None and (
            counts is None or not wording.nothing_to_train_on(counts)
        )
        fits = self._estimates is None or not self._estimates.problem
        self._buttons.set_startable(is_possible and fits)

    @Slot(object)
    def _on_dataset_counted(self, counts: DatasetCounts) -> None:
        self._recipe.set_total(counts.total)
        self._on_recipe_changed()
        self.counts_changed.emit()

    @Slot(str)
    def _on_save_requested(self, title: str) -> None:
        try:
            self._chooser.save(self._recipe.recipe(), title)
        except StudioError as error:
            self.failed.emit(str(error))

    @Slot()
    def _on_recipe_changed(self) -> None:
        if self._recipe.network is not self._network:
            self._network = self._recipe.network
            self.network_changed.emit(self._network)
        self._seconds = None
        self._asked = self._estimates = None
        self._promise.cancel()
        counts = self.counts
        if counts is not None and len(counts.by_class) > 1 and counts.total:
            facts = DatasetFacts(
                counts.dataset.card.input,
                len(counts.by_class),
                counts.total,
                counts.test_count,
                self._studio.features.known_count(counts.dataset),
            )
            with contextlib.suppress(StudioError):
                recipe = self._recipe.recipe()
                self._estimates = estimates(recipe, facts)
                self._asked = (recipe, facts)
                self._patience.start()
        self._show_estimates()
        self._update_start()

    @Slot()
    def _on_recipe_unfolded(self) -> None:
        QTimer.singleShot(0, self, self._scroll_to_end)  # once they have their room

    @Slot()
    def _scroll_to_end(self) -> None:
        bar = self._area.verticalScrollBar()
        bar.setValue(bar.maximum())

    @Slot()
    def _on_patience_timeout(self) -> None:
        is_idle = self.isVisible() and not self._is_training
        if is_idle and self._asked is not None and self._estimates and not self._estimates.problem:
            self.time_wanted.emit(*self._asked)
            if self.counts is not None and network_of(self._asked[0].network).keeps_pixels:
                self._promise.draw(self.counts.dataset, self._asked[0])

    @Slot(object, object, object)
    def _on_promise_drawn(self, dataset: Dataset, recipe: Recipe, split: Split) -> None:
        is_newest = self._asked is not None and self._asked[0] == recipe
        if is_newest and self.counts is not None and self.counts.dataset == dataset:
            self._recipe.set_split(len(split.train), len(split.validation))

    def _show_estimates(self) -> None:
        told = self._estimates
        self._weights.setVisible(told is not None)
        self._refusal.show_estimates(None if self._is_training else told)
        if told is None:
            return
        text = wording.weights(told.weights, told.memory_bytes, told.frozen_weights)
        if self._seconds is not None:
            about = self.tr("about {time}").format(time=duration(self._seconds))
            text = f"{text} \N{MIDDLE DOT} {about}"
        self._weights.setText(text)


def _separator(parent: QWidget) -> QFrame:
    line = QFrame(parent)
    line.setProperty("separator", "true")
    line.setProperty("orientation", "horizontal")
    return line
