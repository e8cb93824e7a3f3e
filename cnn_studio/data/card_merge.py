"""A card that two have changed at once, or one after the other: each keeps what the other did."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from typing import Any

from cnn_studio.data.cards import DatasetCard
from cnn_studio.data.class_names import is_same_name


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
    known = {*before.classes, *after.classes}
    others = [n for n in now.classes if not any(is_same_name(n, name) for name in known)]
    gone = [n for n in before.classes if not any(is_same_name(n, name) for name in now.classes)]
    return merged.with_classes([*(n for n in after.classes if n not in gone), *others])


def _merged_table(
    before: Mapping[str, str], after: Mapping[str, str], now: Mapping[str, str]
) -> dict[str, str]:
    kept = {key: value for key, value in now.items() if before.get(key) == after.get(key)}
    return {**kept, **{key: value for key, value in after.items() if before.get(key) != value}}


def _merged_names(
    before: Sequence[str], after: Sequence[str], now: Sequence[str]
) -> tuple[str, ...]:
    gone = set(before) - set(after)
    added = [name for name in after if name not in before]
    return tuple(dict.fromkeys(name for name in (*now, *added) if name not in gone))
