"""Recipes by name and in files, strengths of augmentation, and what will not fit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFileDialog,
    QLabel,
    QLineEdit,
    QPushButton,
    QSlider,
    QSpinBox,
)
from pytestqt.qtbot import QtBot

from cnn_studio.gui.studio import Studio
from cnn_studio.gui.training.augmentation.augmentation_dialog import AugmentationDialog
from cnn_studio.gui.training.recipe.recipe_chooser import RecipeChooser
from cnn_studio.gui.training.recipe.recipe_panel import RecipePanel
from cnn_studio.gui.training.training_tab import TrainingTab
from cnn_studio.training.presets import BEST, CLASSIC, QUICK, Preset, read_preset, write_preset
from cnn_studio.training.recipe import Recipe
from cnn_studio.training.strengths import Augmentation, Flip
from cnn_studio.vision.preparation import InputSpec
from tests.gui.training.test_training_tab import (
    TRAINING_MS,
    part,
    set_field,
    text_of,
)
from tests.gui.training.test_training_tab import counted as counted


@pytest.fixture
def panel(qtbot: QtBot, studio: Studio) -> RecipePanel:
    panel = RecipePanel()
    qtbot.addWidget(panel)
    panel.set_input(InputSpec(64))
    panel.set_preset(CLASSIC)
    panel.set_total(1000)
    return panel


@pytest.fixture
def chooser(qtbot: QtBot, studio: Studio) -> Iterator[RecipeChooser]:
    chooser = RecipeChooser(studio)
    qtbot.addWidget(chooser)
    chooser.resize(280, 40)
    chooser.show()
    yield chooser
    assert studio.jobs.shutdown()


def changes(panel: RecipePanel) -> str:
    label = panel.findChild(QLabel, "recipeChanges")
    assert label is not None
    return label.text()


def summary(panel: RecipePanel) -> str:
    label = panel.findChild(QLabel, "recipeSummary")
    assert label is not None
    return label.text()


def test_a_preset_is_taken_over_whole_and_shown_as_what_it_changes(panel: RecipePanel) -> None:
    assert (changes(panel), summary(panel)) == ("", CLASSIC.summary)
    panel.set_preset(BEST)
    assert summary(panel) == BEST.summary
    recipe = panel.recipe()
    assert recipe == BEST.recipe(batch_size=64, card_size=64)
    assert recipe.ema == 0.998
    assert "Unlike Classic:" in changes(panel)
    assert "schedule cosine" in changes(panel)
    panel.set_preset(QUICK)
    assert panel.recipe().image_size == 32
    assert panel.recipe().limit == 5000
    panel.set_input(InputSpec(28, 1))
    assert panel.recipe().image_size is None
    panel.set_preset(CLASSIC)
    assert panel.recipe() == Recipe(batch_size=64)


def test_what_is_edited_counts_more_than_the_preset(panel: RecipePanel) -> None:
    panel.set_preset(BEST)
    for name, value in (("patienceField", 3), ("epochsField", 20)):
        field = panel.findChild(QSpinBox, name)
        assert field is not None
        field.setValue(value)
    check = panel.findChild(QCheckBox, "classWeightsCheck")
    assert check is not None
    check.setChecked(True)
    recipe = panel.recipe()
    assert (recipe.patience, recipe.class_weights, recipe.epochs) == (3, True, 20)
    assert recipe.label_smoothing == BEST.recipe().label_smoothing
    assert "epochs 20" in changes(panel)
    assert "early stopping 3 epochs" in changes(panel)


def test_strengths_of_ones_own_are_given_in_a_dialog(qtbot: QtBot, panel: RecipePanel) -> None:
    panel.show()
    field = panel.findChild(QComboBox, "augmentationField")
    assert field is not None
    own = field.findData("own")
    field.setCurrentIndex(own)
    field.activated.emit(own)
    dialog = panel.findChild(AugmentationDialog)
    assert dialog is not None
    dialog.reject()
    assert field.currentData() == "off"
    own = field.findData("own")
    field.setCurrentIndex(own)
    field.activated.emit(own)
    dialog = panel.findChildren(AugmentationDialog)[-1]
    slider = dialog.findChild(QSlider, "rotateSlider")
    assert slider is not None
    slider.setValue(10)
    dialog._flip.setCurrentIndex(1)
    assert dialog._figures["rotate"].text() == "36\N{DEGREE SIGN}"
    dialog._on_take_clicked()
    assert panel.recipe().augmentation == Augmentation(Flip.SIDEWAYS, rotate=0.1)
    assert field.currentData() == "own"
    panel.set_preset(Preset("x", "X", "", {"augmentation": "strong"}))
    assert field.currentData() == "strong"


def test_ones_own_recipe_is_kept_in_a_file_and_offered_again(
    qtbot: QtBot, studio: Studio, chooser: RecipeChooser
) -> None:
    recipe = replace(Recipe(), epochs=33, augmentation=Augmentation.LIGHT)
    chooser.save_requested.connect(lambda title: chooser.save(recipe, title))
    chooser._on_save_requested()
    field = chooser.findChild(QLineEdit, "popoverField")
    assert field is not None
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert field.isVisible()  # it needs a name
    field.setText("Photos of the garden")
    with qtbot.waitSignal(chooser.preset_chosen) as chosen:
        qtbot.keyClick(field, Qt.Key.Key_Return)
    assert chosen.args is not None
    assert chosen.args[0].recipe() == recipe
    path = studio.workspace.root / "recipes" / "photos-of-the-garden.toml"
    assert read_preset(path).title == "Photos of the garden"
    assert chooser.preset.title == "Photos of the garden"
    again = RecipeChooser(studio)
    qtbot.addWidget(again)
    again.refresh()
    names = again.findChild(QComboBox, "recipeField")
    assert names is not None
    qtbot.waitUntil(lambda: names.count() == 6)
    titles = ["Pretrained", "Best", "Classic", "Thorough", "Quick look"]
    assert [names.itemText(n) for n in range(5)] == titles
    assert again.preset == BEST


def test_a_recipe_file_is_opened_and_one_that_is_none_is_told_of(
    qtbot: QtBot, chooser: RecipeChooser, tmp_path: Path
) -> None:
    path = tmp_path / "shared.toml"
    write_preset(path, replace(Recipe(), learning_rate=0.005), "From a friend")

    def open_file(path: Path) -> None:
        chooser._on_open_requested()
        dialog = chooser.findChild(QFileDialog, "recipeFileDialog")
        assert dialog is not None
        dialog.fileSelected.emit(str(path))
        dialog.reject()
        qtbot.waitUntil(lambda: dialog not in chooser.children())

    with qtbot.waitSignal(chooser.preset_chosen) as chosen:
        open_file(path)
    assert chosen.args is not None
    assert chosen.args[0].recipe().learning_rate == 0.005
    assert chooser.preset.title == "From a friend"
    path.write_text("epochs = 'many'")
    with qtbot.waitSignal(chooser.failed) as told:
        open_file(path)
    assert "shared.toml" in str(told.args)


def test_what_will_not_fit_is_refused_with_a_choice_that_does(
    qtbot: QtBot, counted: TrainingTab
) -> None:
    start = part(counted, QPushButton, "startButton")
    use = part(counted, QPushButton, "useBetterButton")
    assert start.isEnabled()
    assert not use.isVisible()
    set_field(counted, "imageSizeField", 512)
    assert "What fits" in text_of(counted, "refusalText")
    assert not start.isEnabled()
    assert use.isVisible()
    qtbot.mouseClick(use, Qt.MouseButton.LeftButton)
    assert start.isEnabled()
    assert not use.isVisible()


@pytest.mark.slow
def test_the_time_is_measured_once_the_engine_is_warm(qtbot: QtBot, counted: TrainingTab) -> None:
    assert text_of(counted, "expectedTime") == ""
    qtbot.waitUntil(lambda: "about" in text_of(counted, "expectedTime"), timeout=TRAINING_MS)
    short = text_of(counted, "expectedTime")
    set_field(counted, "epochsField", 10_000)
    # At once, by what was measured before.
    assert text_of(counted, "expectedTime").startswith("It takes about ")
    assert text_of(counted, "expectedTime") != short
