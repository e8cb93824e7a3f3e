"""An archive that nobody means well with costs one sentence: no memory, no disk, no time."""

from __future__ import annotations

import gzip
import json
import lzma
import random
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from cnn_studio.data import archive_limits
from cnn_studio.data.archives import is_archive, open_archive
from cnn_studio.data.catalog import create_dataset
from cnn_studio.data.class_folders import ClassFolders
from cnn_studio.data.import_plan import plan_import
from cnn_studio.data.incoming_zip import IncomingZip
from cnn_studio.errors import DatasetError
from cnn_studio.paths import Workspace
from tests.data import hostile_archives as hostile
from tests.data.archives import tar
from tests.data.pictures import jpeg


@pytest.fixture
def folders(workspace: Workspace) -> ClassFolders:
    return ClassFolders(create_dataset(workspace, "Things"))


_READ_ALL = """
import json, resource, sys
from pathlib import Path
import cv2
from cnn_studio.data.archives import is_archive, open_archive
from cnn_studio.errors import DatasetError

before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
said, listed = [], 0
try:
    is_archive(Path(sys.argv[1]))
    with open_archive(Path(sys.argv[1])) as archive:
        for entry in archive:
            listed += not entry.refusal
            try:
                entry.read()
            except DatasetError as error:
                said.append(str(error))
except DatasetError as error:
    said.append(str(error))
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(json.dumps([listed, (peak - before) >> 10, said[:3]]))
"""


def _read_all(path: Path) -> tuple[int, int, str]:
    """How many files are listed, how many MB listing and reading them takes, and what is said."""
    command = [sys.executable, "-c", _READ_ALL, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    listed, megabytes, said = json.loads(done.stdout)
    return listed, megabytes, " ".join(said)


@pytest.mark.skipif(sys.platform != "linux", reason="memory is measured in other units")
@pytest.mark.parametrize(
    ("name", "make", "listed", "sentence"),
    [
        ("deep.zip", lambda: hostile.deep(2000), 0, "more than 3 deep"),
        ("tree.zip", lambda: hostile.tree(16, 4), 0, "more than 3 deep"),
        ("heavy.zip", lambda: hostile.heavy_inner(4, 300), 0, "1000 times its size"),
        ("same.zip", lambda: hostile.overlapping(300, 100), 0, "share their bytes"),
        ("bzip2.zip", lambda: hostile.lying_size(12, 500), 1, "damaged in the zip"),
        ("lzma.zip", lambda: hostile.lying_size(14, 300), 1, "damaged in the zip"),
        ("deflate.zip", lambda: hostile.lying_size(8, 300), 1, "damaged in the zip"),
        ("index.zip", lambda: hostile.large_directory(100), 0, "a directory of over 64 MB"),
        ("count.zip", lambda: hostile.large_directory(40), 0, "more than 200,000 files"),
        ("names.zip", lambda: hostile.endless_names(20), 0, "more than any system takes"),
        ("a.tar.xz", lambda: hostile.lzma_bomb(1, 1 << 29), 0, "takes more than 256 MB of memory"),
        ("a.tar.bz2", lambda: hostile.bz2_bomb(1), 0, "1000 times its size"),
    ],
)
def test_what_would_fill_the_memory_does_not(
    tmp_path: Path, name: str, make: Callable[[], bytes], listed: int, sentence: str
) -> None:
    (tmp_path / name).write_bytes(make())
    found, megabytes, said = _read_all(tmp_path / name)
    assert found == listed
    assert sentence in said
    assert megabytes < 300


@pytest.mark.parametrize("kind", list(hostile.tar_bombs()))
@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
def test_a_tar_that_is_not_honest_is_refused_or_read(
    tmp_path: Path, kind: str, packed: bool
) -> None:
    data = hostile.tar_bombs()[kind]
    path = tmp_path / "a.tar"
    path.write_bytes(gzip.compress(data, 1) if packed else data)
    is_archive(path)
    said = ""
    try:
        with open_archive(path) as archive:
            for entry in archive:
                if not entry.refusal:
                    assert entry.read() == jpeg(1)
                assert len(entry.path.name) < 100
    except DatasetError as error:
        said = str(error)
    assert len(said.splitlines()) <= 1
    assert not said or "a.tar" in said


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA, zipfile.ZIP_DEFLATED])
def test_an_honest_zip_is_read_whatever_it_is_packed_with(tmp_path: Path, method: int) -> None:
    path = tmp_path / "a.zip"
    large = random.Random(1).randbytes(3 << 20)
    inner = hostile.zip_of({"1.jpg": jpeg(7), "sub/2.jpg": jpeg(8)}, method)
    files = {"cup/a.jpg": jpeg(1), "cup/b.jpg": large, "cup/none.jpg": b"", "x-samples.zip": inner}
    path.write_bytes(hostile.zip_of(files, method))
    with open_archive(path) as archive:
        found = {"/".join((*e.folders, e.path.name)): e.read() for e in archive}
        again = {"/".join((*e.folders, e.path.name)): e.read() for e in archive}
    assert found == again
    assert found == {
        "cup/a.jpg": jpeg(1),
        "cup/b.jpg": large,
        "cup/none.jpg": b"",
        "x/1.jpg": jpeg(7),
        "sub/2.jpg": jpeg(8),
    }


def test_one_zip_too_deep_costs_its_own_images_only(folders: ClassFolders, tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    files = {"cup/a.jpg": jpeg(1), "deep-samples.zip": hostile.deep(5), "pen/b.jpg": jpeg(2)}
    path.write_bytes(hostile.zip_of(files))
    with plan_import(folders, [path]) as plan:
        assert [file.path.name for _name, file in plan.files] == ["a.jpg", "b.jpg"]
        ((where, reason),) = plan.skipped
    assert where.name == "cup-samples.zip"
    assert "more than 3 deep" in reason


@pytest.mark.parametrize(
    ("limit", "value", "sentence"),
    [
        ("MAX_ENTRIES", 20, "has more than 20 files"),
        ("MAX_UNPACKED_BYTES", 90_000, "unpacks to more than 0 GB"),
        ("MAX_INNER", 2, "has more than 2 archives in it"),
        ("MAX_INNER_BYTES", 40_000, "has archives of more than 0 GB in it"),
        ("MAX_LISTING_S", -1.0, "minutes to look through"),
    ],
)
def test_limits_hold_for_all_levels_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str, value: float, sentence: str
) -> None:
    inner = hostile.zip_of({f"{n}.jpg": jpeg(n) for n in range(9)}, zipfile.ZIP_STORED)
    assert 15_000 < len(inner) < 16_000
    path = tmp_path / "a.zip"
    path.write_bytes(hostile.zip_of({f"{n}-samples.zip": inner for n in range(4)}, 0))
    with IncomingZip(path) as archive:
        assert len([entry for entry in archive if not entry.refusal]) == 36
    monkeypatch.setattr(archive_limits, limit, value)
    with IncomingZip(path) as archive:
        entries = list(archive)
    assert 0 <= len([entry for entry in entries if not entry.refusal]) <= 18
    assert sentence in " ".join(entry.refusal for entry in entries)


def test_xz_files_one_behind_the_other_with_zeros_between_are_read(tmp_path: Path) -> None:
    whole = tar(tmp_path / "a.tar", {f"c/{n}.jpg": jpeg(n) for n in range(9)}).read_bytes()
    halves = [lzma.compress(whole[:5000]), bytes(8), lzma.compress(whole[5000:]), bytes(4)]
    path = tmp_path / "b.tar.xz"
    path.write_bytes(b"".join(halves))
    with open_archive(path) as archive:
        assert [entry.read() for entry in archive] == [jpeg(n) for n in range(9)]
    path.write_bytes(halves[0] + bytes(8) + halves[2][:-30])
    with pytest.raises(DatasetError, match=r"damaged: b\.tar\.xz"):
        open_archive(path)


@pytest.mark.parametrize("kind", ["zip", "bzip2 zip", "lzma zip", "tar", "tar.gz", "tar.xz"])
def test_damage_anywhere_is_a_sentence(tmp_path: Path, kind: str) -> None:
    files = {"cup/a.jpg": jpeg(1), "pen/ü.jpg": jpeg(2)}
    methods = {"zip": 8, "bzip2 zip": 12, "lzma zip": 14}
    if kind in methods:
        inner = hostile.zip_of(files, methods[kind])
        data = hostile.zip_of({**files, "x-samples.zip": inner}, methods[kind])
    else:
        mode = {"tar": "w", "tar.gz": "w:gz", "tar.xz": "w:xz"}[kind]
        data = tar(tmp_path / "good", files, mode=mode).read_bytes()
    chance = random.Random(kind)
    path = tmp_path / ("a.zip" if kind in methods else f"a.{kind}")
    for _ in range(150):
        broken = bytearray(data)
        for _ in range(chance.choice((1, 3, 20))):
            place = chance.randrange(len(broken))
            broken[place] = chance.choice((0, 0xFF, 0x7F, chance.randrange(256)))
        path.write_bytes(broken[: chance.choice((len(broken), chance.randrange(len(broken)))) + 1])
        is_archive(path)
        try:
            with open_archive(path) as archive:
                for entry in archive:
                    try:
                        entry.read()
                    except DatasetError:
                        continue
        except DatasetError:
            continue
