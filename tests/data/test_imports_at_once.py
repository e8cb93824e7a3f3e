"""Two imports of the same images at once store nothing twice, whatever programs they are of."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from collections import Counter
from pathlib import Path

import pytest

from cnn_studio.data.catalog import create_dataset
from cnn_studio.data.class_folders import ClassFolders
from cnn_studio.data.import_notes import import_turn
from cnn_studio.data.import_plan import plan_import
from cnn_studio.data.intake import run_import
from cnn_studio.data.packing import pack_dataset
from cnn_studio.paths import Workspace
from tests.data.pictures import jpeg, put_photo

_COUNT = 60


def _source(tmp_path: Path, kind: str) -> Path:
    folder = tmp_path / "photos"
    for number in range(_COUNT):
        put_photo(folder / ("cup", "pen")[number % 2] / f"{number}.jpg", number)
    if kind == "folder":
        return folder
    path = tmp_path / "photos.zip"
    if kind == "packed":
        other = create_dataset(Workspace(tmp_path / "other"), "Other")
        with plan_import(ClassFolders(other), [folder]) as plan:
            run_import(plan)
        pack_dataset(other, path)
        return path
    with zipfile.ZipFile(path, "w") as archive:
        for photo in folder.rglob("*.jpg"):
            archive.write(photo, photo.relative_to(folder))
    return path


@pytest.mark.parametrize("kind", ["folder", "zip", "packed"])
@pytest.mark.parametrize("is_new", [False, True], ids=["there", "new"])
def test_each_image_is_stored_once(
    workspace: Workspace, tmp_path: Path, kind: str, is_new: bool
) -> None:
    if not is_new:
        create_dataset(workspace, "Things")
    command = [sys.executable, "-m", "cnn_studio", "--workspace", str(workspace.root), "import"]
    command += ["things", str(_source(tmp_path, kind))]
    both = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    said = [process.communicate(timeout=120)[1] for process in both]
    assert not any("Traceback" in text for text in said), said
    stored = Counter(p.read_bytes() for p in (workspace.datasets / "things").glob("*/*.jpg"))
    assert stored == Counter(jpeg(number) for number in range(_COUNT))
    assert 0 in [process.returncode for process in both]
    assert not list((workspace.datasets / "things").rglob("*.part"))


def test_the_turn_comes_and_leaves_nothing_where_nothing_came(workspace: Workspace) -> None:
    folders = ClassFolders(create_dataset(workspace, "Things"))
    with import_turn(folders, lambda: True):
        assert (folders.dataset.folder / ".studio" / "import.lock").is_file()
    assert [path.name for path in folders.dataset.folder.iterdir()] == ["card.toml"]
