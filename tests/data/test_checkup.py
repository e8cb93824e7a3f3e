"""The checkup finds what was put wrong, and nothing else."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import cv2
import numpy as np
import pytest

from cnn_studio.data import image_facts
from cnn_studio.data.catalog import create_dataset, find_dataset
from cnn_studio.data.checkup import check_dataset
from cnn_studio.data.class_changes import class_switch, marking
from cnn_studio.data.class_folders import ClassFolders
from cnn_studio.data.findings import Checkup, FindingKind, Fix
from cnn_studio.data.marks import Mark
from cnn_studio.data.samples import Sample
from cnn_studio.data.sessions import Session, SessionKind
from cnn_studio.errors import DatasetError
from cnn_studio.paths import Workspace
from cnn_studio.vision.images import ImageArray, encode_jpeg


@pytest.fixture
def folders(workspace: Workspace) -> ClassFolders:
    return ClassFolders(create_dataset(workspace, "Things", ["shoe", "cap"]))


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "facts.sqlite"


def scene(seed: int, side: int = 160) -> ImageArray:
    """A sharp picture of shapes, a different one for each seed."""
    random = np.random.default_rng(seed)
    image = np.full((side, side, 3), random.integers(90, 170, 3), np.uint8)
    for _ in range(24):
        centre, size = random.integers(0, side, 2), int(random.integers(8, 40))
        colour = [int(level) for level in random.integers(20, 235, 3)]
        corner = (int(centre[0]) + size, int(centre[1]) + int(random.integers(8, 40)))
        cv2.rectangle(image, (int(centre[0]), int(centre[1])), corner, colour, -1)
    return image


def put(folders: ClassFolders, class_name: str, name: str, image: ImageArray) -> Path:
    path = folders.folder_of(class_name) / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(encode_jpeg(image))
    return path


def checked(folders: ClassFolders, store: Path) -> Checkup:
    return check_dataset(folders.dataset, store_path=store)


def test_different_sharp_images_are_fine(folders: ClassFolders, store: Path) -> None:
    for seed in range(12):
        put(folders, "shoe" if seed % 2 else "cap", f"{seed}.jpg", scene(seed))
    assert checked(folders, store) == Checkup((), 12)


def test_what_systems_put_beside_images_is_no_finding(folders: ClassFolders, store: Path) -> None:
    for seed in range(12):
        put(folders, "shoe" if seed % 2 else "cap", f"{seed}.jpg", scene(seed))
    for name in ("Thumbs.db", "desktop.ini", ".DS_Store", "._1.jpg", "ehthumbs.db", "Icon\r"):
        (folders.folder_of("shoe") / name).write_bytes(b"of a system")
    (folders.folder_of("shoe") / "@eaDir").mkdir()
    assert checked(folders, store) == Checkup((), 12)


def test_copies_are_found_and_matter_most_across_classes(
    folders: ClassFolders, store: Path
) -> None:
    first = put(folders, "shoe", "a.jpg", scene(1))
    second = put(folders, "shoe", "b.jpg", scene(1))
    other = put(folders, "shoe", "c.jpg", scene(2))
    contradiction = put(folders, "cap", "d.jpg", scene(2))
    across, within = checked(folders, store).findings
    assert across.kind is within.kind is FindingKind.EXACT_DUPLICATE
    assert set(across.paths) == {other, contradiction}
    assert across.across_classes
    assert "cannot be both" in across.why
    assert across.fixes == (Fix.CHOOSE_CLASS,)
    assert across.surplus == ()
    assert set(within.paths) == {first, second}
    assert not within.across_classes
    assert len(within.surplus) == 1


@pytest.mark.parametrize("change", ["saved", "smaller", "brighter", "cropped", "turned"])
def test_one_photo_in_two_forms_is_found(folders: ClassFolders, store: Path, change: str) -> None:
    for seed in range(20):
        put(folders, "shoe", f"{seed}.jpg", scene(seed))
    image = scene(7)
    turn = cv2.getRotationMatrix2D((80, 80), 2, 1.05)
    altered = {
        "saved": cv2.imdecode(cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, 50])[1], 1),
        "smaller": cv2.resize(image, (80, 80), interpolation=cv2.INTER_AREA),
        "brighter": np.clip(image * 1.15, 0, 255).astype(np.uint8),
        "cropped": np.ascontiguousarray(image[3:156, 4:158]),
        "turned": cv2.warpAffine(image, turn, (160, 160)),
    }[change]
    copy = put(folders, "shoe", "copy.jpg", np.asarray(altered, np.uint8))
    [finding] = checked(folders, store).findings
    assert finding.kind is FindingKind.NEAR_DUPLICATE
    assert set(finding.paths) == {copy, folders.folder_of("shoe") / "7.jpg"}
    assert len(finding.surplus) == 1


def test_flawed_images_are_found(folders: ClassFolders, store: Path) -> None:
    for seed in range(3):
        put(folders, "shoe", f"good{seed}.jpg", scene(seed))
    blurred = put(folders, "shoe", "blurred.jpg", cv2.GaussianBlur(scene(4), (0, 0), 6))
    dark = put(folders, "shoe", "dark.jpg", (scene(5) * 0.12).astype(np.uint8))
    bright = put(folders, "shoe", "bright.jpg", np.maximum(scene(6), 238))
    tiny = put(folders, "shoe", "tiny.jpg", scene(7, 24))
    narrow = put(folders, "cap", "narrow.jpg", np.hstack([scene(seed) for seed in range(30, 35)]))
    found = {(entry.kind, entry.paths) for entry in checked(folders, store).findings}
    assert {
        (FindingKind.BLURRED, (blurred,)),
        (FindingKind.DARK, (dark,)),
        (FindingKind.BRIGHT, (bright,)),
        (FindingKind.SHAPE, (tiny,)),
        (FindingKind.SHAPE, (narrow,)),
    } <= found
    assert not any(kind is FindingKind.NEAR_DUPLICATE for kind, _paths in found)


def test_unreadable_files_are_found_each_with_its_reason(
    folders: ClassFolders, store: Path
) -> None:
    put(folders, "shoe", "good.jpg", scene(1))
    (folders.folder_of("shoe") / "empty.jpg").touch()
    (folders.folder_of("shoe") / "text.png").write_text("no image")
    (folders.folder_of("shoe") / "notes.txt").write_text("no image")
    (folders.folder_of("shoe") / ".hidden").write_text("no image")
    (folders.folder_of("shoe") / "IMG_1").write_bytes(encode_jpeg(scene(1)))
    (folders.folder_of("shoe") / "half.jpg").write_bytes(encode_jpeg(scene(1))[:200])
    (folders.folder_of("shoe") / "shop.jpg").write_bytes(b"8BPS\0\1" + bytes(40))
    why = {entry.paths[0].name: entry.why for entry in checked(folders, store).findings}
    assert set(why) == {"empty.jpg", "text.png", "notes.txt", "IMG_1", "half.jpg", "shop.jpg"}
    assert "empty" in why["empty.jpg"]
    assert why["text.png"].startswith("The file is text and not an image: text.png.")
    assert why["notes.txt"].startswith("The file is text and not an image: notes.txt.")
    assert why["IMG_1"].startswith(
        "It is an image, but is not called so; let it end in .jpg: IMG_1."
    )
    assert why["half.jpg"].startswith("The file is damaged: half.jpg.")
    assert why["shop.jpg"].startswith("Photoshop images are not read; save it as JPEG or PNG")


def test_unequal_classes_and_classes_of_one_recording_are_found(
    folders: ClassFolders, store: Path
) -> None:
    recording = Session(SessionKind.RECORDING, datetime(2026, 1, 1, tzinfo=UTC), "0001")
    for seed in range(16):
        put(folders, "shoe", recording.file_name(seed), scene(seed))
    for seed in range(16, 20):
        put(folders, "cap", f"{seed}.jpg", scene(seed))
    one_session, imbalance = checked(folders, store).findings
    assert one_session.kind is FindingKind.ONE_SESSION
    assert (one_session.classes, len(one_session.paths)) == (("shoe",), 16)
    assert imbalance.kind is FindingKind.IMBALANCE
    assert imbalance.paths == (folders.folder_of("cap"), folders.folder_of("shoe"))


def test_an_object_held_still_is_one_finding_and_no_leak(
    folders: ClassFolders, store: Path
) -> None:
    first, second = (
        Session(SessionKind.RECORDING, datetime(2026, 1, day, tzinfo=UTC), "0001") for day in (1, 2)
    )
    noise = np.random.default_rng(0)
    for number in range(6):
        still = np.clip(scene(1) + noise.normal(0, 3, (160, 160, 3)), 0, 255).astype(np.uint8)
        put(folders, "shoe", first.file_name(number), still)
    put(folders, "cap", first.file_name(7), scene(3))
    leak = put(folders, "shoe", second.file_name(1), scene(1))
    across, still = checked(folders, store).findings
    assert leak in across.paths
    assert across.fixes[0] is Fix.MERGE_SESSIONS
    assert "2 recordings" in across.why
    assert len(still.surplus) == 5
    assert "held still" in still.why


def test_what_is_left_out_of_training_is_not_looked_at(folders: ClassFolders, store: Path) -> None:
    copy = put(folders, "shoe", "b.jpg", scene(1))
    put(folders, "shoe", "a.jpg", scene(1))
    put(folders, "cap", "c.jpg", scene(1))
    folders.carry_out(class_switch(folders, "cap", enabled=False))
    folders.carry_out(marking(folders, [Sample(copy, "shoe")], Mark.EXCLUDED, True))
    assert checked(folders, store) == Checkup((), 1)


def test_only_what_changed_is_looked_at_again(
    folders: ClassFolders, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = [put(folders, "shoe", f"{seed}.jpg", scene(seed)) for seed in range(6)]
    checked(folders, store)
    looked: list[Path] = []
    read = image_facts.read_file
    monkeypatch.setattr(image_facts, "read_file", lambda path: looked.append(path) or read(path))
    checked(folders, store)
    assert looked == []
    paths[2].write_bytes(paths[3].read_bytes() + b"\0")
    looked.clear()
    [finding] = checked(folders, store).findings
    assert [path.name for path in looked] == ["2.jpg"]
    assert set(finding.paths) == {paths[2], paths[3]}


def test_a_damaged_store_is_made_again(folders: ClassFolders, store: Path) -> None:
    put(folders, "shoe", "a.jpg", scene(1))
    store.write_bytes(b"no database" * 1000)
    assert checked(folders, store).images == 1
    with sqlite3.connect(store) as database:
        assert database.execute("SELECT COUNT(*) FROM facts").fetchone() == (1,)
    database.close()


def test_how_far_a_checkup_is_never_goes_back_and_is_all_only_at_the_end(
    folders: ClassFolders, store: Path
) -> None:
    for seed in range(300):
        put(folders, "shoe", f"{seed}.jpg", scene(seed % 20 if seed < 200 else seed, 64))
    told: list[tuple[int, int]] = []
    check_dataset(folders.dataset, progress=lambda *step: told.append(step), store_path=store)
    assert told[0] == (0, 300)
    assert told[-1] == (300, 300)
    shown = [done for done, total in told if total == 300]
    assert shown == sorted(shown)
    assert len(shown) == len(told)
    assert shown.count(300) == 1
    assert len(set(shown)) > 4


def test_a_checkup_can_be_ended(folders: ClassFolders, store: Path) -> None:
    put(folders, "shoe", "a.jpg", scene(1))
    ended = check_dataset(folders.dataset, cancelled=lambda: True, store_path=store)
    assert not ended.is_complete


def test_a_published_dataset_is_told_to_be_fine(workspace: Workspace) -> None:
    with pytest.raises(DatasetError, match="as it was published"):
        check_dataset(find_dataset(workspace, "fashion-mnist"))


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
def test_a_name_that_is_no_text_is_looked_into_as_well(folders: ClassFolders, store: Path) -> None:
    first = put(folders, "shoe", "a.jpg", scene(1))
    odd = first.with_name(os.fsdecode(b"caf\xe9.jpg"))
    odd.write_bytes(first.read_bytes())
    for _ in range(2):  # from the file, then from the store
        (found,) = checked(folders, store).findings
        assert set(found.paths) == {first, odd}


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pipes of this kind")
def test_what_is_called_as_an_image_and_is_no_file_costs_a_sentence(
    folders: ClassFolders, store: Path
) -> None:
    for seed in range(3):
        put(folders, "shoe", f"{seed}.jpg", scene(seed))
    place = folders.folder_of("shoe")
    os.mkfifo(place / "pipe.jpg")
    (place / "zero.jpg").symlink_to("/dev/zero")
    (place / "dead.jpg").symlink_to(place / "gone.jpg")
    (place / "folder.jpg").mkdir()
    found = [one for one in checked(folders, store).findings if one.kind is FindingKind.UNREADABLE]
    said = {one.paths[0].name: one.why for one in found}
    assert "a device or a pipe" in said["pipe.jpg"]
    assert "a device or a pipe" in said["zero.jpg"]
    assert "a link that leads nowhere" in said["dead.jpg"]
    assert "a folder" in said["folder.jpg"]
    assert len(found) == 4
    folders.carry_out(marking(folders, [Sample(place / "pipe.jpg", "shoe")], Mark.EXCLUDED, True))
    found = [one for one in checked(folders, store).findings if one.kind is FindingKind.UNREADABLE]
    assert sorted(one.paths[0].name for one in found) == ["dead.jpg", "folder.jpg", "zero.jpg"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows knows no such permission")
def test_a_class_that_may_not_be_read_does_not_stop_the_checkup(
    folders: ClassFolders, store: Path
) -> None:
    """As somebody who is not root, whom nothing stops."""
    put(folders, "shoe", "1.jpg", scene(1))
    shut = put(folders, "cap", "2.jpg", scene(2)).parent
    looks_into = Path(folders.folder_of("shoe"), "link.jpg")
    looks_into.symlink_to(shut / "2.jpg")
    shut.chmod(0)
    code = (
        "import os, sys; from pathlib import Path\n"
        "from cnn_studio.data.catalog import Dataset\n"
        "from cnn_studio.data.cards import read_card\n"
        "from cnn_studio.data.checkup import _no_files\n"
        "from cnn_studio.data.class_folders import ClassFolders\n"
        "folder = Path(sys.argv[1]); dataset = Dataset(folder, read_card(folder))\n"
        "if os.geteuid() == 0: os.setuid(65534)\n"
        "print([finding.paths[0].name for finding in _no_files(ClassFolders(dataset))])\n"
    )
    try:
        # By a short path, as nobody else may look into the folders of the tests.
        command, place = [sys.executable, "-c", code, "things"], folders.dataset.folder.parent
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=place)
    finally:
        shut.chmod(0o755)
    assert done.stdout == "['link.jpg']\n", done.stderr
