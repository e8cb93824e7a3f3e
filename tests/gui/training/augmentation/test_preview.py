"""The preview of augmentation in its dialog, over the training tab."""

from __future__ import annotations

import os
import signal
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLabel, QPushButton, QSlider
from pytestqt.qtbot import QtBot

from cnn_studio.data.cards import Orientation, card_for_plain_folder, write_card
from cnn_studio.gui.studio import Studio
from cnn_studio.gui.training.augmentation.augmentation_dialog import AugmentationDialog
from cnn_studio.gui.training.augmentation.preview_state import PreviewPhase
from cnn_studio.gui.training.augmentation.samples_grid import SamplesGrid
from cnn_studio.gui.training.training_tab import TrainingTab
from cnn_studio.training.strengths import NAMED, Augmentation, Flip, Turns
from tests.gui.training.test_training_tab import TRAINING_MS, part
from tests.gui.training.test_training_tab import counted as counted


def opened(tab: TrainingTab) -> AugmentationDialog:
    field = part(tab, QComboBox, "augmentationField")
    assert isinstance(field, QComboBox)
    own = field.findData("own")
    field.setCurrentIndex(own)
    field.activated.emit(own)
    return next(d for d in tab.findChildren(AugmentationDialog) if d.isVisible())


def said(dialog: AugmentationDialog) -> str:
    label = dialog.findChild(QLabel, "previewText")
    assert label is not None
    return label.text()


def grid_of(dialog: AugmentationDialog) -> SamplesGrid:
    grid = dialog.findChild(SamplesGrid)
    assert grid is not None
    return grid


def close(qtbot: QtBot, tab: TrainingTab, dialog: AugmentationDialog) -> None:
    dialog.reject()
    qtbot.waitUntil(lambda: not tab.findChildren(AugmentationDialog))


def test_samples_are_shown_as_they_are_while_nothing_is_varied(
    qtbot: QtBot, counted: TrainingTab
) -> None:
    dialog = opened(counted)
    assert dialog.strengths() == Augmentation.OFF
    qtbot.waitUntil(lambda: grid_of(dialog).count == 16)
    assert "nothing is varied" in said(dialog)
    shuffle = dialog.findChild(QPushButton, "shufflePreviewButton")
    assert shuffle is not None
    assert not shuffle.isEnabled()
    close(qtbot, counted, dialog)


def test_a_dataset_without_images_says_so(
    qtbot: QtBot, tab: TrainingTab, studio: Studio, dataset_folder: Path
) -> None:
    for photo in dataset_folder.glob("*/*.jpg"):
        photo.unlink()
    dialog = opened(tab)
    qtbot.waitUntil(lambda: "No images to vary" in said(dialog))
    assert grid_of(dialog).count == 0
    close(qtbot, tab, dialog)


def test_an_engine_that_dies_while_it_is_warmed_is_told_and_tried_again(
    qtbot: QtBot, counted: TrainingTab
) -> None:
    engine = counted._control._thread._engine
    dialog = opened(counted)
    slider = dialog.findChild(QSlider, "brightnessSlider")
    assert slider is not None
    slider.setValue(50)
    qtbot.waitUntil(lambda: "Getting TensorFlow ready" in said(dialog))
    qtbot.waitUntil(lambda: engine.process_id is not None)
    first = engine.process_id
    assert first is not None
    os.kill(first, signal.SIGKILL)
    qtbot.waitUntil(lambda: "TensorFlow does not run" in said(dialog))
    assert grid_of(dialog).count == 16
    close(qtbot, counted, dialog)
    dialog = opened(counted)
    qtbot.waitUntil(lambda: engine.process_id not in (None, first))
    assert "TensorFlow does not run" not in said(dialog)
    close(qtbot, counted, dialog)


def sentence(dialog: AugmentationDialog) -> str:
    label = dialog.findChild(QLabel, "augmentationText")
    assert label is not None
    return label.text()


def choice(dialog: AugmentationDialog, name: str) -> QComboBox:
    field = dialog.findChild(QComboBox, name)
    assert field is not None
    return field


def press(dialog: AugmentationDialog, name: str) -> None:
    button = dialog.findChild(QPushButton, name)
    assert button is not None
    button.click()


@pytest.mark.parametrize("orientation", Orientation)
def test_the_dialog_says_what_strengths_with_a_name_are_good_for(
    qtbot: QtBot, orientation: Orientation
) -> None:
    dialog = AugmentationDialog(Augmentation.OFF, orientation)
    qtbot.addWidget(dialog)
    said = set()
    for name in NAMED:
        press(dialog, f"{name}AugmentationButton")
        assert dialog.strengths() == Augmentation.suited(name, orientation)
        said.add(sentence(dialog))
    assert len(said) == len(NAMED)
    assert any(text.startswith("Light: ") for text in said)


def test_turns_are_chosen_and_the_card_says_whether_they_are_right(qtbot: QtBot) -> None:
    dialog = AugmentationDialog(Augmentation(Flip.SIDEWAYS, shift=0.1), Orientation.UP)
    qtbot.addWidget(dialog)
    turns, flip = choice(dialog, "turnsField"), choice(dialog, "flipField")
    assert "your own" in sentence(dialog)
    turns.setCurrentIndex(turns.findData("quarter"))
    assert dialog.strengths() == Augmentation(Flip.SIDEWAYS, Turns.QUARTER, shift=0.1)
    assert "have an up" in sentence(dialog)
    assert flip.isEnabled()
    turns.setCurrentIndex(turns.findData("all"))
    assert dialog.strengths() == Augmentation(turns=Turns.ALL, shift=0.1)
    assert not flip.isEnabled()  # mirrored already
    turns.setCurrentIndex(turns.findData("off"))
    assert dialog.strengths() == Augmentation(Flip.SIDEWAYS, shift=0.1)
    lying = AugmentationDialog(Augmentation(Flip.SIDEWAYS, shift=0.1), Orientation.ANY)
    qtbot.addWidget(lying)
    assert "have no up" in sentence(lying)
    press(lying, "lightAugmentationButton")
    assert choice(lying, "turnsField").currentData() == "all"


def test_a_card_that_is_edited_is_followed(
    qtbot: QtBot, counted: TrainingTab, studio: Studio, dataset_folder: Path
) -> None:
    field = part(counted, QComboBox, "augmentationField")
    assert isinstance(field, QComboBox)
    field.setCurrentIndex(field.findData("light"))
    assert counted._start_panel.recipe().augmentation == Augmentation.LIGHT
    card = card_for_plain_folder(dataset_folder)
    write_card(dataset_folder, replace(card, orientation=Orientation.ANY))
    studio.dataset_was_edited()
    lying = Augmentation.suited("light", Orientation.ANY)
    assert counted._start_panel.recipe().augmentation == lying
    dialog = opened(counted)
    assert dialog.strengths() == lying
    assert sentence(dialog).startswith("Light: ")
    close(qtbot, counted, dialog)


@pytest.mark.slow
def test_the_real_engine_varies_what_is_asked(qtbot: QtBot, counted: TrainingTab) -> None:
    state = counted._preview._state

    def wait_until_varied() -> bytes:
        qtbot.waitUntil(lambda: state.phase is PreviewPhase.VARIED, timeout=TRAINING_MS)
        assert state.pictures is not None
        assert state.pictures.shape == (16, 16, 16, 3)
        assert grid_of(dialog).count == 16
        return state.pictures.tobytes()

    dialog = opened(counted)
    brightness = dialog.findChild(QSlider, "brightnessSlider")
    shuffle = dialog.findChild(QPushButton, "shufflePreviewButton")
    assert brightness is not None
    assert shuffle is not None
    brightness.setValue(50)
    qtbot.waitUntil(lambda: state.pictures is not None)
    assert state.pictures is not None
    seen = {state.pictures.tobytes(), wait_until_varied()}
    qtbot.mouseClick(shuffle, Qt.MouseButton.LeftButton)
    seen.add(wait_until_varied())
    with qtbot.waitActive(dialog):  # or its key is not heard
        dialog.activateWindow()
    with qtbot.waitSignal(shuffle.clicked):
        qtbot.keyClick(brightness, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    seen.add(wait_until_varied())
    brightness.setValue(90)
    assert state.phase is PreviewPhase.VARYING
    seen.add(wait_until_varied())
    press(dialog, "offAugmentationButton")
    turns = choice(dialog, "turnsField")
    turns.setCurrentIndex(turns.findData("all"))
    assert state.phase is PreviewPhase.VARYING
    seen.add(wait_until_varied())
    assert len(seen) == 6
    assert "As the network may see them" in said(dialog)
    close(qtbot, counted, dialog)
