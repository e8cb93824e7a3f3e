"""Small models of both networks for all tests of prediction."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.models.small_run import write_pretrained_run, write_run


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run with three classes at 16x16 RGB; tests do not change it."""
    folder = tmp_path_factory.mktemp("runs") / "small"
    write_run(folder)
    return folder


@pytest.fixture(scope="session")
def pretrained_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of the pretrained network with three classes at 128x128 RGB; tests only read it."""
    folder = tmp_path_factory.mktemp("runs") / "pretrained"
    write_pretrained_run(folder)
    return folder
