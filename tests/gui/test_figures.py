"""Numbers as the window writes them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QLocale

import cnn_studio.gui
from cnn_studio.gui.figures import short, whole


@pytest.fixture(autouse=True)
def language() -> Iterator[None]:
    """Whatever language a test sets, the next one begins with that of the machine."""
    before = QLocale()
    yield
    QLocale.setDefault(before)


@pytest.mark.parametrize(
    ("count", "en", "es"),
    [
        (0, "0", "0"),
        (999, "999", "999"),
        (1_000, "1 k", "1 k"),
        (6_000, "6 k", "6 k"),
        (1_230, "1.2 k", "1,2 k"),
        (9_949, "9.9 k", "9,9 k"),
        (9_950, "10 k", "10 k"),
        (999_499, "999 k", "999 k"),
        (999_500, "1 M", "1 M"),
        (1_234_567, "1.2 M", "1,2 M"),
        (12_345_678, "12 M", "12 M"),
    ],
)
def test_a_short_form_says_about_how_many(count: int, en: str, es: str) -> None:
    for language, expected in (("en", en), ("es", es)):
        QLocale.setDefault(QLocale(language))
        assert short(count) == expected


def test_counts_are_grouped_where_no_language_is_set_as_well() -> None:
    QLocale.setDefault(QLocale.c())
    assert whole(1_234_567) == "1,234,567"


@pytest.mark.parametrize(
    ("name", "written"), [("en", "1,234,567"), ("es", "1.234.567"), ("de", "1.234.567")]
)
def test_a_count_is_grouped_as_the_language_does(name: str, written: str) -> None:
    QLocale.setDefault(QLocale(name))
    assert whole(1_234_567) == written


def test_no_file_of_the_window_groups_a_count_by_itself() -> None:
    for path in Path(cnn_studio.gui.__file__).parent.rglob("*.py"):
        grouped = re.findall(r"\{[^{}]*:[^{}]*,[df]?\}", path.read_text(encoding="utf-8"))
        assert grouped == [], f"{path}: figures.whole writes it as the person's language does"
