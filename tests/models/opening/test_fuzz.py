"""A few of the wrong files that tests/benchmarks/fuzz_models.py makes by the thousand."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.benchmarks.fuzz_models import fuzz
from tests.models.opening.onnx_files import write_onnx


@pytest.fixture(scope="module")
def seeds(models: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Good models to make wrong ones of."""
    folder = tmp_path_factory.mktemp("seeds")
    shutil.copytree(models, folder, dirs_exist_ok=True)
    shutil.copytree(models / "colours", folder / "run")
    write_onnx(folder / "net.onnx", steps=[("Div", [255.0] * 3)])
    return folder


@pytest.mark.parametrize("kind", ["tflite", "onnx", "studio-zip", "teachable-zip", "studio-json"])
def test_wrong_files_are_refused_and_the_window_lives(
    seeds: Path, tmp_path: Path, kind: str
) -> None:
    report = fuzz(kind, seeds, tmp_path, files=25, seed=5)
    assert report.counts["opened"] >= 1  # the first is right
    assert report.counts["opened"] + report.counts["refused"] + report.counts["child died"] == 25
    assert max(report.window_mb, report.trial_mb) < 1000
