"""The small pictures under the augmentation, made by the training's own layers."""

from __future__ import annotations

import sys

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QPushButton
from pytestqt.qtbot import QtBot

from cnn_studio.data.catalog import create_dataset
from cnn_studio.gui.studio import Studio
from cnn_studio.gui.training.augmentation.augmentation_dialog import AugmentationDialog
from cnn_studio.gui.training.augmentation.varied_strip import VariedStrip
from cnn_studio.gui.training.training_tab import TrainingTab
from cnn_studio.training.strengths import Augmentation
from tests.gui.training.conftest import choose_recipe
from tests.gui.training.test_training_tab import TRAINING_MS, part
from tests.gui.training.test_training_tab import counted as counted


def _strip(tab: TrainingTab) -> VariedStrip:
    found = tab.findChild(VariedStrip)
    assert found is not None
    return found


def _choose(tab: TrainingTab, name: str) -> None:
    fold = part(tab, QPushButton, "moreOfRecipeButton")
    assert isinstance(fold, QPushButton)
    fold.setChecked(True)
    field = part(tab, QComboBox, "augmentationField")
    assert isinstance(field, QComboBox)
    field.setCurrentIndex(field.findData(name))
    field.activated.emit(field.currentIndex())


def _pictures(tab: TrainingTab) -> list[QImage]:
    return [image.copy() for image in _strip(tab)._images]


def _waited(qtbot: QtBot, tab: TrainingTab, *, unlike: list[QImage]) -> list[QImage]:
    qtbot.waitUntil(
        lambda: _strip(tab).count == 4 and _pictures(tab) != unlike, timeout=TRAINING_MS
    )
    return _pictures(tab)


def test_off_shows_nothing_and_asks_for_nothing(qtbot: QtBot, counted: TrainingTab) -> None:
    assert not _strip(counted).isVisible()
    assert not _strip(counted).is_wanted
    assert counted._varied._job is None
    _choose(counted, "strong")
    assert _strip(counted).isVisible()
    _choose(counted, "off")
    assert not _strip(counted).isVisible()


@pytest.mark.slow
def test_light_and_strong_show_one_image_four_times_and_a_click_draws_again(
    qtbot: QtBot, counted: TrainingTab
) -> None:
    had_tensorflow = "tensorflow" in sys.modules  # of another test in this process
    tab = counted
    _choose(tab, "strong")
    strong = _waited(qtbot, tab, unlike=[])
    assert len({image.cacheKey() for image in strong}) == 4
    assert any(strong[0] != other for other in strong[1:])
    assert all(image.width() == 16 for image in strong)  # the size that is trained on
    _choose(tab, "light")
    light = _waited(qtbot, tab, unlike=strong)
    QTest.mouseClick(_strip(tab), Qt.MouseButton.LeftButton)
    clicked = _waited(qtbot, tab, unlike=light)
    QTest.keyClick(tab.window().windowHandle(), Qt.Key.Key_Y, Qt.KeyboardModifier.AltModifier)
    _waited(qtbot, tab, unlike=clicked)
    assert _strip(tab).toolTip().endswith("(Alt+Y)")
    assert ("tensorflow" in sys.modules) == had_tensorflow


@pytest.mark.slow
def test_it_waits_for_an_open_dialog_and_shows_what_was_chosen_there(
    qtbot: QtBot, counted: TrainingTab
) -> None:
    tab = counted
    _choose(tab, "strong")
    strong = _waited(qtbot, tab, unlike=[])
    _choose(tab, "own")
    dialog = next(d for d in tab.findChildren(AugmentationDialog) if d.isVisible())
    dialog.strengths_given.emit(Augmentation(brightness=1.0))
    dialog.accept()
    own = _waited(qtbot, tab, unlike=strong)
    levels = [image.pixelColor(8, 8).lightness() for image in own]
    assert max(levels) - min(levels) > 30


@pytest.mark.slow
def test_another_dataset_shows_its_own_images_and_an_empty_one_none(
    qtbot: QtBot, counted: TrainingTab, studio: Studio
) -> None:
    tab = counted
    create_dataset(studio.workspace, "Bare", ["pen"])
    _choose(tab, "strong")
    before = _waited(qtbot, tab, unlike=[])
    studio.load_datasets()
    studio.choose_dataset("bare")
    qtbot.waitUntil(lambda: not _strip(tab).isVisible(), timeout=TRAINING_MS)
    studio.choose_dataset("colours")
    tab.activate()
    _choose(tab, "strong")
    _choose(tab, "light")
    qtbot.waitUntil(lambda: _strip(tab).isVisible(), timeout=TRAINING_MS)
    _waited(qtbot, tab, unlike=before)


def test_a_network_without_augmentation_has_no_pictures_of_it(counted: TrainingTab) -> None:
    _choose(counted, "strong")
    assert _strip(counted).isVisible()
    choose_recipe(counted, "Pretrained")
    assert not _strip(counted).isVisible()
