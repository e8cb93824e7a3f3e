"""Augmentation by kind and strength: checked, named, and read from files and command lines."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from cnn_studio.data.cards import Orientation
from cnn_studio.errors import UsageError
from cnn_studio.training.strengths import FORMER, NAMED, Augmentation, Flip, Turns

OWN = Augmentation(Flip.BOTH, shift=0.1, rotate=0.5, erase=0.25)


TURNED = Augmentation(turns=Turns.ALL, shift=0.1)


@pytest.mark.parametrize(
    "augmentation",
    [
        *NAMED.values(),
        OWN,
        TURNED,
        *(replace(known, turns=turns) for known in NAMED.values() for turns in Turns),
    ],
)
def test_strengths_survive_a_round_trip(augmentation: Augmentation) -> None:
    assert Augmentation.from_plain(augmentation.to_plain()) == augmentation


def test_what_is_written_down_are_kinds_and_never_a_name_that_may_change() -> None:
    assert Augmentation.OFF.to_plain() == "off"
    for name in ("symmetries", "light", "strong"):
        assert isinstance(NAMED[name].to_plain(), dict)
    assert OWN.to_plain() == {"flip": "both", "shift": 0.1, "rotate": 0.5, "erase": 0.25}


def test_a_command_line_can_name_the_strengths() -> None:
    assert Augmentation.from_plain("flip=both, shift=0.1,rotate=0.5,erase=0.25") == OWN


def test_turns_stand_beside_other_kinds_and_behind_a_name() -> None:
    assert Augmentation.from_plain("turns=all,shift=0.1") == TURNED
    assert TURNED.to_plain() == {"turns": "all", "shift": 0.1}
    turned = Augmentation.from_plain("light, turns=quarter")
    assert turned == replace(Augmentation.LIGHT, turns=Turns.QUARTER)
    assert Augmentation.from_plain("strong,rotate=0.3") == replace(Augmentation.STRONG, rotate=0.3)


def test_turns_with_mirrors_need_no_other_mirror() -> None:
    assert Augmentation(Flip.BOTH, Turns.ALL) == Augmentation(turns=Turns.ALL)
    assert Augmentation(Flip.BOTH, Turns.QUARTER) != Augmentation(turns=Turns.QUARTER)


def test_a_run_that_wrote_a_name_down_is_read_as_what_it_was() -> None:
    assert Augmentation.recorded("light") == Augmentation(Flip.SIDEWAYS, shift=0.06, zoom=0.1)
    assert Augmentation.recorded("strong") == Augmentation(
        Flip.SIDEWAYS, shift=0.12, rotate=0.05, zoom=0.2, brightness=0.2, contrast=0.25
    )
    assert Augmentation.recorded("off") == Augmentation.OFF
    for former in FORMER.values():
        assert Augmentation.recorded(former.to_plain()) == former
    with pytest.raises(UsageError, match="not understood"):
        Augmentation.recorded("wild")


def test_what_was_written_before_there_were_turns_has_none() -> None:
    old = {"flip": "both", "shift": 0.1, "rotate": 0.5, "erase": 0.25}
    assert Augmentation.from_plain(old) == OWN
    assert OWN.turns is Turns.OFF


@pytest.mark.parametrize("name", NAMED)
def test_a_name_follows_the_card_of_a_dataset(name: str) -> None:
    standing = Augmentation.suited(name, Orientation.UP)
    lying = Augmentation.suited(name, Orientation.ANY)
    assert standing.turns is Turns.OFF
    assert lying.turns is (Turns.OFF if name == "off" else Turns.ALL)
    assert Augmentation.from_plain(name) == standing
    for orientation, strengths in ((Orientation.UP, standing), (Orientation.ANY, lying)):
        assert strengths.name_for(orientation) == name
        assert strengths.to_preset(orientation) == name
        assert Augmentation.from_plain(strengths.to_plain()) == strengths


@pytest.mark.parametrize("orientation", Orientation)
@pytest.mark.parametrize("value", ["turns=quarter", "light,turns=quarter", {"flip": "both"}, OWN])
def test_what_is_said_kind_by_kind_follows_no_card(value: Any, orientation: Orientation) -> None:
    strengths = Augmentation.suited(value, orientation)
    assert strengths == Augmentation.from_plain(value)
    assert strengths.name_for(orientation) is None
    kept = strengths.to_preset(orientation)
    assert Augmentation.suited(kept, orientation) == strengths


def test_a_strength_without_the_turns_of_the_card_is_kept_as_it_is() -> None:
    kept = Augmentation.LIGHT.to_preset(Orientation.ANY)
    assert Augmentation.suited(kept, Orientation.ANY) == Augmentation.LIGHT


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({"shift": 0.6}, r"shift must be 0 to 0.5, not 0.6"),
        ({"zoom": True}, "zoom must be 0 to 0.5"),
        ({"flip": "diagonal"}, "off, sideways or both"),
        ({"turns": "half"}, "turns must be off, quarter or all, not 'half'"),
        ({"turns": 0.5}, "turns must be off, quarter or all"),
        ("light,turns=maybe", "turns must be off, quarter or all"),
        ("light,much", "can be 'off'"),
        ({"blur": 1}, "there is no blur"),
        ("wild", "can be 'off', 'light', 'strong'"),
        ("shift=much", "can be 'off'"),
        (3, "can be 'off'"),
    ],
)
def test_nonsense_is_refused(value: Any, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        Augmentation.from_plain(value)
