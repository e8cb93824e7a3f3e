"""Bringing images in: what is good comes in as it is, what is not is told, nothing else happens."""

from __future__ import annotations

import os
import stat
import struct
import threading
import zipfile
import zlib
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from cnn_studio.data import incoming, incoming_zip
from cnn_studio.data.catalog import create_dataset, find_dataset
from cnn_studio.data.class_folders import ClassFolders
from cnn_studio.data.intake import IntakeReport, import_class_tree
from cnn_studio.data.left_out import by_reason, reasons_in_words
from cnn_studio.data.sessions import SessionKind, sequence_of
from cnn_studio.errors import DatasetError
from cnn_studio.paths import Workspace
from tests.data.importing import import_images
from tests.data.pictures import jpeg, put_photo

needs_links = pytest.mark.skipif(os.name == "nt", reason="links need rights on Windows")


@pytest.fixture
def folders(workspace: Workspace) -> ClassFolders:
    return ClassFolders(create_dataset(workspace, "Things", ["shoe", "cap"]))


def _reasons(report: IntakeReport) -> dict[str, str]:
    return {path.name: reason for path, reason in report.skipped}


def _zip(path: Path, entries: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return path


def _png_of(width: int, height: int) -> bytes:
    """A PNG of so many grey pixels, all of them black."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        checksum = zlib.crc32(kind + data)
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", checksum)

    header = struct.pack(">2I5B", width, height, 8, 0, 0, 0, 0)
    packer = zlib.compressobj(1)
    rows = b"".join(packer.compress(bytes(width + 1)) for _ in range(height)) + packer.flush()
    start = b"\x89PNG\r\n\x1a\n"
    return start + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def test_files_and_folders_come_in_as_one_session_and_keep_their_bytes(
    folders: ClassFolders, tmp_path: Path
) -> None:
    single = put_photo(tmp_path / "single.JPG", 1)
    deep = put_photo(tmp_path / "album" / "2026" / "deep.jpg", 2)
    steps: list[tuple[int, int]] = []
    report = import_images(
        folders,
        "shoe",
        [single, tmp_path / "album"],
        progress=lambda *step: steps.append(step),
    )
    assert [sample.path.read_bytes() for sample in report.imported] == [jpeg(1), jpeg(2)]
    assert report.skipped == ()
    assert {sample.path.suffix for sample in report.imported} == {".jpg"}
    [session] = {sample.session for sample in report.imported}
    assert session is not None
    assert session.kind is SessionKind.IMPORT
    assert steps == [(0, 2), (1, 2), (2, 2)]
    assert single.exists()
    assert deep.exists()


def test_what_is_no_image_is_left_out_with_its_reason(
    folders: ClassFolders, tmp_path: Path
) -> None:
    put_photo(tmp_path / "in" / "good.jpg", 1)
    put_photo(tmp_path / "in" / "from_a_browser.jfif", 2)
    (tmp_path / "in" / "half.jpg").write_bytes(jpeg(3)[:200])
    (tmp_path / "in" / "empty.png").touch()
    (tmp_path / "in" / "letter.pdf").write_bytes(b"%PDF")
    (tmp_path / "in" / "Thumbs.db").write_bytes(b"left by Windows")
    (tmp_path / "in" / ".DS_Store").write_bytes(b"left by macOS")
    report = import_images(folders, "shoe", [tmp_path / "in", tmp_path / "gone.jpg"])
    assert folders.counts()["shoe"] == len(report.imported) == 2
    reasons = _reasons(report)
    assert reasons == {
        "half.jpg": "The file is damaged: half.jpg.",
        "empty.png": "The file is empty: empty.png.",
        "letter.pdf": "PDF documents are not read; save its pages as JPEG or PNG: letter.pdf.",
        "gone.jpg": "The file is not there: gone.jpg.",
    }


def test_copies_of_what_the_class_has_are_left_out(folders: ClassFolders, tmp_path: Path) -> None:
    put_photo(folders.folder_of("shoe") / "held.jpg", 1)
    put_photo(tmp_path / "in" / "a.jpg", 1)
    put_photo(tmp_path / "in" / "b.jpg", 2)
    put_photo(tmp_path / "in" / "c.jpg", 2)
    report = import_images(folders, "shoe", [tmp_path / "in"])
    assert len(report.imported) == 1
    assert set(_reasons(report)) == {"a.jpg", "c.jpg"}
    assert "has this very image already" in _reasons(report)["a.jpg"]
    assert len(import_images(folders, "cap", [tmp_path / "in"]).imported) == 2
    again = import_images(folders, "shoe", [tmp_path / "in"])
    assert again.imported == ()
    assert folders.counts() == {"shoe": 2, "cap": 2}


def test_a_cancelled_import_keeps_what_it_has(folders: ClassFolders, tmp_path: Path) -> None:
    for number in range(20):
        put_photo(tmp_path / "in" / f"{number:02d}.jpg", number)
    report = import_images(
        folders, "shoe", [tmp_path / "in"], cancelled=lambda: folders.counts()["shoe"] == 3
    )
    assert len(report.imported) == folders.counts()["shoe"] == 3


def test_a_class_that_is_not_there_yet_is_made(folders: ClassFolders, tmp_path: Path) -> None:
    import_images(folders, "mug", [put_photo(tmp_path / "a.jpg", 1)])
    assert folders.counts() == {"shoe": 0, "cap": 0, "mug": 1}
    with pytest.raises(DatasetError, match="cannot be the name of a class"):
        import_images(folders, "../up", [tmp_path / "a.jpg"])


def test_an_image_of_too_many_pixels_is_left_out(folders: ClassFolders, tmp_path: Path) -> None:
    (tmp_path / "bomb.png").write_bytes(_png_of(12_000, 12_000))
    (tmp_path / "fine.png").write_bytes(_png_of(100, 100))
    assert (tmp_path / "bomb.png").stat().st_size < 1 << 20
    report = import_images(folders, "shoe", [tmp_path / "bomb.png", tmp_path / "fine.png"])
    assert set(_reasons(report)) == {"bomb.png"}


def test_a_file_that_is_too_large_is_not_even_read(
    folders: ClassFolders, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(incoming, "MAX_FILE_BYTES", 1 << 20)
    with (tmp_path / "huge.jpg").open("wb") as stream:
        stream.truncate((1 << 20) + 1)
    report = import_images(folders, "shoe", [tmp_path / "huge.jpg"])
    assert "more than 1 MB" in _reasons(report)["huge.jpg"]


@needs_links
def test_links_in_a_folder_are_followed_and_lead_in_no_circle(
    folders: ClassFolders, tmp_path: Path
) -> None:
    outside = put_photo(tmp_path / "outside" / "linked.jpg", 1)
    put_photo(tmp_path / "album" / "in-a-folder.jpg", 3)
    put_photo(tmp_path / "in" / "own.jpg", 2)
    (tmp_path / "in" / "link.jpg").symlink_to(outside)
    (tmp_path / "in" / "loop").symlink_to(tmp_path / "in")
    (tmp_path / "in" / "album").symlink_to(tmp_path / "album")
    (tmp_path / "in" / "album" / "back").symlink_to(tmp_path / "in" / "album")
    (tmp_path / "in" / "gone.jpg").symlink_to(tmp_path / "nowhere.jpg")
    report = import_images(folders, "shoe", [tmp_path / "in"])
    stored = {sample.path.read_bytes() for sample in report.imported}
    assert stored == {jpeg(1), jpeg(2), jpeg(3)}
    assert outside.is_file()
    reasons = _reasons(report)
    assert set(reasons) == {"loop", "back", "gone.jpg"}
    assert "leads back" in reasons["loop"]
    assert "leads back" in reasons["back"]
    assert "leads nowhere" in reasons["gone.jpg"]


def test_a_linked_file_that_is_moved_leaves_the_photo_that_it_leads_to(
    folders: ClassFolders, tmp_path: Path
) -> None:
    photo = put_photo(tmp_path / "outside" / "photo.jpg", 1)
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "link.jpg").symlink_to(photo)
    assert len(import_images(folders, "shoe", [tmp_path / "in"], move=True).imported) == 1
    assert photo.is_file()
    assert not (tmp_path / "in" / "link.jpg").is_symlink()


def test_a_dataset_without_class_folders_takes_no_images(
    workspace: Workspace, tmp_path: Path
) -> None:
    folders = ClassFolders(find_dataset(workspace, "fashion-mnist"))
    photo = put_photo(tmp_path / "Bag" / "a.jpg", 1)
    with pytest.raises(DatasetError, match="as it was published"):
        import_images(folders, "T-shirt/top", [photo])
    with pytest.raises(DatasetError, match="as it was published"):
        import_class_tree(folders, tmp_path)


@pytest.mark.parametrize("packed", [False, True], ids=["folder", "zip"])
def test_a_tree_is_sorted_into_classes(folders: ClassFolders, tmp_path: Path, packed: bool) -> None:
    entries = {
        "photos/SHOE/a.jpg": jpeg(1),
        "photos/cap/by me/b.jpg": jpeg(2),
        "photos/train/mug/c.jpg": jpeg(3),
        "photos/test/mug/d.jpg": jpeg(4),
        "photos/con/e.jpg": jpeg(5),
        "loose.jpg": jpeg(6),
        "__MACOSX/photos/cap/._b.jpg": b"left by macOS",
    }
    if packed:
        source = _zip(tmp_path / "tree.zip", entries)
    else:
        source = tmp_path / "tree"
        for name, data in entries.items():
            put_photo(source / name, 0).write_bytes(data)
    report = import_class_tree(folders, source)
    assert folders.counts() == {"shoe": 1, "cap": 1, "mug": 2}
    assert {sample.path.read_bytes() for sample in report.imported} == {
        jpeg(number) for number in (1, 2, 3, 4)
    }
    reasons = _reasons(report)
    assert set(reasons) == {"e.jpg", "loose.jpg"}
    assert "Windows" in reasons["e.jpg"]
    assert "no class folder" in reasons["loose.jpg"]


def test_a_zip_cannot_lead_out_of_the_dataset(
    folders: ClassFolders, workspace: Workspace, tmp_path: Path
) -> None:
    names = [
        "../../evil.jpg",
        "/etc/evil.jpg",
        "shoe/../../evil.jpg",
        "..\\evil.jpg",
        "C:\\evil\\evil.jpg",
        "shoe/good.jpg",
    ]
    before = {path for path in tmp_path.rglob("*") if path.is_file()}
    source = _zip(tmp_path / "tree.zip", {name: jpeg(n) for n, name in enumerate(names)})
    report = import_class_tree(folders, source)
    after = {path for path in tmp_path.rglob("*") if path.is_file()}
    assert after - before == {source, *(sample.path for sample in report.imported)}
    assert [sample.class_name for sample in report.imported] == ["shoe"]
    assert len(report.skipped) == 5


def test_links_in_a_zip_are_left_out(folders: ClassFolders, tmp_path: Path) -> None:
    source = tmp_path / "tree.zip"
    with zipfile.ZipFile(source, "w") as archive:
        link = zipfile.ZipInfo("shoe/link.jpg")
        link.create_system = 3
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
        archive.writestr("shoe/good.jpg", jpeg(1))
    report = import_class_tree(folders, source)
    assert len(report.imported) == 1
    assert "not followed" in _reasons(report)["link.jpg"]


def test_an_entry_that_holds_more_than_it_says_is_left_out(
    folders: ClassFolders, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (incoming, incoming_zip):
        monkeypatch.setattr(module, "MAX_FILE_BYTES", 1 << 16)
    bomb = bytes(1 << 20)
    source = _zip(tmp_path / "tree.zip", {"shoe/bomb.bmp": bomb, "shoe/good.jpg": jpeg(1)})
    data = source.read_bytes()
    true_size, told_size = struct.pack("<I", len(bomb)), struct.pack("<I", 99)
    assert data.count(true_size) == 2
    told = tmp_path / "told.zip"
    told.write_bytes(data.replace(true_size, told_size))
    for path, reason in ((source, "more than 0 MB"), (told, "damaged")):
        report = import_class_tree(folders, path)
        assert reason in _reasons(report)["bomb.bmp"]
    assert folders.counts()["shoe"] == 1


def test_damage_in_a_zip_is_told_by_the_file_that_it_hit(
    folders: ClassFolders, tmp_path: Path
) -> None:
    entries = {"shoe/a.jpg": jpeg(1), "shoe/b.jpg": jpeg(2)}
    source = _zip(tmp_path / "tree.zip", entries)
    data = bytearray(source.read_bytes())
    data[200] ^= 0xFF
    source.write_bytes(data)
    report = import_class_tree(folders, source)
    assert [sample.path.read_bytes() for sample in report.imported] == [jpeg(2)]
    assert "damaged in the zip" in _reasons(report)["a.jpg"]


def test_a_locked_zip_is_told(folders: ClassFolders, tmp_path: Path) -> None:
    source = _zip(tmp_path / "tree.zip", {"shoe/a.jpg": jpeg(1)})
    data = bytearray(source.read_bytes())
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(signature) + offset] |= 1
    source.write_bytes(data)
    report = import_class_tree(folders, source)
    assert "password" in _reasons(report)["a.jpg"]


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("tree.zip", b"no zip", "^The file is text and not a zip: tree.zip"),
        ("tree.zip", b"", "^The file is empty: tree.zip"),
        ("tree.zip", b"PK\3\4 and no more", "^The zip file is damaged: tree.zip"),
        ("tree.zip", jpeg(1), "^The file is an image and not a zip: tree.zip"),
        ("tree.zip", b"<!DOCTYPE html><html>", "^The file is a web page and not a zip: tree.zip"),
        ("tree.zip", b"Rar!\x1a\x07\x01\0", "^RAR archives are not read; unpack it.*: tree.zip"),
        ("tree.7z", b"7z\xbc\xaf\x27\x1c\0\4", "^7z archives are not read; unpack it.*: tree.7z"),
        ("tree.tgz", b"\x1f\x8b\x08\0", "^The tar archive is damaged: tree.tgz"),
        ("photo.jpg", jpeg(1), "^The file is an image and not a zip: photo.jpg"),
        ("none.zip", None, "a folder, a zip or a tar archive"),
    ],
)
def test_what_is_neither_folder_nor_zip_is_refused(
    folders: ClassFolders, tmp_path: Path, name: str, content: bytes | None, reason: str
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(DatasetError, match=reason):
        import_class_tree(folders, tmp_path / name)


def test_a_truncated_zip_is_refused(folders: ClassFolders, tmp_path: Path) -> None:
    source = _zip(tmp_path / "tree.zip", {f"shoe/{n}.jpg": jpeg(n) for n in range(5)})
    source.write_bytes(source.read_bytes()[:-40])
    with pytest.raises(DatasetError, match="damaged"):
        import_class_tree(folders, source)


def test_a_tree_without_class_folders_is_refused(folders: ClassFolders, tmp_path: Path) -> None:
    put_photo(tmp_path / "tree" / "loose.jpg", 1)
    with pytest.raises(DatasetError, match="each class needs one"):
        import_class_tree(folders, tmp_path / "tree")


def test_a_full_disk_ends_an_import_in_a_sentence_and_keeps_what_came_before(
    folders: ClassFolders, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(4):
        put_photo(tmp_path / "in" / f"{number}.jpg", number)
    flush = os.fsync
    calls: list[int] = []

    def full(descriptor: int) -> None:
        calls.append(descriptor)
        if len(calls) > 3:  # the note of the import is the first
            raise OSError(28, "No space left on device")
        flush(descriptor)

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(DatasetError, match="No space left on device"):
        import_images(folders, "shoe", [tmp_path / "in"])
    assert folders.counts()["shoe"] == 2


def test_what_is_an_image_comes_in_whatever_it_is_called(
    folders: ClassFolders, tmp_path: Path
) -> None:
    entries = {
        "shoe/IMG_1": jpeg(1),
        "shoe/photo.jpg_large": jpeg(2),
        "shoe/small.png.download": _png_of(40, 40),
        "shoe/README": b"about the shoes",
        "shoe/clip.mp4": b"\0\0\0\x18ftypisom" + bytes(40),
        "shoe/more.zip": b"PK\3\4" + bytes(40),
        "shoe/page.jpg": b"<!DOCTYPE html><html>",
    }
    tree = tmp_path / "tree"
    for name, data in entries.items():
        put_photo(tree / name, 0).write_bytes(data)
    for source in (tree, _zip(tmp_path / "tree.zip", entries)):
        report = import_class_tree(folders, source)
        assert _reasons(report)["README"] == "The file is text and not an image: README."
        assert _reasons(report)["clip.mp4"] == (
            "The file is a video and not an image; named by itself, with a video's ending, it "
            "gives its frames: clip.mp4."
        )
        assert "named by itself it gives its images: more.zip" in _reasons(report)["more.zip"]
        assert "a web page and not an image" in _reasons(report)["page.jpg"]
    assert sorted(sample.path.suffix for sample in folders.samples("shoe")) == [
        ".jpg",
        ".jpg",
        ".png",
    ]


def test_a_zip_packed_in_a_way_that_is_not_read_is_not_called_damaged(
    folders: ClassFolders, tmp_path: Path
) -> None:
    source = _zip(tmp_path / "tree.zip", {"shoe/a.jpg": jpeg(1), "shoe/b": jpeg(2)})
    data = bytearray(source.read_bytes())
    for signature, offset in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        place = data.find(signature)
        while place >= 0:
            data[place + offset] = 9  # Deflate64, as Windows packs large files
            place = data.find(signature, place + 4)
    source.write_bytes(data)
    report = import_class_tree(folders, source)
    assert report.imported == ()
    assert set(_reasons(report)) == {"a.jpg", "b"}
    for reason in _reasons(report).values():
        assert reason.startswith("It is packed in a way that is not read; pack it as a plain zip")


def test_reasons_are_told_with_how_many_files_have_them(tmp_path: Path) -> None:
    skipped = [(tmp_path / f"{n}.jpg", f"The file is damaged: {n}.jpg.") for n in range(3)]
    skipped.insert(1, (tmp_path / "x.jpg", "The file is empty: x.jpg."))
    assert list(by_reason(skipped)) == ["The file is damaged", "The file is empty"]
    words = reasons_in_words({path.name: sentence for path, sentence in skipped})
    assert words == "The file is damaged (3 of them). The file is empty (1 of them)."
    assert reasons_in_words({"a/x.jpg": "The file is empty: x.jpg."}) == "The file is empty."
    assert reasons_in_words({}) == ""


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no such pipes")
def test_a_pipe_does_not_hold_up_an_import(folders: ClassFolders, tmp_path: Path) -> None:
    put_photo(tmp_path / "in" / "a.jpg", 1)
    for name in ("pipe", "pipe.jpg"):
        os.mkfifo(tmp_path / "in" / name)
    report = import_images(folders, "shoe", [tmp_path / "in"])
    assert len(report.imported) == 1
    assert set(_reasons(report)) == {"pipe", "pipe.jpg"}
    assert "no file" in _reasons(report)["pipe"]
    named = import_images(folders, "shoe", [tmp_path / "in" / "pipe.jpg"])
    assert _reasons(named) == {"pipe.jpg": "It is a device or a pipe and no file: pipe.jpg."}


def _hidden_files(folders: ClassFolders) -> list[str]:
    return [path.name for path in folders.dataset.folder.rglob(".*.part")]


def test_the_disk_is_waited_for_by_several_at_once_and_they_come_in_in_order(
    folders: ClassFolders, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(24):
        put_photo(tmp_path / "in" / f"{number:02d}.jpg", number)
    changed, flush = threading.Condition(), os.fsync
    waiting, most = 0, 0

    def wait_for_others(descriptor: int) -> None:
        nonlocal waiting, most
        with changed:
            waiting += 1
            most = max(most, waiting)
            changed.notify_all()
            changed.wait_for(lambda: most >= 4, timeout=1)
            waiting -= 1
        flush(descriptor)

    monkeypatch.setattr("os.fsync", wait_for_others)
    steps: list[tuple[int, int]] = []
    report = import_images(
        folders, "shoe", [tmp_path / "in"], progress=lambda *step: steps.append(step)
    )
    assert [sample.path.read_bytes() for sample in report.imported] == list(map(jpeg, range(24)))
    assert [sequence_of(sample.path.name) for sample in report.imported] == list(range(1, 25))
    assert most >= 4
    assert steps == [(number, 24) for number in range(25)]
    assert _hidden_files(folders) == []


def test_an_image_counts_once_it_is_in_its_place_and_a_cancel_leaves_no_rest(
    folders: ClassFolders, tmp_path: Path
) -> None:
    for number in range(40):
        put_photo(tmp_path / "in" / f"{number:02d}.jpg", number)
    there: list[tuple[int, int]] = []
    report = import_images(
        folders,
        "shoe",
        [tmp_path / "in"],
        progress=lambda done, _all: there.append((done, folders.counts()["shoe"])),
        cancelled=lambda: len(there) > 30,
    )
    assert there == [(number, number) for number in range(31)]
    assert len(report.imported) == folders.counts()["shoe"] == 30
    assert _hidden_files(folders) == []


def test_a_file_that_moves_goes_only_once_its_image_is_on_the_disk(
    folders: ClassFolders, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sources = [put_photo(tmp_path / "in" / f"{number:02d}.jpg", number) for number in range(20)]
    flush = os.fsync
    gone_early: list[str] = []

    def look(descriptor: int) -> None:
        gone = [n for n, path in enumerate(sources) if not path.exists()]
        held = {path.read_bytes() for path in folders.folder_of("shoe").glob("*.jpg")}
        gone_early.extend(str(n) for n in gone if jpeg(n) not in held)
        flush(descriptor)

    monkeypatch.setattr("os.fsync", look)
    report = import_images(folders, "shoe", [tmp_path / "in"], move=True)
    assert len(report.imported) == 20
    assert gone_early == []
    assert not any(path.exists() for path in sources)


def test_what_is_written_when_the_disk_refuses_another_one_comes_in(
    folders: ClassFolders, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(10):
        put_photo(tmp_path / "in" / f"{number:02d}.jpg", number)
    flush = os.fsync
    calls: list[int] = []

    def refuse_the_fifth(descriptor: int) -> None:
        calls.append(descriptor)
        if len(calls) == 5:
            raise OSError(5, "Input/output error")
        flush(descriptor)

    monkeypatch.setattr("os.fsync", refuse_the_fifth)
    with pytest.raises(DatasetError, match="Input/output error"):
        import_images(folders, "shoe", [tmp_path / "in"])
    assert folders.counts()["shoe"] == 9
    assert _hidden_files(folders) == []


@pytest.mark.parametrize("images_each", [1, 20])
def test_an_image_costs_few_calls_of_the_system_however_many_classes_there_are(
    folders: ClassFolders, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, images_each: int
) -> None:
    classes, place = 60 // images_each, folders.dataset.folder
    for number in range(60):
        put_photo(tmp_path / "many" / f"kind {number % classes}" / f"{number}.jpg", number)
    calls: Counter[str] = Counter()

    def counted(name: str) -> None:
        call = getattr(os, name)

        def count(path: Any = ".", *rest: Any, **named: Any) -> Any:
            is_fd = isinstance(path, int)
            calls[name] += not is_fd and Path(os.fspath(path)).is_relative_to(place)
            return call(path, *rest, **named)

        monkeypatch.setattr(os, name, count)

    for name in ("scandir", "mkdir", "stat"):
        counted(name)
    assert len(import_class_tree(folders, tmp_path / "many").imported) == 60
    assert calls["mkdir"] <= classes + 20
    assert calls["scandir"] <= 20  # none for a class that the import has made
    assert calls["stat"] <= 2 * 60 + 2 * classes + 40
