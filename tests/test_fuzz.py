"""A few of the wrong files that tests/benchmarks/fuzz_readers.py makes by the thousand."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.benchmarks.doors import KINDS
from tests.benchmarks.fuzz_readers import fuzz
from tests.benchmarks.fuzz_seeds import make_seeds

_FILES = 20
_MOST_S = 30.0  # on a busy machine; alone the slowest takes a tenth


@pytest.fixture(scope="module")
def seeds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Files that are right, to make wrong ones of."""
    folder = tmp_path_factory.mktemp("seeds")
    make_seeds(folder)
    return folder


@pytest.mark.parametrize("kind", list(KINDS))
def test_wrong_files_are_read_or_refused_in_a_sentence(
    seeds: Path, tmp_path: Path, kind: str
) -> None:
    report = fuzz(kind, seeds, tmp_path, files=_FILES, seed=7)
    assert report.faults == {}
    assert report.counts["read"] + report.counts["refused"] == _FILES
    assert report.peak_mb < 1000
    assert report.slowest_s < _MOST_S
