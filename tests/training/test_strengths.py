"""Augmentation by kind and strength: checked, named, and read from files and command lines."""

from __future__ import annotations

from typing import Any

import pytest

from cnn_studio.errors import UsageError
from cnn_studio.training.strengths import NAMED, Augmentation, Flip

OWN = Augmentation(Flip.BOTH, shift=0.1, rotate=0.5, erase=0.25)


@pytest.mark.parametrize("augmentation", [*NAMED.values(), OWN])
def test_strengths_survive_a_round_trip(augmentation: Augmentation) -> None:
    assert Augmentation.from_plain(augmentation.to_plain()) == augmentation


def test_what_has_a_name_is_written_by_its_name() -> None:
    assert Augmentation.LIGHT.to_plain() == "light"
    assert OWN.to_plain() == {"flip": "both", "shift": 0.1, "rotate": 0.5, "erase": 0.25}


def test_a_command_line_can_name_the_strengths() -> None:
    assert Augmentation.from_plain("flip=both, shift=0.1,rotate=0.5,erase=0.25") == OWN


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({"shift": 0.6}, r"shift must be 0 to 0.5\. Received: 0.6"),
        ({"zoom": True}, "zoom must be 0 to 0.5"),
        ({"flip": "diagonal"}, "off, sideways or both"),
        ({"blur": 1}, "there is no blur"),
        ("wild", "Expected 'off', 'light', 'strong'"),
        ("shift=much", "Expected 'off'"),
        (3, "Expected 'off'"),
    ],
)
def test_nonsense_is_refused(value: Any, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        Augmentation.from_plain(value)
