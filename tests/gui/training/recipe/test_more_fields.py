"""The folded fields: what they take, and a recipe made, kept and shared without a file edited."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QDoubleSpinBox, QLabel, QPushButton, QSpinBox, QWidget
from pytestqt.qtbot import QtBot

from cnn_studio.gui.studio import Studio
from cnn_studio.gui.training.recipe.number_field import NumberField
from cnn_studio.gui.training.recipe.recipe_panel import RecipePanel
from cnn_studio.gui.training.start.start_panel import StartPanel
from cnn_studio.training.presets import BEST, CLASSIC, own_presets
from cnn_studio.training.recipe import Recipe, Schedule
from cnn_studio.vision.preparation import InputSpec

OWN = Recipe(
    schedule=Schedule.COSINE,
    warmup_epochs=0.5,
    ema=0.998,
    label_smoothing=0.05,
    weight_decay=0.001,
    limit=2000,
)


def fill(panel: QWidget) -> None:
    """Type what `OWN` says."""
    schedule = panel.findChild(QComboBox, "scheduleField")
    limit = panel.findChild(QSpinBox, "limitField")
    assert schedule is not None
    assert limit is not None
    schedule.setCurrentIndex(1)
    limit.setValue(2000)
    for name, value in (
        ("warmupField", 0.5),
        ("emaField", 0.998),
        ("labelSmoothingField", 0.05),
        ("weightDecayField", 0.001),
    ):
        field = panel.findChild(QDoubleSpinBox, name)
        assert field is not None
        field.setValue(value)


def test_the_fields_are_folded_until_they_are_wanted_and_that_is_remembered(
    qtbot: QtBot, studio: Studio
) -> None:
    panel = StartPanel(studio)
    qtbot.addWidget(panel)
    panel.show()
    button = panel.findChild(QPushButton, "moreOfRecipeButton")
    folded = panel.findChild(QWidget, "moreOfRecipe")
    assert button is not None
    assert folded is not None
    assert not folded.isVisible()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert folded.isVisible()
    again = StartPanel(studio)
    qtbot.addWidget(again)
    again.show()
    unfolded = again.findChild(QWidget, "moreOfRecipe")
    assert unfolded is not None
    assert unfolded.isVisible()


def test_they_come_into_sight_where_the_window_is_low(qtbot: QtBot, studio: Studio) -> None:
    panel = StartPanel(studio)
    qtbot.addWidget(panel)
    panel.resize(304, 400)
    panel.show()
    button = panel.findChild(QPushButton, "moreOfRecipeButton")
    epochs = panel.findChild(QSpinBox, "epochsField")
    assert button is not None
    assert epochs is not None
    button.click()
    qtbot.waitUntil(lambda: epochs.visibleRegion().boundingRect() == epochs.rect())
    assert button.visibleRegion().boundingRect() == button.rect()  # the way back is in sight too


def test_what_stands_in_them_is_in_the_recipe_and_a_preset_fills_them(
    qtbot: QtBot,
) -> None:
    panel = RecipePanel()
    panel.set_preset(CLASSIC)
    qtbot.addWidget(panel)
    panel.set_input(InputSpec(64))
    fill(panel)
    assert panel.recipe() == OWN
    changes = panel.findChild(QLabel, "recipeChanges")
    assert changes is not None
    assert "weight averaging 0.998" in changes.text()
    panel.set_preset(BEST)
    assert panel.recipe() == BEST.recipe()
    averaging = panel.findChild(QDoubleSpinBox, "emaField")
    assert averaging is not None
    assert averaging.text() == "0.998"
    averaging.setValue(0)
    assert averaging.text() == "off"
    assert panel.recipe().ema == 0


def test_a_recipe_of_ones_own_is_kept_with_all_it_says(qtbot: QtBot, studio: Studio) -> None:
    panel = StartPanel(studio)
    qtbot.addWidget(panel)
    panel._recipe.set_preset(CLASSIC)
    fill(panel)
    panel._on_save_requested("My own")
    qtbot.waitUntil(lambda: len(own_presets(studio.workspace)) == 1)
    (kept,) = own_presets(studio.workspace)
    assert kept.title == "My own"
    assert replace(kept.recipe(), image_size=None) == OWN  # there is no card to compare with
    epochs = panel.findChild(QSpinBox, "epochsField")
    warmup = panel.findChild(QDoubleSpinBox, "warmupField")
    assert epochs is not None
    assert warmup is not None
    epochs.setValue(1)
    warmup.setValue(2)
    with qtbot.waitSignal(panel.failed) as told:
        panel._on_save_requested("Cannot be")
    assert told.args == ["Warm-up epochs must be 0 to 1, not 2.0."]
    qtbot.waitUntil(lambda: panel._chooser.preset.title == "My own")
    assert studio.jobs.shutdown()


@pytest.mark.parametrize(("typed", "value"), [("0.3", 0.3), ("2", 0.0), ("off", 0.0)])
def test_a_number_is_typed_as_people_write_it(qtbot: QtBot, typed: str, value: float) -> None:
    field = NumberField((0, 0.1, 0.5))
    field.setSpecialValueText("off")
    field.setSuffix(" epochs")
    qtbot.addWidget(field)
    field.selectAll()
    qtbot.keyClicks(field, typed)
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert field.value() == pytest.approx(value)


def test_the_arrows_go_through_what_is_usual(qtbot: QtBot) -> None:
    field = NumberField((0, 0.1, 0.5))
    qtbot.addWidget(field)
    field.setValue(0.2)
    field.stepDown()
    assert field.text() == "0.1"
    field.stepBy(5)
    assert field.text() == "0.5"
    field.stepBy(-2)
    assert field.value() == 0
