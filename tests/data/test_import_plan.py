"""An import can be looked at and changed before it begins."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from cnn_studio.data import incoming_zip
from cnn_studio.data.catalog import create_dataset
from cnn_studio.data.class_folders import ClassFolders
from cnn_studio.data.import_plan import plan_import
from cnn_studio.data.intake import run_import
from cnn_studio.errors import DatasetError
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
        ("_RATIO_MATTERS_BYTES", 1000, "more than 1000 times its size"),
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
    monkeypatch.setattr(incoming_zip, limit, value)
    files = {f"shoe/{number}.bmp": bytes(1 << 22) for number in range(3)}
    bomb = _zip(tmp_path / "bomb.zip", files)
    with pytest.raises(DatasetError, match=sentence):
        plan_import(folders, [bomb])
    assert folders.counts() == {"shoe": 0, "cap": 0}
