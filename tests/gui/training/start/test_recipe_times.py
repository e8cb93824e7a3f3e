"""How long trainings take on this machine: remembered, and said beside every recipe."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtWidgets import QComboBox, QLabel, QPushButton, QSpinBox, QWidget
from pytestqt.qtbot import QtBot

from cnn_studio.data.catalog import find_dataset
from cnn_studio.gui.studio import Studio
from cnn_studio.gui.training.recipe.recipe_delegate import ABOUT_ROLE
from cnn_studio.gui.training.start.recipe_times import RecipeTimes
from cnn_studio.gui.training.start.start_panel import StartPanel
from cnn_studio.gui.training.wording import about_time
from cnn_studio.models.networks import NetworkKind
from cnn_studio.training.estimates import DatasetFacts, StepTimes
from cnn_studio.training.presets import BEST, CLASSIC, PRETRAINED
from cnn_studio.training.request import EstimateRequest, TrainingRequest
from cnn_studio.vision.preparation import InputSpec
from tests.gui.training.conftest import fill

FACTS = DatasetFacts(InputSpec(64, 3), 5, image_count=1000)
TIMES = StepTimes(learning=0.4, asking=0.1)


@pytest.fixture
def settings(tmp_path: Path) -> QSettings:
    return QSettings(str(tmp_path / "times.ini"), QSettings.Format.IniFormat)


def test_nothing_is_said_where_nothing_is_known(settings: QSettings) -> None:
    times = RecipeTimes(settings)
    assert not times.knows(NetworkKind.CNN)
    assert times.seconds(BEST.recipe(), FACTS) is None


def test_what_was_measured_is_kept_for_the_next_start(settings: QSettings) -> None:
    times = RecipeTimes(settings)
    times.take_steps(BEST.recipe(), FACTS, TIMES)
    again = RecipeTimes(settings)
    for preset in (BEST, CLASSIC):
        known = times.seconds(preset.recipe(), FACTS)
        assert known is not None
        assert again.seconds(preset.recipe(), FACTS) == pytest.approx(known)
    assert again.seconds(PRETRAINED.recipe(), FACTS) is None  # another network


def test_a_whole_training_tells_more_than_a_few_steps(settings: QSettings) -> None:
    times = RecipeTimes(settings)
    times.take_run(BEST.recipe(), FACTS, 100.0)  # nothing to put right
    assert not times.knows(NetworkKind.CNN)
    times.take_steps(BEST.recipe(), FACTS, TIMES)
    times.take_run(BEST.recipe(), FACTS, 100.0)
    times.take_steps(BEST.recipe(), FACTS, TIMES)
    assert times.seconds(BEST.recipe(), FACTS) == pytest.approx(100.0, rel=1e-3)
    assert RecipeTimes(settings).is_borne_out(NetworkKind.CNN)


@pytest.mark.parametrize("kept", ["", "fast", "1 2", "0 1 1 run", "nan 1 1 run", "1 1 1 run more"])
def test_settings_that_are_no_speed_are_passed_over(settings: QSettings, kept: str) -> None:
    settings.setValue("training/speed/cnn", kept)
    assert not RecipeTimes(settings).knows(NetworkKind.CNN)


def test_a_time_is_said_no_more_exactly_than_it_is_known() -> None:
    said = {seconds: about_time(seconds) for seconds in (3.2, 22.0, 58.4, 97.6, 170.0)}
    assert list(said.values()) == [
        "about 3 s",
        "about 20 s",
        "about 60 s",
        "about 2 min",
        "about 3 min",
    ]


@pytest.fixture
def panel(qtbot: QtBot, studio: Studio, dataset_folder: Path) -> StartPanel:
    """The left side with `colours` counted, 72 images of three classes."""
    panel = StartPanel(studio)
    qtbot.addWidget(panel)
    panel.resize(304, 560)
    panel.show()
    studio.load_datasets()
    studio.choose_dataset("colours")
    line = part(panel, QLabel, "trainingDatasetLine")
    qtbot.waitUntil(lambda: line.text() == "72 images of 3 classes")
    return panel


def part(panel: StartPanel, kind: type[QWidget], name: str) -> Any:
    found = panel.findChild(kind, name)
    assert found is not None, name
    return found


def abouts(panel: StartPanel) -> dict[str, str]:
    field = part(panel, QComboBox, "recipeField")
    return {
        field.itemText(place): field.itemData(place, ABOUT_ROLE) for place in range(field.count())
    }


def measured(panel: StartPanel, preset_network: NetworkKind) -> None:
    """Have the engine's answer arrive."""
    preset = PRETRAINED if preset_network is NetworkKind.PRETRAINED else BEST
    times = StepTimes(1e-6, 0.05) if preset is PRETRAINED else TIMES
    panel.take_times(EstimateRequest(1, preset.recipe(), FACTS), times)


def test_at_first_there_are_the_dataset_the_recipe_start_and_the_time(panel: StartPanel) -> None:
    measured(panel, NetworkKind.PRETRAINED)
    shown = {
        widget.objectName()
        for widget in panel.findChildren(QWidget)
        if widget.isVisible() and widget.objectName() and not widget.objectName().startswith("qt_")
    }
    assert shown == {
        "recipeArea",
        "trainingDatasetTitle",
        "trainingDatasetLine",
        "recipeField",
        "recipeMoreButton",
        "recipePurpose",
        "moreOfRecipeButton",
        "startButton",
        "expectedTime",
    }
    assert part(panel, QLabel, "expectedTime").text().startswith("It takes about ")
    assert part(panel, QLabel, "recipePurpose").text() == (
        "Knows photos already: good from ten of each."
    )


def test_more_has_all_numbers_and_terms_and_the_images_of_each_class(
    qtbot: QtBot, panel: StartPanel
) -> None:
    qtbot.keyClick(panel, Qt.Key.Key_M, Qt.KeyboardModifier.ControlModifier)
    button = part(panel, QPushButton, "moreOfRecipeButton")
    button.setChecked(True)
    for name in ("epochsField", "imageSizeField", "seedField", "weightDecayField"):
        assert part(panel, QWidget, name).isVisible()
    for name in ("weightsLabel", "recipeSummary", "classCounts"):
        assert part(panel, QWidget, name).isVisible()
    assert button.text() == "Less"
    assert "Ctrl+M" in button.toolTip()
    assert button.shortcut().toString() == "Ctrl+M"


def test_each_recipe_says_what_it_is_for_and_how_long_it_takes_where_that_is_known(
    panel: StartPanel,
) -> None:
    assert abouts(panel)["Classic"] == "The textbook's way"
    measured(panel, NetworkKind.CNN)
    said = abouts(panel)
    assert said["Classic"].startswith("The textbook's way, about ")
    assert said["Quick look"].startswith("Fast and rough, about ")
    assert said["Pretrained"] == "Knows photos already: good from ten of each"
    measured(panel, NetworkKind.PRETRAINED)
    assert "about" in abouts(panel)["Pretrained"]
    field = part(panel, QComboBox, "recipeField")
    spoken = field.itemData(2, Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == f"Classic. {said['Classic']}"


def test_the_time_follows_the_recipe_at_once(panel: StartPanel) -> None:
    measured(panel, NetworkKind.PRETRAINED)
    before = part(panel, QLabel, "expectedTime").text()
    part(panel, QSpinBox, "epochsField").setValue(10_000)
    assert part(panel, QLabel, "expectedTime").text() not in ("", before)


def test_an_unknown_network_is_timed_while_the_recipes_are_compared(
    qtbot: QtBot, panel: StartPanel
) -> None:
    field = part(panel, QComboBox, "recipeField")
    with qtbot.waitSignal(panel.time_wanted) as asked:
        field.showPopup()
    assert asked.args[0].network is NetworkKind.PRETRAINED
    with qtbot.waitSignal(panel.time_wanted) as asked:
        measured(panel, NetworkKind.PRETRAINED)
    assert asked.args[0].network is NetworkKind.CNN
    with qtbot.assertNotEmitted(panel.time_wanted, wait=50):
        measured(panel, NetworkKind.CNN)
    field.hidePopup()
    with qtbot.assertNotEmitted(panel.time_wanted, wait=50):
        field.showPopup()
    field.hidePopup()


def test_the_list_shows_both_lines_of_every_recipe_whole(panel: StartPanel) -> None:
    measured(panel, NetworkKind.CNN)
    measured(panel, NetworkKind.PRETRAINED)
    field = part(panel, QComboBox, "recipeField")
    field.showPopup()
    view = field.view()
    for place, about in enumerate(abouts(panel).values()):
        room = view.visualRect(field.model().index(place, 0))
        assert room.width() >= view.fontMetrics().horizontalAdvance(about)
        assert room.height() >= 2 * view.fontMetrics().height()
        assert view.viewport().rect().contains(room)
    field.hidePopup()


def test_a_training_on_another_dataset_says_nothing_of_this_one(
    qtbot: QtBot, panel: StartPanel, studio: Studio
) -> None:
    fill(studio.workspace.datasets / "other", "red", 4)
    fill(studio.workspace.datasets / "other", "blue", 4)
    measured(panel, NetworkKind.PRETRAINED)
    label = part(panel, QLabel, "expectedTime")
    before = label.text()
    recipe = panel.recipe()
    for name, is_of_this in (("other", False), ("colours", True)):
        panel.set_training(True)
        dataset = find_dataset(studio.workspace, name)
        panel.take_run(TrainingRequest(dataset, recipe, studio.workspace.runs), 9.0)
        panel.set_training(False)
        assert (label.text() != before) == is_of_this
