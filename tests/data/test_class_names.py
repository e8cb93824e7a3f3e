"""What a class may be called."""

from __future__ import annotations

import pytest

from cnn_studio.data.class_names import check_class_name
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
    ],
)
def test_a_good_name_is_kept(typed: str, kept: str) -> None:
    assert check_class_name(typed, ["cap"]) == kept


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", "needs a name"),
        (" \t ", "needs a name"),
        ("x" * 65, "at most 64 characters. Received: 65"),
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
        ("Cap", "already: cap"),
        ("STRASSE", "already: straße"),
    ],
)
def test_a_bad_name_is_refused_with_its_reason(typed: str, reason: str) -> None:
    with pytest.raises(DatasetError, match=reason):
        check_class_name(typed, ["cap", "straße"])
