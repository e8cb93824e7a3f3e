"""Names of files that every system takes."""

from __future__ import annotations

import pytest

from cnn_studio.data.file_names import MAX_BYTES, portable_names


@pytest.mark.parametrize(
    "name",
    [
        "photo.jpg",
        "20260102-030405-r-a1b2-0001.jpg",
        "Schlüssel (2).JPG",
        "鞋.png",
        "a.b.c.jpeg",
        "console.jpg",
        " leading.jpg",
    ],
)
def test_a_good_name_stays(name: str) -> None:
    assert portable_names([name]) == {name: name}


@pytest.mark.parametrize(
    ("name", "portable"),
    [
        ("IMG 12:30:05.jpg", "IMG 12-30-05.jpg"),
        ("what?.jpg", "what-.jpg"),
        ("a\\b.jpg", "a-b.jpg"),
        ("line\nbreak.jpg", "line-break.jpg"),
        ("no text \udcff.jpg", "no text -.jpg"),
        ("CON.jpg", "_CON.jpg"),
        ("com1.x.png", "_com1.x.png"),
    ],
)
def test_a_name_that_is_not_for_every_system_is_changed_a_little(name: str, portable: str) -> None:
    assert portable_names([name]) == {name: portable}


def test_names_that_are_one_elsewhere_stay_two() -> None:
    names = ["a-b.jpg", "a:b.jpg", "a?b.jpg", "Shoe.jpg", "shoe.JPG", "é.jpg", "e\u0301.jpg"]
    found = portable_names(names)
    assert len({name.casefold() for name in found.values()}) == len(names)
    assert found["a-b.jpg"] == "a-b.jpg"
    assert {found["a:b.jpg"], found["a?b.jpg"]} == {"a-b-2.jpg", "a-b-3.jpg"}
    assert (found["Shoe.jpg"], found["shoe.JPG"]) == ("Shoe.jpg", "shoe-2.JPG")
    assert portable_names(reversed(names)) == found


@pytest.mark.parametrize("letter", ["x", "é", "鞋", "👟"])
def test_a_name_that_is_too_long_keeps_its_ending(letter: str) -> None:
    (found,) = portable_names([f"{letter * 255}.jpeg"]).values()
    assert len(found.encode()) <= MAX_BYTES
    assert found.endswith(f"{letter}.jpeg")
