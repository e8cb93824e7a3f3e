"""A card that two have changed at once, or one after the other: each keeps what the other did."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from typing import Any

from cnn_studio.data.cards import DatasetCard
from cnn_studio.data.class_names import folded


def merged_card(before: DatasetCard, after: DatasetCard, now: DatasetCard) -> DatasetCard:
    """The card to write: what somebody else has changed on it meanwhile stays.

    Args:
        before: What the change was made from.
        after: What it made of it.
        now: The card on the disk.
    """
    changed: dict[str, Any] = {
        field.name: getattr(after, field.name)
        for field in fields(DatasetCard)
        if getattr(after, field.name) != getattr(before, field.name)
    }
    if "colours" in changed:
        changed["colours"] = _merged_table(before.colours, after.colours, now.colours)
    if "disabled" in changed:
        changed["disabled"] = _merged_names(before.disabled, after.disabled, now.disabled)
    if now.background != before.background:
        changed.pop("background", None)
    merged = replace(now, **changed)
    if "classes" not in changed:
        return merged
    known = {folded(name) for name in (*before.classes, *after.classes)}
    there = {folded(name) for name in now.classes}
    others = [name for name in now.classes if folded(name) not in known]
    gone = {name for name in before.classes if folded(name) not in there}
    return merged.with_classes([*(name for name in after.classes if name not in gone), *others])


def _merged_table(
    before: Mapping[str, str], after: Mapping[str, str], now: Mapping[str, str]
) -> dict[str, str]:
    kept = {key: value for key, value in now.items() if before.get(key) == after.get(key)}
    return {**kept, **{key: value for key, value in after.items() if before.get(key) != value}}


def _merged_names(
    before: Sequence[str], after: Sequence[str], now: Sequence[str]
) -> tuple[str, ...]:
    known = set(before)
    gone = known - set(after)
    added = [name for name in after if name not in known]
    return tuple(dict.fromkeys(name for name in (*now, *added) if name not in gone))
