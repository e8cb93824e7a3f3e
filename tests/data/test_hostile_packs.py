"""A packed dataset is checked whole before anything of it is stored."""

from __future__ import annotations

import hashlib
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from cnn_studio.data.catalog import create_dataset
from cnn_studio.data.class_folders import ClassFolders
from cnn_studio.data.unpacking import is_packed_dataset, look_into, unpack_dataset
from cnn_studio.errors import DatasetError
from cnn_studio.paths import Workspace
from tests.cli.conftest import Cli, cli  # noqa: F401 - a fixture
from tests.data.pictures import jpeg

FILES = {"cup/1.jpg": jpeg(1), "pen/2.jpg": jpeg(2)}
CARD = b"title = 'Things'\nclasses = ['cup', 'pen']\n"
SHA = hashlib.sha256(jpeg(1)).hexdigest()


def packed(
    path: Path,
    *,
    card: bytes | None = CARD,
    images: dict[str, bytes] | None = None,
    manifest: bytes | None = None,
    more: dict[str, bytes] | None = None,
    **values: Any,
) -> Path:
    """A packed dataset in which something is otherwise."""
    images = FILES if images is None else images
    facts = {
        name: {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}
        for name, data in images.items()
    }
    said = {"format": "cnn-studio-dataset", "schema_version": 1, "files": facts, "marks": {}}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in {**images, **(more or {})}.items():
            archive.writestr(name, data)
        archive.writestr("manifest.json", manifest or json.dumps({**said, **values}))
        if card is not None:
            archive.writestr("card.toml", card)
    return path


def _raw(text: str) -> bytes:
    return f'{{"format": "cnn-studio-dataset", "schema_version": 1, "files": {text}}}'.encode()


WRONG: dict[str, dict[str, Any]] = {
    "infinity": {"schema_version": float("inf")},
    "nan": {"schema_version": float("nan")},
    "version is a text": {"schema_version": "1"},
    "version is true": {"schema_version": True},
    "deep": {"manifest": _raw("[" * 5_000)},
    "deep and large": {"manifest": _raw("[" * 100_000)},
    "many values": {"manifest": _raw("[" + "0," * 30_000 + "0]")},
    "cut short": {"manifest": _raw("{")},
    "no text": {"manifest": _raw("{}") + b"\xff"},
    "marks are a list": {"marks": [1]},
    "marks are a table of tables": {"marks": {"test": {"cup/1.jpg": 1}}},
    "marks are numbers": {"marks": {"test": [1, None]}},
    "marks are a text": {"marks": {"test": "cup/1.jpg"}},
    "files are a list": {"files": ["cup/1.jpg"]},
    "a file is a list": {"files": {"cup/1.jpg": [SHA]}},
    "a file is nothing": {"files": {"cup/1.jpg": None}},
    "a file has no sum": {"files": {"cup/1.jpg": {"bytes": 5}}},
    "a sum is a number": {"files": {"cup/1.jpg": {"sha256": 5}}},
    "a sum is short": {"files": {"cup/1.jpg": {"sha256": "ab"}}},
    "a size is a text": {"files": {"cup/1.jpg": {"sha256": SHA, "bytes": "x"}}},
    "a name is a list": {"files": {"cup/1.jpg": {"sha256": SHA, "name": ["x"]}}},
    "title is a list": {"title": ["x"]},
    "card is no TOML": {"card": b"[[["},
    "card is no text": {"card": b"title = '\xff'"},
    "card is deep": {"card": b"x = " + b"[" * 3_000},
    "card has infinity": {"card": b"title = 'x'\ntarget_per_class = inf\n"},
    "card is all wrong": {"card": b"title = 5\nclasses = 'x'\ninput = []\npixels = 7\n"},
    "card has wrong pixels": {"card": b"title = 'x'\nclasses = ['cup']\n[input]\nsize = 'x'\n"},
    "card has a class twice": {"card": b"title = 'x'\nclasses = ['cup', 'cup']\n"},
    "card of another storage": {"card": b"title = 'x'\nclasses = ['cup']\nstorage = 'idx'\n"},
    "card is large": {"card": b"title = 'x'\nclasses = []\n" + b"# \n" * 3_000_000},
}


@pytest.mark.parametrize("kind", list(WRONG))
def test_what_is_wrong_in_it_is_said_and_nothing_of_it_is_stored(
    cli: Cli,  # noqa: F811
    workspace: Workspace,
    tmp_path: Path,
    kind: str,
) -> None:
    path = packed(tmp_path / "a.zip", **WRONG[kind])
    assert is_packed_dataset(path)
    with pytest.raises(DatasetError):
        look_into(path)
    answer = cli("import", "new", path)
    assert answer.code == 1
    assert "a.zip" in answer.sentence
    assert not (workspace.datasets / "new").exists()
    mine = create_dataset(workspace, "Mine", ["pen"])
    before = sorted(mine.folder.rglob("*"))
    with pytest.raises(DatasetError):
        unpack_dataset(mine, path)
    assert sorted(mine.folder.rglob("*")) == before


def test_commas_in_names_are_no_values(tmp_path: Path) -> None:
    name = ", [".join("abcdefghijkl") + ' "x'
    images = {f"{name}/{number}.jpg": jpeg(number) for number in range(600)}
    marks = {"excluded": list(images)}
    path = packed(tmp_path / "a.zip", card=None, images=images, title=name, marks=marks)
    assert look_into(path).images == len(images)
    many = json.dumps({name: [0] * 12_000})  # the values themselves are counted as before
    with pytest.raises(DatasetError, match="describes more than its 602 files"):
        look_into(packed(tmp_path / "b.zip", images=images, manifest=_raw(many)))


def test_two_files_of_one_name_are_refused(workspace: Workspace, tmp_path: Path) -> None:
    path = packed(tmp_path / "a.zip")
    with (
        pytest.warns(UserWarning, match="Duplicate"),
        zipfile.ZipFile(path, "a") as archive,
    ):
        archive.writestr("cup/1.jpg", jpeg(3))
    new = create_dataset(workspace, "New")
    with pytest.raises(DatasetError, match=r"a\.zip holds two files of one name: 1\.jpg"):
        unpack_dataset(new, path)
    assert [entry.name for entry in new.folder.iterdir()] == ["card.toml"]


def test_names_that_lead_anywhere_cost_their_own_images_only(
    workspace: Workspace, tmp_path: Path
) -> None:
    names = ["../../evil.jpg", "/abs/a.jpg", "cup/../../x.jpg", "\\\\host\\a\\b.jpg", "C:/a/b.jpg"]
    names += ["cup/" + "a" * 60_000 + ".jpg", "a/" * 5_000 + "b.jpg", "cup/good.jpg"]
    files = {name: jpeg(number) for number, name in enumerate(names)}
    path = packed(tmp_path / "a.zip", images=files)
    report = unpack_dataset(create_dataset(workspace, "New"), path)
    assert [sample.path.name for sample in report.samples] == ["good.jpg"]
    assert len(report.skipped) >= 7
    assert all(len(f"{where}{reason}") < 500 for where, reason in report.skipped)
    assert not [found for found in tmp_path.rglob("*.jpg") if found.parent.name != "cup"]


@pytest.mark.parametrize("where", ["new", "mine"])
def test_where_nothing_comes_in_no_class_was_made(
    cli: Cli,  # noqa: F811
    workspace: Workspace,
    tmp_path: Path,
    where: str,
) -> None:
    mine = create_dataset(workspace, "Mine", ["key"])
    card = (mine.folder / "card.toml").read_bytes()
    files = {name: {"sha256": "0" * 64} for name in FILES}
    answer = cli("import", where, packed(tmp_path / "a.zip", files=files))
    assert answer.code == 1
    assert "Nothing new came in" in answer.err
    assert not (workspace.datasets / "new").exists()
    assert (mine.folder / "card.toml").read_bytes() == card
    assert ClassFolders(mine).classes() == ("key",)


def test_a_pack_without_a_card_or_with_a_folder_of_its_name_comes_in(
    workspace: Workspace, tmp_path: Path
) -> None:
    for number, more in enumerate(({}, {"card.toml/a.jpg": jpeg(9)})):
        new = create_dataset(workspace, f"New {number}")
        path = packed(tmp_path / "a.zip", card=None, more=more, title="Things")
        report = unpack_dataset(new, path)
        assert report.imported == 2
        assert ClassFolders(new).counts() == {"cup": 1, "pen": 1}
        assert ClassFolders(new).dataset.title == "Things"


@pytest.mark.parametrize(
    "odd",
    [
        {"card.toml/a.jpg": jpeg(9)},
        {"card.toml": b"[[["},
        {"manifest.json": b"[" * 100_000},
        {"manifest.json/a.jpg": jpeg(9)},
        {".studio/marks.jsonl": b"{"},
    ],
)
def test_odd_files_in_a_plain_zip_are_no_reason_to_refuse_the_rest(
    cli: Cli,  # noqa: F811
    workspace: Workspace,
    tmp_path: Path,
    odd: dict[str, bytes],
) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for name, data in {**FILES, **odd}.items():
            archive.writestr(name, data)
    assert cli("import", "new", tmp_path / "a.zip").code == 0
    new = workspace.datasets / "new"
    counts = {name: len(list((new / name).iterdir())) for name in ("cup", "pen")}
    assert counts == {"cup": 1, "pen": 1}


def test_ten_thousand_names_that_become_one_do_not_take_for_ever(
    workspace: Workspace, tmp_path: Path
) -> None:
    letters = [chr(code) for code in range(1, 31)]
    names = [f"cup/{a}{b}{c}.jpg" for a in letters for b in letters for c in letters][:20_000]
    facts = {name: {"sha256": SHA} for name in names}
    path = packed(tmp_path / "a.zip", files=facts, more={f"x/{n}": b"" for n in range(9_000)})
    assert look_into(path).images == 20_000
