"""A kill at any moment loses no image, leaves none in two places, and no class half renamed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from cnn_studio.paths import Workspace
from tests.end_to_end.restless import kill_often, populate

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.name == "nt", reason="needs SIGKILL"),
]


def test_kills_lose_nothing(workspace: Workspace, tmp_path: Path) -> None:
    populate(workspace, per_class=120)
    losses = kill_often(workspace, tmp_path / "sources", 12)
    assert losses.sentences == []
    assert losses.kills.total() == 12
    assert losses.in_the_middle.total() >= 3, "The kills came between the operations."
