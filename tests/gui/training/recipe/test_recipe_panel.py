"""The recipe's fields: what the dataset suggests, until the person says otherwise."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QComboBox, QDoubleSpinBox, QLabel, QSpinBox, QWidget
from pytestqt.qtbot import QtBot

from cnn_studio.data.cards import Orientation
from cnn_studio.gui.studio import Studio
from cnn_studio.gui.training.recipe.recipe_panel import RecipePanel
from cnn_studio.models.networks import NetworkKind
from cnn_studio.training.presets import BEST, CLASSIC, PRETRAINED, THOROUGH, Preset
from cnn_studio.training.recipe import Augmentation, Recipe
from cnn_studio.training.strengths import Flip, Turns
from cnn_studio.vision.preparation import InputSpec


@pytest.fixture
def panel(qtbot: QtBot, studio: Studio) -> RecipePanel:
    panel = RecipePanel()
    qtbot.addWidget(panel)
    panel.set_input(InputSpec(64))
    panel.set_preset(CLASSIC)
    return panel


def whole(panel: RecipePanel, name: str) -> QSpinBox:
    field = panel.findChild(QSpinBox, name)
    assert field is not None
    return field


def test_untouched_fields_are_the_best_recipe(qtbot: QtBot) -> None:
    panel = RecipePanel()
    qtbot.addWidget(panel)
    panel.set_input(InputSpec(64))
    assert panel.recipe() == BEST.recipe()


def test_the_fields_of_classic_are_what_a_recipe_says_where_it_says_nothing(
    panel: RecipePanel,
) -> None:
    assert panel.recipe() == Recipe()


def test_few_images_make_the_batch_of_best_smaller(panel: RecipePanel) -> None:
    hint = panel.findChild(QLabel, "batchHint")
    assert hint is not None
    panel.set_preset(BEST)
    panel.set_total(200)
    assert panel.recipe().batch_size == 16
    assert hint.text().endswith("Batches of 16 give at least 10 steps an epoch; 64 is usual.")
    panel.set_total(10_000)
    assert panel.recipe().batch_size == 64
    assert hint.text() == "About 8,000 images to learn from."


def test_the_fields_are_taken_into_the_recipe(panel: RecipePanel) -> None:
    whole(panel, "epochsField").setValue(25)
    whole(panel, "batchSizeField").setValue(32)
    whole(panel, "imageSizeField").setValue(96)
    whole(panel, "validationField").setValue(30)
    whole(panel, "seedField").setValue(7)
    rate = panel.findChild(QDoubleSpinBox, "learningRateField")
    augmentation = panel.findChild(QComboBox, "augmentationField")
    assert rate is not None
    assert augmentation is not None
    rate.setValue(0.0005)
    augmentation.setCurrentIndex(augmentation.findData("strong"))
    assert panel.recipe() == Recipe(25, 32, 0.0005, 96, 0.3, Augmentation.STRONG, 7)


def test_an_augmentation_that_has_a_name_follows_the_datasets_card(panel: RecipePanel) -> None:
    field = panel.findChild(QComboBox, "augmentationField")
    assert field is not None
    offered = [field.itemText(place) for place in range(field.count())]
    assert offered == ["Off", "Symmetries", "Light", "Strong", "Own …"]
    for name in ("symmetries", "light", "strong"):
        field.setCurrentIndex(field.findData(name))
        standing = panel.recipe().augmentation
        panel.set_orientation(Orientation.ANY)
        assert field.currentData() == name
        assert panel.recipe().augmentation == replace(standing, turns=Turns.ALL)
        panel.set_orientation(Orientation.UP)
        assert panel.recipe().augmentation == standing
    tip = field.itemData(1, Qt.ItemDataRole.ToolTipRole)
    panel.set_orientation(Orientation.ANY)
    assert field.itemData(1, Qt.ItemDataRole.ToolTipRole) != tip
    panel.set_preset(THOROUGH)
    assert (field.currentData(), panel.recipe().augmentation.turns) == ("symmetries", Turns.ALL)
    changes = panel.findChild(QLabel, "recipeChanges")
    assert changes is not None
    assert "augmentation quarter turns and mirrors" in changes.text()


def test_strengths_of_ones_own_follow_no_card(panel: RecipePanel) -> None:
    own = Augmentation(Flip.BOTH, shift=0.1)
    panel.set_preset(Preset("mine", "Mine", "", {"augmentation": own.to_plain()}))
    panel.set_orientation(Orientation.ANY)
    assert panel.recipe().augmentation == own
    panel.set_preset(Preset("mine", "Mine", "", {"augmentation": Augmentation.LIGHT}))
    assert panel.recipe().augmentation == Augmentation.LIGHT  # of a run from before


def test_few_images_suggest_a_smaller_batch_until_it_is_edited(panel: RecipePanel) -> None:
    hint = panel.findChild(QLabel, "batchHint")
    assert hint is not None
    panel.set_total(200)
    assert panel.recipe().batch_size == 16
    assert hint.text() == (
        "About 160 images to learn from. "
        "Batches of 16 give at least 10 steps an epoch; 128 is usual."
    )
    whole(panel, "validationField").setValue(50)
    assert panel.recipe().batch_size == 8
    whole(panel, "batchSizeField").setValue(20)
    panel.set_total(100_000)
    assert panel.recipe().batch_size == 20
    assert hint.text() == "About 50,000 images to learn from."
    panel.set_input(InputSpec(28, 1))
    panel.set_total(60_000)
    assert panel.recipe().batch_size == 128


def test_a_limit_counts_among_the_images_to_learn_from(panel: RecipePanel) -> None:
    hint = panel.findChild(QLabel, "batchHint")
    assert hint is not None
    panel.set_total(60_000)
    whole(panel, "limitField").setValue(5000)
    assert hint.text().startswith("About 4,000 images to learn from.")
    panel.set_split(4000, 1000)
    assert hint.text().startswith("4,000 images to learn from, 1,000 held back.")
    whole(panel, "validationField").setValue(50)  # another split, not known yet
    assert hint.text().startswith("About 2,500 images to learn from.")


def test_the_cards_own_size_is_not_written_into_the_recipe(panel: RecipePanel) -> None:
    panel.set_input(InputSpec(28, 1))
    assert panel.recipe().image_size is None
    whole(panel, "imageSizeField").setValue(32)
    assert panel.recipe().image_size == 32


@pytest.mark.parametrize(
    ("typed", "value"), [("0.01", 0.01), ("0.00005", 0.00005), ("1e-4", 0.0001), ("1", 1.0)]
)
def test_a_learning_rate_is_typed_as_people_write_it(
    qtbot: QtBot, panel: RecipePanel, typed: str, value: float
) -> None:
    rate = panel.findChild(QDoubleSpinBox, "learningRateField")
    assert rate is not None
    rate.selectAll()
    qtbot.keyClicks(rate, typed)
    qtbot.keyClick(rate, Qt.Key.Key_Return)
    assert rate.value() == pytest.approx(value)
    assert panel.recipe().learning_rate == pytest.approx(value)


def test_a_learning_rate_that_cannot_be_is_not_taken(qtbot: QtBot, panel: RecipePanel) -> None:
    rate = panel.findChild(QDoubleSpinBox, "learningRateField")
    assert rate is not None
    rate.selectAll()
    qtbot.keyClicks(rate, "fast")
    qtbot.keyClick(rate, Qt.Key.Key_Return)
    assert 0 < rate.value() <= 1


def test_a_step_of_the_learning_rate_is_a_doubling(panel: RecipePanel) -> None:
    rate = panel.findChild(QDoubleSpinBox, "learningRateField")
    assert rate is not None
    rate.stepUp()
    assert rate.value() == pytest.approx(0.002)
    assert rate.text() == "0.002"
    rate.stepDown()
    rate.stepDown()
    assert rate.value() == pytest.approx(0.0005)


def test_a_wheel_that_passes_over_a_field_leaves_it_alone(qtbot: QtBot, panel: RecipePanel) -> None:
    panel.show()
    epochs = whole(panel, "epochsField")
    other: QWidget = whole(panel, "seedField")
    other.setFocus()
    place = QPointF(epochs.rect().center())
    event = QWheelEvent(
        place,
        QPointF(epochs.mapToGlobal(place.toPoint())),
        QPoint(),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(epochs, event)
    assert epochs.value() == 10


def test_the_pretrained_network_has_fields_and_sizes_of_its_own(panel: RecipePanel) -> None:
    panel.show()
    panel.set_preset(PRETRAINED)
    size = whole(panel, "imageSizeField")
    assert (size.minimum(), size.maximum(), size.value()) == (128, 224, 224)
    assert not whole(panel, "batchSizeField").isVisible()
    assert whole(panel, "epochsField").isVisible()
    assert panel.network is NetworkKind.PRETRAINED
    assert panel.recipe() == PRETRAINED.recipe()
    changes = panel.findChild(QLabel, "recipeChanges")
    assert changes is not None
    assert changes.isHidden()  # there is nothing to say
    summary = panel.findChild(QLabel, "recipeSummary")
    assert summary is not None
    assert summary.text() == PRETRAINED.summary
    size.setValue(160)
    assert panel.recipe().image_size == 160
    assert changes.text() == "Unlike Pretrained: image size 160 px."
    panel.set_preset(CLASSIC)
    assert whole(panel, "batchSizeField").isVisible()
    assert panel.recipe() == Recipe()


def test_another_dataset_keeps_the_size_that_the_pretrained_network_takes(
    panel: RecipePanel,
) -> None:
    panel.set_preset(PRETRAINED)
    panel.set_input(InputSpec(28, 1))
    assert panel.recipe().image_size is None
    assert whole(panel, "imageSizeField").value() == 224
