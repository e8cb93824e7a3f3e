"""What a person means by a word, and whether two folders are apart."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from cnn_studio.paths import is_path, overlap

needs_links = pytest.mark.skipif(os.name == "nt", reason="links need rights on Windows")


@pytest.mark.parametrize(
    "text", ["./pets", "pets/", "a/b", "/pets", "..", ".", "~", "~/pets", "../"]
)
def test_a_path_has_a_separator_in_it(text: str) -> None:
    assert is_path(text)


@pytest.mark.parametrize("text", ["pets", "pets.v2", "My pets", "", "...", "~pets", "12:30"])
def test_a_bare_name_is_no_path(text: str) -> None:
    assert not is_path(text) or os.name == "nt"


def test_folders_overlap_that_are_the_same_or_lie_in_each_other(tmp_path: Path) -> None:
    inner, beside = tmp_path / "pets" / "cat", tmp_path / "pets-too"
    for folder in (inner, beside):
        folder.mkdir(parents=True)
    pets = inner.parent
    for one, other, expected in (
        (pets, pets, True),
        (pets, inner, True),
        (inner, pets, True),
        (tmp_path, inner, True),
        (pets / ".." / "pets", inner, True),
        (pets, beside, False),
        (inner, pets / "dog", False),
        (pets, pets / "not there yet", True),
        (tmp_path / "not there yet", tmp_path / "not there yet", True),
        (tmp_path / "not there yet", pets, False),
    ):
        assert overlap(one, other) is expected, (one, other)


@needs_links
def test_folders_overlap_through_links(tmp_path: Path) -> None:
    pets = tmp_path / "pets"
    (pets / "cat").mkdir(parents=True)
    (tmp_path / "link").symlink_to(pets)
    (tmp_path / "cats").symlink_to(pets / "cat")
    assert overlap(tmp_path / "link", pets)
    assert overlap(tmp_path / "link" / "cat", pets)
    assert overlap(tmp_path / "cats", pets)
    assert not overlap(tmp_path / "cats", tmp_path / "link" / "dog")


def test_upper_and_lower_case_count_where_the_system_says_so(tmp_path: Path) -> None:
    (tmp_path / "pets").mkdir()
    ignores_case = (tmp_path / "PETS").exists()
    assert overlap(tmp_path / "PETS", tmp_path / "pets" / "cat") is ignores_case
