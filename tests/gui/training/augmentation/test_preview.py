"""The preview of augmentation in its dialog, over the training tab."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLabel, QPushButton, QSlider
from pytestqt.qtbot import QtBot

from cnn_studio.gui.studio import Studio
from cnn_studio.gui.training.augmentation.augmentation_dialog import AugmentationDialog
from cnn_studio.gui.training.augmentation.preview_state import PreviewPhase
from cnn_studio.gui.training.augmentation.samples_grid import SamplesGrid
from cnn_studio.gui.training.training_tab import TrainingTab
from cnn_studio.training.strengths import Augmentation
from tests.gui.training.test_training_tab import TRAINING_MS, part
from tests.gui.training.test_training_tab import counted as counted


def opened(tab: TrainingTab) -> AugmentationDialog:
    field = part(tab, QComboBox, "augmentationField")
    assert isinstance(field, QComboBox)
    field.setCurrentIndex(3)
    field.activated.emit(3)
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
    assert len(seen) == 5
    assert "As the network may see them" in said(dialog)
    close(qtbot, counted, dialog)
