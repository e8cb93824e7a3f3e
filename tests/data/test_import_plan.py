"""An import can be looked at and changed before it begins."""

from __future__ import annotations

import io
import os
import zipfile
from pathlib import Path

import pytest

from cnn_studio.data import archive_limits
from cnn_studio.data.catalog import create_dataset
from cnn_studio.data.class_folders import ClassFolders
from cnn_studio.data.import_plan import plan_import
from cnn_studio.data.intake import run_import
from cnn_studio.errors import DatasetError, UsageError
from cnn_studio.paths import Workspace
from tests.data.importing import import_images
from tests.data.pictures import jpeg, put_photo


@pytest.fixture
def folders(workspace: Workspace) -> ClassFolders:
    return ClassFolders(create_dataset(workspace, "Things", ["shoe", "cap"]))


def _zip(path: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path


def test_each_folder_is_a_group_that_can_be_sent_elsewhere(
    folders: ClassFolders, tmp_path: Path
) -> None:
    for number, name in enumerate(("Shoe/a", "Shoe/b", "mugs/c", "blurred/d", "caps/red/e")):
        put_photo(tmp_path / "in" / f"{name}.jpg", number)
    put_photo(tmp_path / "in" / "loose.jpg", 9)
    with plan_import(folders, [tmp_path / "in"]) as plan:
        groups = {group.source: group for group in plan.groups}
        assert {name: group.class_name for name, group in groups.items()} == {
            "in/Shoe": "shoe",
            "in/mugs": "mugs",
            "in/blurred": "blurred",
            "in/caps/red": "red",
            "in": "",
        }
        assert plan.classes == {"shoe": False, "blurred": True, "red": True, "mugs": True}
        assert [reason for _path, reason in plan.left_out] == [
            "It lies in no class folder: loose.jpg."
        ]
        assert folders.counts() == {"shoe": 0, "cap": 0}
        plan.choose_source(0)
        order = list(groups)
        plan.choose_class([order.index("in/caps/red")], " CAP ")
        plan.choose_class([order.index("in/blurred")], "")
        plan.choose_class([order.index("in/mugs")], "cup")
        with pytest.raises(DatasetError, match="cannot contain"):
            plan.choose_class([0], "a/b")
        report = run_import(plan)
    assert folders.counts() == {"shoe": 2, "cap": 1, "cup": 1}
    assert len(report.imported) == 4


def test_one_spelling_serves_all_groups_and_homeless_files_can_be_given_a_class(
    folders: ClassFolders, tmp_path: Path
) -> None:
    for number, name in enumerate(("Mug/a", "cups/b", "con/c", "loose")):
        put_photo(tmp_path / "in" / f"{name}.jpg", number)
    with plan_import(folders, [tmp_path / "in"]) as plan:
        place = {group.source: n for n, group in enumerate(plan.groups)}
        assert plan.groups[place["in/con"]].problem.startswith("Windows keeps")
        assert len(plan.left_out) == 2
        plan.choose_class([place["in/cups"], place["in/con"], place["in"]], "mug")
        assert plan.classes == {"Mug": True}
        assert plan.left_out == []
        plan.choose_class(range(len(plan.groups)), "mug")
        assert plan.classes == {"mug": True}
        run_import(plan)
    assert folders.counts() == {"shoe": 0, "cap": 0, "mug": 4}


def test_a_project_of_teachable_machine_comes_in_by_its_folders(
    folders: ClassFolders, tmp_path: Path
) -> None:
    project = _zip(
        tmp_path / "project.tm",
        {
            "manifest.json": b'{"type": "image"}',
            "Shoe/0.jpg": jpeg(1),
            "Class 2/0.jpg": jpeg(2),
            "Class 2/1.jpg": jpeg(3),
        },
    )
    with plan_import(folders, [project]) as plan:
        report = run_import(plan)
    assert report.skipped == ()
    assert folders.counts() == {"shoe": 1, "cap": 0, "Class 2": 2}


def test_the_samples_of_one_class_go_to_the_class_that_the_zip_is_called_after(
    folders: ClassFolders, tmp_path: Path
) -> None:
    cap = _zip(tmp_path / "Cap-samples.zip", {"0.jpg": jpeg(1), "metadata.json": b"{}"})
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("0.jpg", jpeg(2))
        archive.writestr("../../out.jpg", jpeg(3))
    both = _zip(
        tmp_path / "all.zip",
        {"Mug-samples (1).zip": inner.getvalue(), "broken samples.zip": b"PK no zip"},
    )
    with plan_import(folders, [cap, both]) as plan:
        report = run_import(plan)
    assert folders.counts() == {"shoe": 0, "cap": 1, "Mug": 1}
    reasons = sorted(reason for _path, reason in report.skipped)
    assert len(reasons) == 2
    assert "leads out of the zip" in reasons[0]
    assert "broken samples.zip" in reasons[1]
    assert "damaged" in reasons[1]
    assert not list(tmp_path.rglob("out.jpg"))


def test_files_that_are_moved_are_gone_from_where_they_were(
    folders: ClassFolders, tmp_path: Path
) -> None:
    good, same = put_photo(tmp_path / "a.jpg", 1), put_photo(tmp_path / "b.jpg", 1)
    broken = tmp_path / "c.jpg"
    broken.write_bytes(b"no image")
    report = import_images(folders, "shoe", [good, same, broken], move=True)
    assert len(report.imported) == 1
    assert not good.exists()
    assert same.exists()
    assert broken.exists()


@pytest.mark.parametrize(
    ("limit", "value", "sentence"),
    [
        ("MAX_ENTRIES", 2, "more than 2 files"),
        ("MAX_UNPACKED_BYTES", 1 << 20, "unpacks to more than 0 GB"),
        ("RATIO_MATTERS_BYTES", 1000, "more than 1000 times its size"),
    ],
)
def test_a_zip_made_to_fill_the_disk_is_refused(
    folders: ClassFolders,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    limit: str,
    value: int,
    sentence: str,
) -> None:
    monkeypatch.setattr(archive_limits, limit, value)
    files = {f"shoe/{number}.bmp": bytes(1 << 22) for number in range(3)}
    bomb = _zip(tmp_path / "bomb.zip", files)
    with pytest.raises(DatasetError, match=sentence):
        plan_import(folders, [bomb])
    assert folders.counts() == {"shoe": 0, "cap": 0}


@pytest.mark.parametrize("place", ["things", "things/shoe", "", ".."])
def test_images_do_not_come_from_where_they_go_to(
    folders: ClassFolders, workspace: Workspace, place: str
) -> None:
    photo = put_photo(folders.folder_of("shoe") / "a.jpg", 1)
    with pytest.raises(UsageError, match="cannot come from where they go to"):
        plan_import(folders, [workspace.datasets / place], "cap")
    assert folders.counts() == {"shoe": 1, "cap": 0}
    assert photo.is_file()


@pytest.mark.skipif(os.name == "nt", reason="links need rights on Windows")
def test_a_link_does_not_hide_that_images_come_from_where_they_go_to(
    folders: ClassFolders, tmp_path: Path
) -> None:
    put_photo(tmp_path / "photos" / "mugs" / "a.jpg", 1)
    (folders.dataset.folder / "mug").symlink_to(tmp_path / "photos" / "mugs")
    (tmp_path / "link").symlink_to(folders.dataset.folder)
    for source in (tmp_path / "link", tmp_path / "photos", tmp_path / "photos" / "mugs"):
        with pytest.raises(UsageError, match="cannot come from where they go to"):
            plan_import(folders, [source])
    put_photo(tmp_path / "other" / "shoe" / "b.jpg", 2)
    with plan_import(folders, [tmp_path / "other"]) as plan:
        assert plan.classes == {"shoe": False}


def test_a_class_is_the_one_that_is_there_however_it_is_written(
    folders: ClassFolders, tmp_path: Path
) -> None:
    photo = put_photo(tmp_path / "a.jpg", 1)
    assert [s.class_name for s in import_images(folders, " SHOE ", [photo]).imported] == ["shoe"]
    assert [s.class_name for s in import_images(folders, " mug ", [photo]).imported] == ["mug"]
    assert folders.classes() == ("shoe", "cap", "mug")


def test_a_name_that_no_class_can_have_is_said_also_of_a_zip(
    folders: ClassFolders, tmp_path: Path
) -> None:
    names = ["A: ripe/a.jpg", "cup./b.jpg", "cup /c.jpg", "aux/d.jpg", f"{'x' * 200}/e.jpg"]
    zipped = _zip(tmp_path / "names.zip", {name: jpeg(n) for n, name in enumerate(names)})
    with plan_import(folders, [zipped]) as plan:
        assert plan.classes == {"cup": True}
        reasons = {path.name: reason for path, reason in plan.left_out}
    assert set(reasons) == {"a.jpg", "b.jpg", "d.jpg", "e.jpg"}
    assert reasons["a.jpg"].startswith("A class's name cannot contain ':'")
    assert reasons["b.jpg"].startswith("A class's name cannot begin or end with a dot")
    assert reasons["d.jpg"].startswith("Windows keeps this name")
    assert reasons["e.jpg"].startswith("A class's name has at most 64 characters")


def test_names_in_a_zip_that_are_utf_8_and_do_not_say_so_are_understood(
    folders: ClassFolders, tmp_path: Path
) -> None:
    files = {
        "Bilder/Äpfel/0.jpg": jpeg(0),
        "Bilder/A\u0308pfel/1.jpg": jpeg(1),
        "鞋/2.jpg": jpeg(2),
    }
    zipped = _zip(tmp_path / "mac.zip", files)
    data = bytearray(zipped.read_bytes())
    for signature, offset in ((b"PK\x03\x04", 7), (b"PK\x01\x02", 9)):
        place = data.find(signature)
        while place >= 0:
            data[place + offset] &= ~8  # the bit that says so
            place = data.find(signature, place + 4)
    zipped.write_bytes(data)
    with plan_import(folders, [zipped]) as plan:
        report = run_import(plan)
    assert report.skipped == ()
    assert folders.counts() == {"shoe": 0, "cap": 0, "Äpfel": 2, "鞋": 1}


def test_each_file_can_go_to_a_class_of_its_own(
    folders: ClassFolders, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where photos were sorted by what they show, whatever folder they lie in."""
    source = tmp_path / "in"
    for number, name in enumerate(("a", "b", "c", "mugs/d", "mugs/e")):
        put_photo(source / f"{name}.jpg", number)
    (source / "notes.txt").write_text("no photo")
    monkeypatch.chdir(tmp_path)
    with plan_import(folders, [Path("in")]) as plan:  # however it was named
        assert not plan.is_by_file
        plan.assign(
            {
                source / "a.jpg": "shoe",
                source / "b.jpg": "CAP",
                source / "mugs" / "d.jpg": "shoe",
                source / "gone.jpg": "cap",
            }
        )
        assert plan.is_by_file
        assert [(name, file.path.name) for name, file in plan.files] == [
            ("shoe", "a.jpg"),
            ("cap", "b.jpg"),
            ("shoe", "d.jpg"),
        ]
        assert plan.classes == {"shoe": False, "cap": False}
        assert plan.left_out == []  # the others are no part of it
        report = run_import(plan)
    assert report.skipped == ()
    assert folders.counts() == {"shoe": 2, "cap": 1}
    assert len({sample.session for sample in report.imported}) == 1
    assert sorted(path.name for path in source.rglob("*.jpg")) == [f"{n}.jpg" for n in "abcde"]


def test_a_file_cannot_go_to_a_class_that_cannot_be(folders: ClassFolders, tmp_path: Path) -> None:
    photo = put_photo(tmp_path / "in" / "a.jpg", 1)
    with (
        plan_import(folders, [tmp_path / "in"]) as plan,
        pytest.raises(DatasetError, match="cannot contain"),
    ):
        plan.assign({photo: "a/b"})
