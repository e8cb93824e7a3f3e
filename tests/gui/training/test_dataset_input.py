"""The size that a dataset's card says is in the recipe as soon as it is changed."""

from __future__ import annotations

from PySide6.QtWidgets import QSpinBox
from pytestqt.qtbot import QtBot

from cnn_studio.data.class_folders import ClassFolders
from cnn_studio.gui.studio import Studio
from cnn_studio.gui.training.training_tab import TrainingTab
from cnn_studio.vision.preparation import InputSpec


def test_another_size_on_the_card_is_trained_with_from_now_on(
    qtbot: QtBot, tab: TrainingTab, studio: Studio
) -> None:
    field = tab.findChild(QSpinBox, "imageSizeField")
    assert field is not None
    assert studio.dataset is not None
    assert field.value() == studio.dataset.card.input.size
    ClassFolders(studio.dataset).set_input(InputSpec(96))
    studio.dataset_was_edited()
    assert field.value() == 96
    field.setValue(48)
    studio.dataset_was_edited()  # something else has changed: what a person has typed stays
    assert field.value() == 48
