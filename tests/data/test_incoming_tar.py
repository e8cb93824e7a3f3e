"""Tar archives in all usual compressions, under the rules of zips; other archives by name."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import signal
import subprocess
import sys
import tarfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from cnn_studio.data import archive_limits, incoming_tar
from cnn_studio.data.archives import class_name_of_archive, is_archive
from cnn_studio.data.catalog import create_dataset
from cnn_studio.data.class_folders import ClassFolders
from cnn_studio.data.import_plan import plan_import
from cnn_studio.data.incoming_tar import IncomingTar
from cnn_studio.data.intake import run_import
from cnn_studio.errors import DatasetError, ImageError
from cnn_studio.paths import Workspace, cache_folder
from cnn_studio.prediction.pictures import Pictures
from tests.data.archives import tar
from tests.data.pictures import jpeg

KINDS = {"a.tar": "w", "a.tar.gz": "w:gz", "a.tgz": "w:gz", "a.tar.bz2": "w:bz2", "a.txz": "w:xz"}
FILES = {
    "flowers/daisy/1.jpg": jpeg(1),
    "flowers/daisy/2.jpg": jpeg(2),
    "flowers/roses/1.jpg": jpeg(3),
    "flowers/roses/no-ending": jpeg(4),
    "flowers/LICENSE.txt": b"free",
    "flowers/._1.jpg": b"what macOS adds",
    "__MACOSX/1.jpg": b"the same",
}


@pytest.fixture
def folders(workspace: Workspace) -> ClassFolders:
    return ClassFolders(create_dataset(workspace, "Flowers"))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("format_", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_a_tar_comes_in_by_its_folders(
    folders: ClassFolders, tmp_path: Path, kind: str, format_: int
) -> None:
    path = tar(tmp_path / kind, FILES, mode=KINDS[kind], format_=format_)
    with plan_import(folders, [path]) as plan:
        assert {g.class_name: len(g.files) for g in plan.groups} == {"daisy": 2, "roses": 2}
        assert [reason for _path, reason in plan.skipped] == [
            "The file is text and not an image: LICENSE.txt."
        ]
        assert not plan.can_move
        done = run_import(plan)
    assert sorted(sample.path.read_bytes() for sample in done.imported) == sorted(
        data for name, data in FILES.items() if data.startswith(b"\xff\xd8")
    )


def test_the_content_tells_a_tar_whatever_it_is_called(
    folders: ClassFolders, tmp_path: Path
) -> None:
    path = tar(tmp_path / "download", FILES, mode="w:gz")
    assert is_archive(path)
    with plan_import(folders, [path]) as plan:
        assert len(plan.files) == 4


def test_a_tar_in_the_form_before_xz_comes_in(folders: ClassFolders, tmp_path: Path) -> None:
    plain = tar(tmp_path / "a.tar", {"cap/1.jpg": jpeg(1), "shoe/2.jpg": jpeg(2)}).read_bytes()
    for name in ("fruit.tar.lzma", "fruit.tlz", "fruit"):
        path = tmp_path / name
        path.write_bytes(lzma.compress(plain, lzma.FORMAT_ALONE))
        with plan_import(folders, [path]) as plan:
            assert {group.class_name for group in plan.groups} == {"cap", "shoe"}
        path.write_bytes(path.read_bytes()[:-40])
        with pytest.raises(DatasetError, match="damaged"):
            IncomingTar(path)
    (tmp_path / "one.lzma").write_bytes(lzma.compress(b"words", lzma.FORMAT_ALONE))
    ((_path, sentence),) = plan_import(folders, [tmp_path / "one.lzma"]).skipped
    assert "Lzma files of anything but a tar archive" in sentence


def test_a_flat_tar_is_of_the_class_that_it_is_called_after(
    folders: ClassFolders, tmp_path: Path
) -> None:
    path = tar(tmp_path / "daisy.tar.gz", {"1.jpg": jpeg(1)}, mode="w:gz")
    assert class_name_of_archive(path) == "daisy"
    with plan_import(folders, [path]) as plan:
        assert [group.class_name for group in plan.groups] == ["daisy"]


@pytest.mark.parametrize("kind", ["a.tar", "a.tgz"])
def test_several_threads_read_at_once(tmp_path: Path, kind: str) -> None:
    files = {f"c/{n}.jpg": jpeg(n) for n in range(60)}
    path = tar(tmp_path / kind, files, mode=KINDS[kind])
    with IncomingTar(path) as archive, ThreadPoolExecutor(8) as threads:
        entries = list(archive) * 5
        read = list(threads.map(lambda entry: entry.read(), entries))
    assert all(
        data == files[f"c/{entry.path.name}"] for entry, data in zip(entries, read, strict=True)
    )


@pytest.mark.parametrize("format_", [tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
@pytest.mark.parametrize("mode", ["w", "w:gz"])
def test_long_names_and_letters_of_all_kinds_stay_whole(
    tmp_path: Path, format_: int, mode: str
) -> None:
    name = f"{'long ' * 30}/Äpfel ソ 表.jpg"
    path = tar(
        tmp_path / "a", {name: jpeg(1), "./b/.hidden/2.jpg": jpeg(2)}, mode=mode, format_=format_
    )
    with IncomingTar(path) as archive:
        (entry,) = archive
        assert entry.path == path / name
        assert archive.names is None or archive.names.encoding == "utf-8"


@pytest.mark.parametrize("mode", ["w", "w:gz"])
def test_links_devices_and_names_that_lead_out_are_left_out(tmp_path: Path, mode: str) -> None:
    path = tmp_path / "a.tar"
    with tarfile.open(path, mode) as archive:  # type: ignore[call-overload]
        for name, kind in (
            ("c/soft.jpg", tarfile.SYMTYPE),
            ("c/hard.jpg", tarfile.LNKTYPE),
            ("c/pipe.jpg", tarfile.FIFOTYPE),
            ("c/device.jpg", tarfile.CHRTYPE),
        ):
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, "/etc/passwd"
            archive.addfile(info)
        for name in ("../out.jpg", "/abs.jpg", "c/../../out.jpg", "C:\\win.jpg", "./c/good.jpg"):
            info = tarfile.TarInfo(name)
            info.size = len(jpeg(1))
            archive.addfile(info, io.BytesIO(jpeg(1)))
    with IncomingTar(path) as archive:
        entries = list(archive)
    assert [entry.path.name for entry in entries if not entry.refusal] == ["good.jpg"]
    reasons = " ".join(entry.refusal for entry in entries)
    assert reasons.count("Links are not followed") == 2
    assert reasons.count("a device or a pipe") == 2
    assert reasons.count("leads out of the archive") == 4


@pytest.mark.parametrize("kind", KINDS)
def test_one_that_is_cut_short_is_damaged(folders: ClassFolders, tmp_path: Path, kind: str) -> None:
    files = {f"c/{n}.jpg": jpeg(n) for n in range(60)}
    path = tar(tmp_path / kind, files, mode=KINDS[kind])
    whole = path.read_bytes()
    for share in (0.2, 0.5, 0.8):
        path.write_bytes(whole[: int(len(whole) * share) // 512 * 512 - 100])
        with pytest.raises(DatasetError, match=f"The tar archive is damaged: {kind}"):
            plan_import(folders, [path])


def test_one_that_is_cut_between_two_files_says_so(folders: ClassFolders, tmp_path: Path) -> None:
    path = tar(tmp_path / "a.tar", {f"c/{n}.jpg": jpeg(n) for n in range(9)})
    data = path.read_bytes()
    path.write_bytes(data[: data.index(b"c/5.jpg")])
    with plan_import(folders, [path]) as plan:
        assert len(plan.files) == 5
        ((_path, reason),) = plan.skipped
    assert reason == "The archive lacks the mark of its end; files may be missing: a.tar."


@pytest.mark.parametrize("mode", ["w", "w:gz"])
def test_a_head_that_is_damaged_in_the_middle_is_no_quiet_end(tmp_path: Path, mode: str) -> None:
    path = tar(tmp_path / "a.tar", {f"c/{n}.jpg": jpeg(n) for n in range(9)})
    data = bytearray(path.read_bytes())
    place = data.index(b"c/5.jpg")
    data[place : place + 4] = b"\1\2\3\4"
    path.write_bytes(data if mode == "w" else gzip.compress(data))
    with pytest.raises(DatasetError, match="damaged"):
        IncomingTar(path)


def test_a_wrong_checksum_at_the_end_of_a_gzip_is_damage(tmp_path: Path) -> None:
    path = tar(tmp_path / "a.tgz", FILES, mode="w:gz")
    data = bytearray(path.read_bytes())
    data[-8] ^= 1
    path.write_bytes(data)
    with pytest.raises(DatasetError, match="damaged"):
        IncomingTar(path)
    path = tar(tmp_path / "b.tgz", FILES, mode="w:gz")
    path.write_bytes(path.read_bytes() + b"what a server added")
    with IncomingTar(path) as archive:
        assert len(list(archive)) == 5


@pytest.mark.parametrize("compress", [gzip.compress, bz2.compress, lzma.compress])
def test_what_unpacks_to_a_thousand_times_its_size_is_refused(
    tmp_path: Path, compress: object
) -> None:
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w") as archive:
        info = tarfile.TarInfo("c/zeros.jpg")
        info.size = 96 << 20
        archive.addfile(info, io.BytesIO(bytes(info.size)))
    path = tmp_path / "a.tar.x"
    once = compress(data.getvalue())  # type: ignore[operator]
    path.write_bytes(once)
    if len(once) * 1000 > data.tell():  # gzip cannot do it; it is done in two
        pytest.skip("this one is honest")
    with pytest.raises(DatasetError, match="more than 1000 times its size"):
        IncomingTar(path)


@pytest.mark.parametrize("kind", ["a.tar", "a.tgz"])
def test_too_many_files_and_too_many_bytes_are_refused(
    tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tar(tmp_path / kind, FILES, mode=KINDS[kind])
    monkeypatch.setattr(archive_limits, "MAX_ENTRIES", 3)
    with pytest.raises(DatasetError, match="more than 3 files"):
        IncomingTar(path)
    monkeypatch.setattr(archive_limits, "MAX_ENTRIES", 100)
    monkeypatch.setattr(archive_limits, "MAX_UNPACKED_BYTES", 1000)
    with pytest.raises(DatasetError, match="unpacks to more than 0 GB"):
        IncomingTar(path)


@pytest.mark.parametrize(
    ("kind", "size"),
    [(tarfile.XHDTYPE, 1 << 40), (tarfile.GNUTYPE_LONGNAME, 1 << 33), (tarfile.REGTYPE, -512)],
)
def test_a_head_that_would_fill_the_memory_or_go_round_in_circles_is_refused(
    tmp_path: Path, kind: bytes, size: int
) -> None:
    good = tarfile.TarInfo("c/1.jpg")
    bad = tarfile.TarInfo("c/2.jpg")
    bad.type, bad.size = kind, size
    path = tmp_path / "a.tar"
    blocks = [info.tobuf(tarfile.GNU_FORMAT) for info in (good, bad)]
    path.write_bytes(b"".join(blocks) + bytes(10240))
    with pytest.raises(DatasetError, match="damaged"):
        IncomingTar(path)


def test_names_that_are_no_utf_8_are_found_out_as_in_a_zip(
    folders: ClassFolders, tmp_path: Path
) -> None:
    path = tmp_path / "a.tgz"
    with tarfile.open(path, "w:gz", format=tarfile.GNU_FORMAT, encoding="cp932") as archive:
        for name in ("りんご/1.jpg", "表/1.jpg"):
            info = tarfile.TarInfo(name)
            info.size = len(jpeg(1))
            archive.addfile(info, io.BytesIO(jpeg(1)))
    with plan_import(folders, [path]) as plan:
        assert [group.class_name for group in plan.groups] == ["りんご", "表"]
        (reading,) = plan.readings.values()
    assert reading.encoding == "cp932"
    assert not reading.is_certain


def test_a_full_disk_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Full(io.BytesIO):
        def write(self, _data: object) -> int:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(incoming_tar.tempfile, "TemporaryFile", lambda **_where: Full())
    with pytest.raises(DatasetError, match=r"no room to unpack a.tgz .*No space left"):
        IncomingTar(tar(tmp_path / "a.tgz", FILES, mode="w:gz"))


def test_looking_through_ends_when_it_is_to(tmp_path: Path) -> None:
    path = tar(tmp_path / "a.tgz", {f"c/{n}.jpg": jpeg(n) for n in range(50)}, mode="w:gz")
    calls = iter(range(1000))
    with IncomingTar(path, cancelled=lambda: next(calls) > 10) as archive:
        assert len(list(archive)) < 50


@pytest.mark.skipif(os.name == "nt", reason="signals are of other systems")
def test_a_kill_leaves_nothing_of_what_was_unpacked(tmp_path: Path) -> None:
    path = tar(tmp_path / "a.tgz", {f"c/{n}.jpg": jpeg(n) for n in range(200)}, mode="w:gz")
    code = (
        "import sys, time; from pathlib import Path\n"
        "from cnn_studio.data.incoming_tar import IncomingTar\n"
        f"archive = IncomingTar(Path({str(path)!r}))\n"
        "print(len(list(archive)), flush=True); time.sleep(60)"
    )
    before = set(cache_folder().rglob("*")) if cache_folder().exists() else set()
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    with process.stdout:
        assert process.stdout.readline().strip() == "200"
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert cache_folder().is_dir()
    assert set(cache_folder().rglob("*")) <= before | set(cache_folder().glob("*/**"))
    assert not [path for path in cache_folder().rglob("*") if path.is_file()]


def test_the_images_of_a_tar_are_classified(tmp_path: Path) -> None:
    path = tar(tmp_path / "a.tgz", FILES, mode="w:gz")
    with Pictures([path]) as pictures:
        found = [(reading.picture.folder, reading.read().shape) for reading in pictures]
    assert sorted(found) == [("daisy", (24, 32, 3))] * 2 + [("roses", (24, 32, 3))] * 2


OTHERS = {
    "a.7z": (b"7z\xbc\xaf\x27\x1c\0\4", "7z archives are not read"),
    "a.rar": (b"Rar!\x1a\x07\1\0", "RAR archives are not read"),
    "photo.jpg.gz": (gzip.compress(jpeg(1)), "Gzip files of anything but a tar"),
    "photo.xz": (lzma.compress(jpeg(1)), "Xz files of anything but a tar"),
    "a.lzh": (b"!\0-lh5-" + bytes(40), "LHA archives are not read"),
    "a.dmg": (b"\x78\x01" + bytes(600), "Disk images are not read"),
    "a.deb": (b"!<arch>\ndebian-binary", "Ar archives are not read"),
    "download": (b"7z\xbc\xaf\x27\x1c\0\4", "7z archives are not read"),
}


@pytest.mark.parametrize("name", OTHERS)
def test_other_archives_are_named_with_what_to_do(
    folders: ClassFolders, tmp_path: Path, name: str
) -> None:
    content, sentence = OTHERS[name]
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / name).write_bytes(content)
    for path in (tmp_path / "in", tmp_path / "in" / name):
        with plan_import(folders, [path]) as plan:
            ((_path, reason),) = plan.skipped
        assert reason.startswith(sentence)
        assert "bring in the folder" in reason


@pytest.mark.skipif(sys.version_info >= (3, 14), reason="this Python reads it")
def test_zstandard_is_named_where_python_does_not_read_it(
    folders: ClassFolders, tmp_path: Path
) -> None:
    path = tmp_path / "a.tar.zst"
    path.write_bytes(b"\x28\xb5\x2f\xfd" + bytes(20))
    with plan_import(folders, [path]) as plan:
        ((_path, reason),) = plan.skipped
    assert "tar --zstd -xf" in reason


@pytest.mark.parametrize("kind", KINDS)
def test_a_folder_says_which_archives_lie_in_it(
    folders: ClassFolders, tmp_path: Path, kind: str
) -> None:
    (tmp_path / "in").mkdir()
    tar(tmp_path / "in" / kind, FILES, mode=KINDS[kind])
    with plan_import(folders, [tmp_path / "in"]) as plan:
        ((_path, reason),) = plan.skipped
    assert reason == (
        f"The file is a tar archive and not an image; named by itself it gives its images: {kind}."
    )


def test_a_folder_to_classify_says_which_archives_lie_in_it(tmp_path: Path) -> None:
    tar(tmp_path / "a.tgz", FILES, mode="w:gz")
    (tmp_path / "b.7z").write_bytes(OTHERS["a.7z"][0])
    (tmp_path / "c.jpg").write_bytes(jpeg(1))
    with Pictures([tmp_path]) as pictures:
        found = {reading.picture.name: reading for reading in pictures}
    assert set(found) == {"a.tgz", "b.7z", "c.jpg"}
    for name, words in (("a.tgz", "named by itself it gives its images"), ("b.7z", "7-Zip")):
        with pytest.raises(ImageError, match=words):
            found[name].read()
