"""One small model for all tests of prediction."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.models.small_run import write_run


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run with three classes at 16x16 RGB; tests do not change it."""
    folder = tmp_path_factory.mktemp("runs") / "small"
    write_run(folder)
    return folder
