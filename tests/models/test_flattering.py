"""The honest figure beside the flattering one, as it is kept in a run's folder."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cnn_studio.errors import ModelError
from cnn_studio.models.bundle import LITE_FILE, RunStatus, write_bundle
from cnn_studio.models.flattering import (
    FLATTERING_FILE,
    ChangesSince,
    Flattering,
    images_of,
    is_worth_asking,
    read_flattering,
    write_flattering,
)
from cnn_studio.models.intervals import wilson
from cnn_studio.models.runs import SPLIT_FILE, Run, open_run
from tests.models.small_run import bundle


def a_run(folder: Path, grouped: int | None = 3, **changes: Any) -> Run:
    write_bundle(folder, bundle(**changes))
    (folder / LITE_FILE).write_bytes(b"weights")
    split = {"train": ["shoe/a.jpg", "shoe/b.jpg"], "validation": ["shoe/c.jpg"], "notes": []}
    values = split if grouped is None else {**split, "grouped": grouped}
    (folder / SPLIT_FILE).write_text(json.dumps(values), encoding="utf-8")
    return open_run(folder)


def test_what_was_found_is_read_back(tmp_path: Path) -> None:
    found = Flattering(0.8, 50, 0.97, 51, ChangesSince(2, 3, 1), 497)
    write_flattering(tmp_path, found)
    assert read_flattering(tmp_path) == found
    assert "Trust the honest figure" in found.why
    assert found.honest_interval == wilson(40, 50)
    assert found.random_interval == wilson(49, 51)


def test_figures_that_agree_are_said_to(tmp_path: Path) -> None:
    assert "claims no more" in Flattering(0.8, 50, 0.81, 51).why


def test_what_changed_since_is_said_in_words() -> None:
    assert ChangesSince().in_words == ""
    assert ChangesSince(1).in_words == "1 image was relabelled since"
    assert ChangesSince(0, 0, 1_200).in_words == "1,200 images were deleted since"
    assert ChangesSince(2, 0, 1).in_words == "2 images were relabelled and 1 deleted since"
    found = Flattering(0.8, 50, 0.81, 51, ChangesSince(2, 3, 1), 497)
    assert found.about_changes == (
        "2 images were relabelled, 3 left out and 1 deleted since; measured on the other 497."
    )
    assert Flattering(0.8, 50, 0.81, 51).about_changes == ""


@pytest.mark.parametrize("text", [None, "{", "[]", '{"honest": 1.0}'])
def test_what_cannot_be_read_was_never_found(tmp_path: Path, text: str | None) -> None:
    if text is not None:
        (tmp_path / FLATTERING_FILE).write_text(text, encoding="utf-8")
    assert read_flattering(tmp_path) is None


def test_it_is_worth_asking_where_images_belong_together(tmp_path: Path) -> None:
    assert is_worth_asking(a_run(tmp_path))
    assert images_of(tmp_path) == ("shoe/a.jpg", "shoe/b.jpg", "shoe/c.jpg")


@pytest.mark.parametrize(
    ("grouped", "changes"),
    [(0, {}), (None, {}), (3, {"validation": None}), (3, {"status": RunStatus.STOPPED})],
)
def test_it_is_not_worth_asking(
    tmp_path: Path, grouped: int | None, changes: dict[str, Any]
) -> None:
    assert not is_worth_asking(a_run(tmp_path, grouped, **changes))


def test_without_its_split_nothing_is_known_of_a_run(tmp_path: Path) -> None:
    run = a_run(tmp_path)
    (tmp_path / SPLIT_FILE).unlink()
    assert not is_worth_asking(run)
    with pytest.raises(ModelError, match=SPLIT_FILE):
        images_of(tmp_path)
