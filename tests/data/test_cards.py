"""Cards: read, written, and refused in a sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from cnn_studio.data.cards import (
    CARD_NAME,
    DatasetCard,
    Orientation,
    Storage,
    card_for_plain_folder,
    next_step,
    read_card,
    write_card,
)
from cnn_studio.errors import DatasetError
from cnn_studio.paths import built_in_datasets
from cnn_studio.vision.preparation import Fit, InputSpec, Polarity
from tests.data.pictures import put_photo


def test_a_card_survives_being_written_and_read(tmp_path: Path) -> None:
    card = DatasetCard(
        name="leaves",
        title='Leaves, "pressed"',
        classes=("oak", "Bäume", "ash\ttree"),
        input=InputSpec(32, 1, Fit.LETTERBOX, Polarity.LIGHT_ON_DARK),
        target_per_class=50,
        description="Two\nlines.",
        licence="CC0",
        orientation=Orientation.ANY,
    )
    write_card(tmp_path / "leaves", card)
    assert read_card(tmp_path / "leaves") == card


def test_a_card_takes_its_name_from_its_folder(tmp_path: Path) -> None:
    write_card(tmp_path / "copy", DatasetCard("original", "Original", ()))
    assert read_card(tmp_path / "copy").name == "copy"


def test_a_card_of_a_title_only_gets_the_rest(tmp_path: Path) -> None:
    (tmp_path / CARD_NAME).write_text('title = "Short"')
    card = read_card(tmp_path)
    assert card.title == "Short"
    assert card.classes == ()
    assert card.input == InputSpec(64, 3, Fit.CROP)
    assert card.target_per_class == 500
    assert card.storage is Storage.FOLDERS
    assert card.orientation is Orientation.UP


def test_only_photos_from_above_have_no_up(tmp_path: Path) -> None:
    has_up = {
        folder.name: read_card(folder).orientation is Orientation.UP
        for folder in built_in_datasets().iterdir()
    }
    assert has_up == {"fashion-mnist": True, "objects": True, "satellite": False}
    write_card(tmp_path, DatasetCard("things", "Things", ()))
    assert "orientation" not in (tmp_path / CARD_NAME).read_text()  # as it always was


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("title =", "not understood"),
        ("title = 3", "title must be a text, not 3"),
        ('classes = "shoe"', "classes must be a list of names"),
        ('classes = ["a", "a"]', "each class once, and a twice"),
        ('classes = ["../a"]', "cannot be the name of a class"),
        ("target_per_class = 0", "from 1 to 1,000,000, not 0"),
        ('storage = "tape"', "tape"),
        ('orientation = "down"', "orientation must be up or any, not 'down'"),
        ("orientation = 90", "orientation must be up or any, not 90"),
        ("[input]\nsize = 4", "16 to 512"),
        ("input = 3", "not understood"),
        ("\x00", "not understood"),
    ],
)
def test_a_broken_card_is_refused_with_its_path(tmp_path: Path, text: str, expected: str) -> None:
    (tmp_path / CARD_NAME).write_text(text)
    with pytest.raises(DatasetError, match=expected) as caught:
        read_card(tmp_path)
    assert str(tmp_path / CARD_NAME) in str(caught.value)


def test_a_card_that_is_not_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / CARD_NAME).write_bytes(b"\xff\xfe\x00\xd8")
    with pytest.raises(DatasetError, match="not understood"):
        read_card(tmp_path)


def test_a_missing_card_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"^The file is not there: .*card\.toml\.$"):
        read_card(tmp_path)


def test_a_plain_folder_gets_a_card_of_its_classes(tmp_path: Path) -> None:
    put_photo(tmp_path / "my_leaves" / "oak" / "1.jpg", 1)
    put_photo(tmp_path / "my_leaves" / "Ash" / "1.jpg", 2)
    (tmp_path / "my_leaves" / ".git").mkdir()
    card = card_for_plain_folder(tmp_path / "my_leaves")
    assert (card.name, card.title, card.classes) == ("my_leaves", "My leaves", ("Ash", "oak"))


@pytest.mark.parametrize(
    "classes",
    [
        [f"thing{number}.n.01" for number in range(300)],  # as WordNet names them
        [f"{number:05d} {'long name ' * 4}of a class" for number in range(24_000)],
    ],
    ids=["dots", "very many long names"],
)
def test_a_card_that_is_written_is_read_again(tmp_path: Path, classes: list[str]) -> None:
    card = DatasetCard(tmp_path.name, "Things", tuple(classes), description="It is so. " * 300)
    write_card(tmp_path, card)
    assert read_card(tmp_path).classes == card.classes


def test_a_target_may_be_written_with_a_decimal_point(tmp_path: Path) -> None:
    for text, target in (("500.0", 500), ("7", 7)):
        (tmp_path / CARD_NAME).write_text(f"target_per_class = {text}\n")
        assert read_card(tmp_path).target_per_class == target
    for text in ("500.5", "true", "[500]", '"500"'):
        (tmp_path / CARD_NAME).write_text(f"target_per_class = {text}\n")
        with pytest.raises(DatasetError, match="must be a whole number"):
            read_card(tmp_path)


@pytest.mark.parametrize(
    ("lines", "targets"),
    [
        ("title = 'Things'", (10, 40, 200, 500)),
        ("target_per_class = 6000", (10, 40, 200, 6000)),  # a card from before
        ("target_per_class = 40", (10, 40)),
        ("target_per_class = 7", (7,)),
        ("target_per_class = 100\ntarget_steps = [50, 20, 100, 300]", (20, 50, 100)),
        ("target_per_class = 100\ntarget_steps = []", (100,)),
    ],
)
def test_a_card_aims_step_by_step(tmp_path: Path, lines: str, targets: tuple[int, ...]) -> None:
    (tmp_path / CARD_NAME).write_text(f"{lines}\n")
    card = read_card(tmp_path)
    assert card.targets == targets
    write_card(tmp_path, card)
    assert read_card(tmp_path).targets == targets


def test_steps_are_kept_and_their_last_is_the_target_that_others_read(tmp_path: Path) -> None:
    write_card(tmp_path, DatasetCard("things", "Things", ()).with_targets([80, 5, 80]))
    card = read_card(tmp_path)
    assert (card.targets, card.target_per_class) == ((5, 80), 80)
    assert [next_step(card.targets, count) for count in (0, 4, 5, 80, 900)] == [5, 5, 80, 80, 80]


@pytest.mark.parametrize(
    "steps", ["40", '["40"]', "[true]", "[0]", "[-1]", "[2000000]", "[1,2,3,4,5,6,7,8,9]", "[1.5]"]
)
def test_steps_that_are_none_are_refused(tmp_path: Path, steps: str) -> None:
    (tmp_path / CARD_NAME).write_text(f"target_steps = {steps}\n")
    with pytest.raises(DatasetError, match=r"target.steps must be .*, not "):
        read_card(tmp_path)
