"""The left side: what to learn from, how, and the button."""

from __future__ import annotations

import contextlib

from PySide6.QtCore import QPoint, Qt, QTimer, Signal, Slot
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
from cnn_studio.gui.studio import Studio
from cnn_studio.gui.training import wording
from cnn_studio.gui.training.augmentation.varied_strip import VariedStrip
from cnn_studio.gui.training.recipe.recipe_chooser import RecipeChooser
from cnn_studio.gui.training.recipe.recipe_panel import RecipePanel
from cnn_studio.gui.training.start.counts import LEAST_CLASSES, DatasetCounts
from cnn_studio.gui.training.start.dataset_panel import DatasetPanel
from cnn_studio.gui.training.start.recipe_times import RecipeTimes
from cnn_studio.gui.training.start.refusal_view import RefusalView
from cnn_studio.gui.training.start.split_promise import SplitPromise
from cnn_studio.gui.training.start.start_buttons import StartButtons
from cnn_studio.gui.widgets.fold import Fold
from cnn_studio.gui.widgets.wrapped_label import WrappedLabel
from cnn_studio.models.networks import NetworkKind
from cnn_studio.training.estimates import DatasetFacts, Estimates, StepTimes, estimates
from cnn_studio.training.networks import network_of
from cnn_studio.training.presets import usual_preset
from cnn_studio.training.recipe import Recipe
from cnn_studio.training.request import EstimateRequest, TrainingRequest
from cnn_studio.vision.preparation import InputSpec

_WIDTH_PX = 304
_MARGIN = 16
_ASK_AFTER_MS = 700  # once nobody types any more
_FOLD = "training/moreOfRecipe"
_FOLD_KEYS = "Ctrl+M"


class StartPanel(QFrame):
    """Dataset, recipe and the start button, which stays in sight however low the window is.

    Numbers and terms are folded away until somebody wants to see them.

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
        self._input: InputSpec | None = None
        self._network = NetworkKind.CNN
        self._asked: tuple[Recipe, DatasetFacts] | None = None
        self._is_training = False
        self._area = QScrollArea(self)
        self._inside = QWidget(self._area)
        self._dataset = DatasetPanel(studio, self._inside)
        self._chooser = RecipeChooser(studio, self._inside)
        inside = self.tr("Show all settings of the training and the images of each class")
        self._fold = Fold(studio.theme, studio.settings, _FOLD, _FOLD_KEYS, inside, self._inside)
        self._recipe = RecipePanel(self._fold.content)
        self._buttons = StartButtons(studio.theme, self)
        self._weights = WrappedLabel(self._fold.content)
        self._weights.setObjectName("weightsLabel")
        self._time = QLabel(self)
        self._time.setObjectName("expectedTime")
        self._time.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._time.setWordWrap(True)
        for label in (self._weights, self._time):
            label.setProperty("role", "quiet")
        self._refusal = RefusalView(self)
        self._estimates: Estimates | None = None
        self._times = RecipeTimes(studio.settings)
        self._began_with: tuple[Dataset, Recipe, DatasetFacts] | None = None
        self._patience = QTimer(self, interval=_ASK_AFTER_MS, singleShot=True)
        self._patience.timeout.connect(self._on_patience_timeout)
        self._promise = SplitPromise(studio.jobs, self)
        self._promise.drawn.connect(self._on_promise_drawn)
        self._fold.button.setObjectName("moreOfRecipeButton")
        self._fold.button.setAccessibleName(self.tr("More of the recipe"))
        self._fold.content.setObjectName("moreOfRecipe")
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
    def strip(self) -> VariedStrip:
        """What the augmentation makes of an image."""
        return self._recipe.strip

    @property
    def shows_terms(self) -> bool:
        """Whether the person wants to see numbers and terms."""
        return self._fold.is_open

    @property
    def network(self) -> NetworkKind:
        """The network of the recipe in the fields."""
        return self._recipe.network

    @Slot(object, object)
    def take_times(self, request: EstimateRequest, times: StepTimes) -> None:
        """Say how long trainings will take, now that some steps of one were timed."""
        self._times.take_steps(request.recipe, request.facts, times)
        self._show_times()
        if self._chooser.is_open:
            self._ask_for_others()

    def take_run(self, request: TrainingRequest, taken_s: float) -> None:
        """A training went through its recipe; was it begun here, its time tells of the next."""
        if self._began_with is None:
            return
        dataset, recipe, facts = self._began_with
        if (dataset.folder, recipe) == (request.dataset.folder, request.recipe):
            self._times.take_run(recipe, facts, taken_s)
            self._show_times()

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
            self._began_with = None
            if self.counts is not None and self._asked is not None:
                self._began_with = (self.counts.dataset, *self._asked)
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
        recipe.addWidget(self._fold)
        column.addLayout(recipe)
        column.addStretch(1)
        bars = self._dataset.bars
        self._fold.add(self._recipe, self._weights, _separator(self._fold.content), bars)
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
        foot.addWidget(self._time)
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
        self._fold.unfolded.connect(self._on_fold_unfolded)
        self._refusal.better_chosen.connect(self._recipe.use)
        self._chooser.preset_chosen.connect(self._recipe.set_preset)
        self._chooser.save_requested.connect(self._on_save_requested)
        self._chooser.failed.connect(self.failed)
        self._chooser.offered.connect(self._show_times)
        self._chooser.opened.connect(self._ask_for_others)
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
            if is_another or dataset.card.input != self._input:
                self._input = dataset.card.input
                self._recipe.set_input(self._input)
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
        self._asked = self._estimates = None
        self._promise.cancel()
        facts = self._facts()
        if facts is not None:
            with contextlib.suppress(StudioError):
                recipe = self._recipe.recipe()
                self._estimates = estimates(recipe, facts)
                self._asked = (recipe, facts)
                self._patience.start()
        self._show_estimates()
        self._update_start()

    def _facts(self) -> DatasetFacts | None:
        """What is known of the dataset; None where it cannot be trained on."""
        counts = self.counts
        if counts is None or len(counts.by_class) < LEAST_CLASSES or not counts.total:
            return None
        return DatasetFacts(
            counts.dataset.card.input,
            len(counts.by_class),
            counts.total,
            counts.test_count,
            self._studio.features.known_count(counts.dataset),
        )

    @Slot()
    def _on_fold_unfolded(self) -> None:
        QTimer.singleShot(0, self, self._scroll_to_fold)  # once it has its room

    @Slot()
    def _scroll_to_fold(self) -> None:
        top = self._fold.mapTo(self._inside, QPoint(0, 0)).y()
        self._area.verticalScrollBar().setValue(top - _MARGIN)

    @Slot()
    def _show_times(self) -> None:
        """Say how long the recipe in the fields will take, and each of those in the list."""
        seconds = None if self._asked is None else self._times.seconds(*self._asked)
        self._time.setVisible(self._asked is not None and not self._is_training)
        about = "" if seconds is None else wording.about_time(seconds)
        self._time.setText(self.tr("It takes {time}.").format(time=about) if about else "")
        facts = self._facts()
        self._chooser.set_times({} if facts is None else self._times_of_all(facts))

    def _times_of_all(self, facts: DatasetFacts) -> dict[str, float]:
        """How long the recipes of the list will take, by their names."""
        found = {}
        for preset in self._chooser.presets:
            with contextlib.suppress(StudioError):
                seconds = self._times.seconds(self._recipe.suited(preset), facts)
                if seconds is not None:
                    found[preset.name] = seconds
        return found

    @Slot()
    def _ask_for_others(self) -> None:
        """Have a recipe timed whose network nothing is known of, while somebody compares them."""
        facts = self._facts()
        if facts is None or self._is_training:
            return
        for preset in self._chooser.presets:
            with contextlib.suppress(StudioError):
                recipe = self._recipe.suited(preset)
                is_known = self._times.knows(recipe.network)
                if not is_known and not estimates(recipe, facts).problem:
                    self.time_wanted.emit(recipe, facts)
                    return

    @Slot()
    def _on_patience_timeout(self) -> None:
        is_idle = self.isVisible() and not self._is_training
        if is_idle and self._asked is not None and self._estimates and not self._estimates.problem:
            if not self._times.is_borne_out(self._asked[0].network):
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
        self._show_times()
        self._weights.setVisible(told is not None)
        self._refusal.show_estimates(None if self._is_training else told)
        if told is None:
            return
        text = wording.weights(told.weights, told.memory_bytes, told.frozen_weights)
        self._weights.setText(text)


def _separator(parent: QWidget) -> QFrame:
    line = QFrame(parent)
    line.setProperty("separator", "true")
    line.setProperty("orientation", "horizontal")
    return line
