"""Class names in a text."""

from __future__ import annotations

import pytest

from cnn_studio.errors import ModelError
from cnn_studio.models.opening.labels import INSIDE, Labels, fitted, may_have_labels, read_labels


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("0 shoe\n1 cap\n", ("shoe", "cap")),
        ("0 red shoe\r\n1 7 up\r\n\r\n", ("red shoe", "7 up")),
        ("shoe\ncap", ("shoe", "cap")),
        ("7 up\n1 cap", ("7 up", "1 cap")),
        ("\ufeff0: Schuh\n1: Mütze", ("Schuh", "Mütze")),
        ("", ()),
        ("1: shoe\n2: cap", ("shoe", "cap")),
        ("1\tshoe\n0\tcap", ("cap", "shoe")),
        ("1 euro\n2 euro", ("1 euro", "2 euro")),
        ("0,shoe\n1,cap\n", ("shoe", "cap")),
        ("id,name\n0,shoe\n1,cap\n", ("shoe", "cap")),
        ("name,id\ncap,1\nshoe,0\n", ("shoe", "cap")),
        ("n01440764 tench, Tinca tinca\nn01443537 goldfish", ("tench, Tinca tinca", "goldfish")),
        ("{0: 'tench, Tinca',\n 1: \"a cock's comb\"}", ("tench, Tinca", "a cock's comb")),
        ("['shoe', 'cap']", ("shoe", "cap")),
        ("tench, Tinca\ngoldfish, gold", ("tench, Tinca", "goldfish, gold")),
    ],
)
def test_names_are_read_with_and_without_numbers(text: str, names: tuple[str, ...]) -> None:
    assert read_labels(text.encode("utf-8")) == names


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("labels.txt", "0 Möhre\r\n1 Äpfel\r\n2 œuf 5 €\r\n"),
        ("labels.csv", "id;name\r\n0;Möhre\r\n1;Äpfel\r\n2;œuf 5 €\r\n"),
        ("labels.json", '["Möhre", "Äpfel", "œuf 5 €"]'),
    ],
)
def test_names_are_read_as_windows_saves_them(encoding: str, name: str, text: str) -> None:
    assert read_labels(text.encode(encoding), name) == ("Möhre", "Äpfel", "œuf 5 €")


def test_what_is_no_text_is_no_list_of_names() -> None:
    for data in (b"a\0b\n", b"\x89PNG\r\n\x1a\n", b"\xff\xfe\x00" * 40, b"caf\x81\n", bytes(99)):
        with pytest.raises(ModelError, match="must be a text"):
            read_labels(data)


def test_what_is_no_list_of_names_is_refused() -> None:
    for data in (b"\xff\xfe\x00", b"a\n" * 10_001):
        with pytest.raises(ModelError, match=r"labels\.txt"):
            read_labels(data)


@pytest.mark.parametrize(
    ("name", "text", "names"),
    [
        ("classes.csv", "class_id,class_name\n1,cap\n0,shoe\n", ("shoe", "cap")),
        ("labels.csv", "shoe\ncap\n", ("shoe", "cap")),
        ("labels.csv", "0;shoe\n1;cap\n", ("shoe", "cap")),
        ("class_index.json", '{"0": ["n1", "shoe"], "1": ["n2", "cap"]}', ("shoe", "cap")),
        ("labels.json", '["shoe", "cap"]', ("shoe", "cap")),
        ("classes.json", '{"cap": 1, "shoe": 0}', ("shoe", "cap")),
        ("config.json", '{"id2label": {"1": "cap", "0": "shoe"}, "x": 3}', ("shoe", "cap")),
        ("metadata.json", '{"labels": ["shoe", "cap"], "imageSize": 224}', ("shoe", "cap")),
        ("config.json", '{"layers": 3}', ()),
        ("labels.json", "no json", ()),
    ],
)
def test_names_are_read_from_tables_and_json(name: str, text: str, names: tuple[str, ...]) -> None:
    assert read_labels(text.encode(), name) == names


def test_the_text_called_after_labels_comes_first_and_two_that_may_be_are_refused() -> None:
    colours, shapes = Labels("colours.txt", ("red", "blue")), Labels("shapes.txt", ("o", "x"))
    more = Labels("more.txt", ("a", "b", "c"))
    assert fitted([more, colours], 2).names == ("red", "blue")
    assert fitted([Labels("labels.txt", ("A", "B")), colours], 2).names == ("A", "B")
    with pytest.raises(ModelError, match=r"Both colours\.txt and shapes\.txt have 2 names"):
        fitted([colours, shapes], 2)
    with pytest.raises(ModelError, match=r"4 classes and 3 names beside it \(3 names in more\.txt"):
        fitted([more, colours], 4)


def test_of_two_texts_that_are_named_for_labels_none_is_taken_in_silence() -> None:
    first, second = Labels("labels_a.txt", ("a", "b")), Labels("labels_b.txt", ("c", "d"))
    with pytest.raises(ModelError, match=r"Both labels_a\.txt and labels_b\.txt have 2 names"):
        fitted([first, second], 2)
    longer = Labels("classes.txt", ("a", "b", "c"))
    colours = Labels("colours.txt", ("red", "blue"))
    assert fitted([longer, second, colours], 2).names == ("c", "d")
    same = Labels("labels_b.txt", ("a", "b"))
    assert fitted([first, same], 2).names == ("a", "b")
    for sure in (
        Labels("labels.txt", ("x", "y")),
        Labels(INSIDE, ("x", "y")),
        Labels("net.txt", ("x", "y"), is_models_own=True),
    ):
        assert fitted([first, second, sure], 2).names == ("x", "y")


def test_a_background_too_many_is_left_out_and_equal_names_are_numbered() -> None:
    found = fitted([Labels("labels.txt", ("background", "cap", "shoe"))], 2)
    assert (found.names, found.background) == (("cap", "shoe"), "")
    assert "'background' is left out" in found.note
    found = fitted([Labels("labels.txt", ("crane", "cap", "crane"))], 3)
    assert found.names == ("crane", "cap", "crane (2)")
    assert "crane" in found.note
    found = fitted([Labels("labels.txt", ("background", "cap", "shoe"))], 3)
    assert found.background == "background"


def test_which_files_may_have_labels() -> None:
    names = ("labels.txt", "imagenet_classes.txt", "synset.txt", "a.csv", "coco.names")
    assert all(map(may_have_labels, names))
    others = ("README.txt", "requirements.txt", "LICENSE.txt", "package.json", "a.png", "a")
    assert not any(map(may_have_labels, others))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("labels.txt", "{" + "1" * 500_000),
        ("labels.txt", "['" + "\\'" * 300_000),
        ("labels.txt", "{" + "1:" * 300_000),
        ("labels.txt", "{1:" + " " * 900_000),
        ("labels.csv", "a," + "b" * 200_000 + "\nc,d"),
        ("labels.csv", "²,cap\n³,shoe"),
        ("labels.json", '{"²": "cap", "³": "shoe"}'),
        ("labels.json", '{"labels": {"a": ' * 2_000),
    ],
)
def test_no_text_takes_long_or_ends_in_an_error(name: str, text: str) -> None:
    assert isinstance(read_labels(text.encode(), name), tuple)
