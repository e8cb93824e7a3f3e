"""Recipes with a name: shown as what they change, kept in files that others can read."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from cnn_studio.data.cards import Orientation
from cnn_studio.data.catalog import find_dataset
from cnn_studio.errors import UsageError
from cnn_studio.models.networks import NetworkKind
from cnn_studio.paths import Workspace
from cnn_studio.training.presets import (
    BEST,
    CLASSIC,
    PRESETS,
    PRETRAINED,
    QUICK,
    THOROUGH,
    Preset,
    differences,
    find_preset,
    first_preset,
    own_presets,
    plain_preset,
    read_preset,
    usual_preset,
    write_preset,
)
from cnn_studio.training.recipe import Augmentation, Recipe, Schedule
from cnn_studio.training.strengths import Flip, Turns
from tests.training.class_pictures import put_pictures

OWN = Recipe(
    epochs=20,
    batch_size=32,
    augmentation=Augmentation(Flip.BOTH, shift=0.1),
    schedule=Schedule.COSINE,
    class_weights=True,
)


def test_classic_is_the_recipe_as_it_always_was() -> None:
    assert CLASSIC.recipe() == Recipe()
    assert differences(CLASSIC.recipe(), Recipe()) == ()


def test_a_preset_is_shown_as_what_it_changes() -> None:
    mirrored = BEST.recipe(overriding={"augmentation": {"flip": "sideways"}})
    told = {d.key: (d.title, d.value, d.other) for d in differences(mirrored, Recipe())}
    assert told["schedule"] == ("Schedule", "cosine", "constant")
    assert told["ema"] == ("Weight averaging", str(BEST.values["ema"]), "off")
    assert told["augmentation"] == ("Augmentation", "flip sideways", "off")
    assert "epochs" not in told


def test_a_preset_suits_its_dataset_and_never_enlarges_images() -> None:
    assert QUICK.recipe(card_size=64).image_size == 32
    assert QUICK.recipe(card_size=28).image_size is None
    assert QUICK.recipe(batch_size=16).batch_size == 16
    assert QUICK.recipe(16, 64, {"batch_size": 8, "image_size": 48, "epochs": 1}).image_size == 48


@pytest.mark.parametrize("said", ["symmetries", "light", "strong"])
def test_a_named_augmentation_follows_the_datasets_card(said: str) -> None:
    preset = Preset("mine", "Mine", "", {"augmentation": said})
    standing = preset.recipe(orientation=Orientation.UP).augmentation
    lying = preset.recipe(orientation=Orientation.ANY).augmentation
    assert (standing.turns, lying.turns) == (Turns.OFF, Turns.ALL)
    assert lying == replace(standing, turns=Turns.ALL)
    overridden = CLASSIC.recipe(None, 64, {"augmentation": said}, Orientation.ANY)
    assert overridden.augmentation == lying
    own = CLASSIC.recipe(None, 64, {"augmentation": f"{said},turns=off"}, Orientation.ANY)
    assert own.augmentation == standing


@pytest.mark.parametrize("preset", PRESETS)
def test_no_preset_turns_what_has_an_up(preset: Preset) -> None:
    assert preset.recipe(orientation=Orientation.UP).augmentation.turns is Turns.OFF


def test_thorough_takes_the_minutes_and_the_cards_symmetries() -> None:
    recipe = THOROUGH.recipe(batch_size=8, card_size=64, orientation=Orientation.ANY)
    assert (recipe.epochs, recipe.batch_size, recipe.final_fit) == (30, 32, True)
    assert recipe.augmentation == Augmentation(turns=Turns.ALL)
    assert recipe.ema > 0
    assert recipe.final_epochs(30) == 9
    told = {d.key: d.value for d in differences(recipe, Recipe())}
    assert told["augmentation"] == "quarter turns and mirrors"
    mixed = replace(recipe, augmentation=Augmentation(turns=Turns.QUARTER, shift=0.1))
    told = {d.key: d.value for d in differences(mixed, Recipe())}
    assert told["augmentation"] == "quarter turns, shift 0.1"


def test_a_kept_recipe_follows_the_card_of_the_next_dataset(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    for made_for in Orientation:
        recipe = BEST.recipe(overriding={"augmentation": "strong"}, orientation=made_for)
        write_preset(path, recipe, "Mine", orientation=made_for)
        assert 'augmentation = "strong"' in path.read_text()
        for orientation in Orientation:
            again = read_preset(path).recipe(orientation=orientation)
            assert again.augmentation == Augmentation.suited("strong", orientation)


def test_a_runs_recipe_repeats_the_run_whatever_the_card_says_now(tmp_path: Path) -> None:
    for said in ("light", "light,turns=all", {"turns": "quarter"}):
        path = tmp_path / "recipe.json"
        path.write_text(json.dumps({"recipe": {"augmentation": said}}))
        for orientation in Orientation:
            recipe = read_preset(path).recipe(orientation=orientation)
            assert recipe.augmentation == Augmentation.recorded(said)
    path.write_text(json.dumps({"recipe": {"augmentation": "wild"}}))
    with pytest.raises(UsageError, match=r"recipe.json is not understood: The augmentation can be"):
        read_preset(path)


def test_a_recipe_file_survives_a_round_trip_and_says_only_what_differs(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    write_preset(path, OWN, "Mine", "For the garden")
    preset = read_preset(path)
    assert (preset.name, preset.title, preset.summary) == ("mine", "Mine", "For the garden")
    assert preset.recipe() == OWN
    assert "learning_rate" not in path.read_text()


def test_json_and_the_recipe_of_a_run_are_read(tmp_path: Path) -> None:
    run = tmp_path / "20261125-objects"
    run.mkdir()
    values = {"dataset": "objects", "recipe": replace(OWN, limit=None).to_dict()}
    (run / "recipe.json").write_text(json.dumps(values))
    assert read_preset(run / "recipe.json").recipe() == OWN
    (tmp_path / "a.json").write_text('{"epochs": 3}')
    assert read_preset(tmp_path / "a.json").recipe() == Recipe(epochs=3)


def test_recipes_are_found_by_name_and_by_file(workspace: Workspace, tmp_path: Path) -> None:
    assert [find_preset(workspace, preset.name) for preset in PRESETS] == list(PRESETS)
    assert find_preset(workspace, "Quick look") is QUICK
    write_preset(workspace.root / "recipes" / "mine.toml", OWN, "Mine")
    (workspace.root / "recipes" / "bad.toml").write_text("nonsense = 1")
    assert find_preset(workspace, "mine").recipe() == OWN
    assert [preset.title for preset in own_presets(workspace)] == ["Mine"]
    with pytest.raises(
        UsageError, match=r"no recipe theirs\. There are pretrained, best, .*, mine;"
    ):
        find_preset(workspace, "theirs")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("epochs = 0", r"recipe.toml is not understood: Epochs must be 1 to"),
        ("colour = 1", r"there is no colour\. Expected some of epochs"),
        ("schedule = 'fast'", "not understood.*fast"),
        ("class_weights = 'yes'", "Class weights must be true or false"),
        ("epochs = ", "is not understood"),
        ("[augmentation]\nblur = 1", "there is no blur"),
    ],
)
def test_a_bad_file_is_refused_in_a_sentence(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "recipe.toml"
    path.write_text(text)
    with pytest.raises(UsageError, match=message):
        read_preset(path)
    with pytest.raises(UsageError, match="The file is not there"):
        read_preset(tmp_path / "none.toml")


def test_the_recipe_offered_first_is_the_better_one_and_classic_is_the_textbooks() -> None:
    assert first_preset(NetworkKind.CNN) is BEST
    assert first_preset(NetworkKind.PRETRAINED) is PRETRAINED
    assert plain_preset(NetworkKind.CNN) is CLASSIC
    assert "textbook" in CLASSIC.purpose
    assert PRESETS.index(BEST) < PRESETS.index(CLASSIC)
    assert "75.5 % (Classic 69.5 %)" in BEST.summary


def test_what_is_offered_first_for_a_dataset(workspace: Workspace) -> None:
    put_pictures(workspace.datasets / "mine", "red", 1)
    assert usual_preset(find_dataset(workspace, "objects")) is BEST
    assert usual_preset(find_dataset(workspace, "fashion-mnist")) is BEST
    assert usual_preset(find_dataset(workspace, "mine")) is PRETRAINED


@pytest.mark.parametrize(("suited", "taken"), [(8, 8), (64, 64), (128, 64)])
def test_few_images_make_the_batch_of_best_smaller(suited: int, taken: int) -> None:
    assert BEST.recipe(batch_size=suited).batch_size == taken
    own = Preset("own", "Own", "", {"batch_size": 64})  # a person's own is taken as it stands
    assert own.recipe(batch_size=suited).batch_size == 64
    assert BEST.recipe(suited, overriding={"batch_size": 100}).batch_size == 100


def test_every_recipe_of_the_program_says_in_a_line_what_it_is_for() -> None:
    for preset in PRESETS:
        assert 0 < len(preset.purpose) <= 45, preset.name
        assert not preset.purpose.endswith(".")
