"""What a class may be called."""

from __future__ import annotations

import pytest

from cnn_studio.data.class_names import check_class_name, class_meant, is_same_name
from cnn_studio.errors import DatasetError


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" shoe ", "shoe"),
        ("left shoe", "left shoe"),
        ("v1.2", "v1.2"),
        ("Schlüssel", "Schlüssel"),
        ("Schlu\u0308ssel", "Schlüssel"),
        ("鞋", "鞋"),
        ("console", "console"),
        ("x" * 64, "x" * 64),
        ("鞋" * 64, "鞋" * 64),
        ("card", "card"),
        ("desktop", "desktop"),
    ],
)
def test_a_good_name_is_kept(typed: str, kept: str) -> None:
    assert check_class_name(typed, ["cap"]) == kept


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", "needs a name"),
        (" \t ", "needs a name"),
        ("x" * 65, "at most 64 characters; this one has 65"),
        ("a/b", "cannot contain '/'"),
        ("a\\b", "cannot contain"),
        ("..", "dot"),
        ("../up", "cannot contain '/'"),
        (".hidden", "dot"),
        ("shoe.", "dot"),
        ("a\nb", "cannot contain"),
        ("a\x00b", "cannot contain"),
        ("a\u202eb", "cannot contain"),
        ("what?", "cannot contain"),
        ("C:", "cannot contain"),
        ("CON", "Windows"),
        ("nul.txt", "Windows"),
        ("com1 .x", "Windows"),
        ("Lpt9", "Windows"),
        ("conin$", "Windows"),
        ("👟" * 61, "at most 240 bytes"),
        ("A: ripe", "cannot contain ':'"),
        ("Card.toml", "called like this file"),
        ("__MACOSX", "called like this file"),
        ("thumbs.db", "called like this file"),
        ("Cap", "already: cap"),
        ("STRASSE", "already: straße"),
    ],
)
def test_a_bad_name_is_refused_with_its_reason(typed: str, reason: str) -> None:
    with pytest.raises(DatasetError, match=reason):
        check_class_name(typed, ["cap", "straße"])


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("cap", "cap"),
        (" CAP ", "cap"),
        ("cafe\u0301", "Café"),
        ("mug ", "mug"),
        ("A: ripe", "A: ripe"),
    ],
)
def test_a_class_that_is_there_is_meant_however_it_is_written(typed: str, meant: str) -> None:
    assert class_meant(typed, ["cap", "Café", "A: ripe"]) == meant


def test_a_class_that_is_not_there_must_be_called_rightly() -> None:
    with pytest.raises(DatasetError, match="cannot contain ':'"):
        class_meant("B: raw", ["A: ripe"])


def test_names_are_the_same_in_any_case_and_composition() -> None:
    assert is_same_name("Ǆ", "ǆ")
    assert is_same_name("\u03aa\u0301", "\u0390")  # upper case of pieces, lower case of one piece
    assert not is_same_name("shoe", "shoes")
