"""Class names in a text."""

from __future__ import annotations

import pytest

from cnn_studio.errors import ModelError
from cnn_studio.models.opening.labels import read_labels


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("0 shoe\n1 cap\n", ("shoe", "cap")),
        ("0 red shoe\r\n1 7 up\r\n\r\n", ("red shoe", "7 up")),
        ("shoe\ncap", ("shoe", "cap")),
        ("7 up\n1 cap", ("7 up", "1 cap")),
        ("\ufeff0: Schuh\n1: Mütze", ("Schuh", "Mütze")),
        ("", ()),
    ],
)
def test_names_are_read_with_and_without_numbers(text: str, names: tuple[str, ...]) -> None:
    assert read_labels(text.encode("utf-8")) == names


def test_what_is_no_list_of_names_is_refused() -> None:
    for data in (b"\xff\xfe\x00", b"a\n" * 10_001):
        with pytest.raises(ModelError, match=r"labels\.txt"):
            read_labels(data)
