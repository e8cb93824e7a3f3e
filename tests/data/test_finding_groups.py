"""Findings of a kind together, and what stays the same from one checkup to the next."""

from __future__ import annotations

from pathlib import Path

from cnn_studio.data.finding_groups import grouped, together
from cnn_studio.data.findings import Finding, FindingKind, Fix

NEAR = FindingKind.NEAR_DUPLICATE


def copies(*names: str, surplus: int = -1, across: bool = False) -> Finding:
    """Copies of the first of these images; `surplus` says how many of them go."""
    paths = tuple(Path("things") / f"{name}.jpg" for name in names)
    classes = tuple(dict.fromkeys(path.parent.name for path in paths))
    goes = () if across else paths[1:] if surplus < 0 else paths[-surplus:]
    fixes = (Fix.CHOOSE_CLASS,) if across else (Fix.DELETE,)
    return Finding(NEAR, paths, "why", classes, fixes, goes, 2, across)


def test_what_stands_in_several_classes_is_a_kind_of_its_own() -> None:
    within, across = copies("pen/a", "pen/b"), copies("pen/c", "cup/d", across=True)
    groups = grouped([across, within, copies("cup/e", "cup/f")])
    assert [len(group.findings) for group in groups] == [1, 2]
    assert groups[0].whole == across
    assert groups[1].whole.why.startswith("2 sets of images show nearly the same picture.")
    assert [sample.mark_name for sample in groups[1].whole.samples] == [
        "pen/a.jpg",
        "pen/b.jpg",
        "cup/e.jpg",
        "cup/f.jpg",
    ]


def test_no_deletion_is_offered_for_pictures_in_several_classes() -> None:
    whole = together([copies("pen/a", "cup/b", across=True), copies("pen/c", "cup/d", across=True)])
    assert whole.fixes == ()
    assert whole.surplus == ()
    assert "show one picture in several classes" in whole.why


def test_the_one_that_stays_of_a_set_is_not_taken_away_as_a_copy_in_another() -> None:
    whole = together([copies("pen/a", "pen/b"), copies("pen/b", "pen/c")])
    assert [path.name for path in whole.paths] == ["a.jpg", "b.jpg", "c.jpg"]
    assert [path.name for path in whole.surplus] == ["c.jpg"]


def test_what_is_found_again_is_the_same_object() -> None:
    before = grouped([copies("pen/a", "pen/b"), copies("pen/c", "pen/d", "pen/e")])
    after = grouped([copies("pen/a", "pen/b"), copies("pen/c", "pen/d")], before)
    assert after[0].findings[0] is before[0].findings[0]
    for was, now in zip(before[0].whole.samples, after[0].whole.samples, strict=False):
        assert now is was
    assert len(after[0].whole.samples) == 4
