"""Which opened files are remembered."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from PySide6.QtCore import QSettings

from cnn_studio.gui.prediction.model.opened_files import MOST, OpenedFiles
from cnn_studio.models.runs import Run, RunStatus

RUN = Run(Path("opened"), RunStatus.FINISHED, "shoes", datetime(2026, 11, 22, tzinfo=UTC))


def _settings(folder: Path) -> QSettings:
    return QSettings(str(folder / "s.ini"), QSettings.Format.IniFormat)


def test_files_are_remembered_while_they_exist(tmp_path: Path) -> None:
    paths = [tmp_path / f"{number}.tflite" for number in range(MOST + 2)]
    files = OpenedFiles(_settings(tmp_path))
    for path in paths:
        path.touch()
        files.remember(path, RUN)
    assert [file.path for file in files.files] == paths[: -MOST - 1 : -1]
    assert files.runs == (RUN,) * MOST
    paths[-1].unlink()
    later = OpenedFiles(_settings(tmp_path))
    assert [file.path for file in later.files] == paths[-2 : -MOST - 1 : -1]
    assert later.runs == ()


def test_a_file_that_cannot_be_opened_is_forgotten(tmp_path: Path) -> None:
    path = tmp_path / "a.tflite"
    path.touch()
    files = OpenedFiles(_settings(tmp_path))
    files.remember(path, RUN)
    files.forget(path)
    assert files.files == ()
    assert OpenedFiles(_settings(tmp_path)).files == ()
