"""`cnn-studio import` and `pack`: images in, a dataset out, and the same dataset in again."""

from __future__ import annotations

import gzip
import struct
import zipfile
from pathlib import Path

from cnn_studio.data.sessions import recordings_of
from cnn_studio.paths import Workspace
from tests.cli.conftest import Cli, write_picture
from tests.videos import write_video

RED, BLUE, GREEN = (220, 30, 30), (30, 30, 220), (30, 200, 30)


def test_folders_become_classes_and_the_last_line_counts(cli: Cli, tmp_path: Path) -> None:
    write_picture(tmp_path / "in" / "Shoe" / "a.jpg", RED)
    write_picture(tmp_path / "in" / "mug" / "b.jpg", BLUE)
    (tmp_path / "in" / "mug" / "notes.pdf").write_bytes(b"%PDF")
    answer = cli("import", "objects", tmp_path / "in", "--json")
    assert answer.code == 0
    skipped, last = answer.lines
    assert skipped["path"].endswith("notes.pdf")
    assert skipped["reason"].startswith("PDF documents are not read")
    assert (last["imported"], last["skipped"]) == (2, 1)
    (objects,) = [d for d in cli("datasets", "list", "--json").lines if d["dataset"] == "objects"]
    assert (objects["counts"]["shoe"], objects["counts"]["mug"]) == (1, 1)
    again = cli("import", "objects", tmp_path / "in", "--json").lines[-1]
    assert (again["imported"], again["skipped"]) == (0, 3)


def test_one_class_takes_files_folders_and_zips_and_can_move_them(
    cli: Cli, tmp_path: Path, workspace: Workspace
) -> None:
    moved = write_picture(tmp_path / "red.jpg", RED)
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        archive.write(write_picture(tmp_path / "blue.jpg", BLUE), "deep/blue.jpg")
    words = ("import", "fruit", moved, tmp_path / "x.zip", "--class", "apple", "--move", "--json")
    answer = cli(*words)
    assert answer.lines[-1] == {
        "dataset": "fruit",
        "imported": 2,
        "skipped": 0,
        "already": 0,
        "notes": [],
    }
    assert not moved.exists()
    assert (tmp_path / "x.zip").exists()
    assert len(list((workspace.datasets / "fruit" / "apple").iterdir())) == 2


def test_a_packed_dataset_comes_in_as_it_was(
    cli: Cli, tmp_path: Path, workspace: Workspace
) -> None:
    for name, colour in (("shoe/a.jpg", RED), ("shoe/b.jpg", BLUE), ("cap/a.jpg", GREEN)):
        write_picture(workspace.datasets / "mine" / name, colour)
    cli("datasets", "list")
    (packed,) = cli("pack", "mine", tmp_path / "mine.zip", "--json").lines
    assert packed["packed"] == 3
    assert cli("import", "copy", tmp_path / "mine.zip", "--json").lines[-1]["imported"] == 3
    for name in ("shoe/a.jpg", "shoe/b.jpg", "cap/a.jpg", "card.toml"):
        original, copy = (workspace.datasets / root / name for root in ("mine", "copy"))
        assert copy.read_bytes() == original.read_bytes()


def test_what_is_not_there_is_told(cli: Cli, tmp_path: Path) -> None:
    assert "not there" in cli("import", "objects", tmp_path / "gone").sentence
    (tmp_path / "empty").mkdir()
    answer = cli("import", "objects", tmp_path / "empty")
    assert answer.code == 1
    assert "There is no image" in answer.err


def test_videos_give_frames_of_their_class(cli: Cli, tmp_path: Path, workspace: Workspace) -> None:
    clip = write_video(tmp_path / "clip.avi", range(40))
    photo = write_picture(tmp_path / "red.jpg", RED)
    answer = cli("import", "objects", clip, photo, "--class", "book", "--json")
    assert answer.lines == [
        {"dataset": "objects", "imported": 11, "skipped": 0, "already": 0, "notes": []}
    ]
    names = sorted(path.name for path in (workspace.datasets / "objects" / "book").iterdir())
    assert len(recordings_of(names) - {""}) == 1
    answer = cli("import", "objects", clip, "--class", "cap", "--fps", "1", "--json")
    assert answer.lines[-1]["imported"] == 2
    again = cli("import", "objects", clip, "--class", "cap", "--fps", "1", "--json")
    assert "already" in again.lines[0]["reason"]
    assert again.lines[-1]["imported"] == 0


def test_a_video_without_a_class_is_skipped_with_a_sentence(cli: Cli, tmp_path: Path) -> None:
    clip = write_video(tmp_path / "clip.avi", range(10))
    (tmp_path / "bad.mp4").write_text("no video")
    skipped, last = cli("import", "objects", clip, "--json").lines
    assert skipped["reason"] == "Say with --class what the video shows: clip.avi."
    assert (last["imported"], last["skipped"]) == (0, 1)
    skipped, last = cli("import", "objects", tmp_path / "bad.mp4", "--class", "x", "--json").lines
    assert "not a video" in skipped["reason"]
    refused = cli("import", "objects", clip, "--class", "x", "--fps", "0")
    assert refused.code == 2
    assert "Frames a second" in refused.sentence


def test_an_import_that_brings_in_nothing_could_not(
    cli: Cli, tmp_path: Path, workspace: Workspace
) -> None:
    (tmp_path / "notes.pdf").write_bytes(b"%PDF-1.7")
    (tmp_path / "half.jpg").write_bytes(write_picture(tmp_path / "a.jpg", RED).read_bytes()[:300])
    (tmp_path / "bad.mp4").write_text("no video")
    with zipfile.ZipFile(tmp_path / "empty.zip", "w") as archive:
        archive.writestr("readme.txt", "nothing here")
    with zipfile.ZipFile(tmp_path / "project.tm", "w") as archive:
        archive.writestr("manifest.json", "{}")
    (tmp_path / "folder" / "cat").mkdir(parents=True)
    for words in (
        (tmp_path / "notes.pdf", "--class", "cat"),
        (tmp_path / "half.jpg", "--class", "cat"),
        (tmp_path / "a.jpg",),  # of which nobody has said the class
        (tmp_path / "bad.mp4", "--class", "cat"),
        (tmp_path / "bad.mp4",),
        (tmp_path / "empty.zip",),
        (tmp_path / "project.tm",),
        (tmp_path / "folder",),
    ):
        for how in ((), ("--json",)):
            answer = cli("import", "new", *words, *how)
            assert answer.code == 1, words
            assert (
                answer.err.count("Nothing new came in") + answer.err.count("There is no image") == 1
            )
            assert "new one was made" not in answer.out
    assert not (workspace.datasets / "new").exists()
    refused = cli("datasets", "fetch", "new", "--from", tmp_path / "empty.zip")
    assert refused.code == 1
    assert not (workspace.datasets / "new").exists()


def test_files_of_fashion_mnist_point_to_what_brings_them_in(cli: Cli, tmp_path: Path) -> None:
    name, idx = "train-images-idx3-ubyte", struct.pack(">4B3I", 0, 0, 8, 3, 1, 2, 2) + bytes(4)
    (tmp_path / "plain").mkdir()
    (tmp_path / "plain" / name).write_bytes(idx)
    (tmp_path / "packed").mkdir()
    (tmp_path / "packed" / f"{name}.gz").write_bytes(gzip.compress(idx))
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        archive.write(tmp_path / "plain" / name, name)
    for path in ("plain", "packed", "all.zip", f"packed/{name}.gz"):
        answer = cli("import", "new", tmp_path / path)
        assert answer.code == 1
        assert "datasets fetch fashion-mnist --from" in " ".join(answer.err.split())


def test_what_was_left_out_is_said_by_the_reason(cli: Cli, tmp_path: Path) -> None:
    write_picture(tmp_path / "in" / "good.jpg", RED)
    for number in range(20):
        (tmp_path / "in" / f"half{number:02d}.jpg").write_bytes(b"\xff\xd8\xff\xe0 and no more")
    (tmp_path / "in" / "empty.jpg").touch()
    answer = cli("import", "objects", tmp_path / "in", "--class", "cap")
    assert answer.code == 0
    damaged, empty = answer.err.splitlines()
    assert "half00.jpg" in damaged
    assert damaged.endswith("half02.jpg and 17 more.")
    assert empty == f"The file is empty: {tmp_path / 'in' / 'empty.jpg'}."
    assert answer.out == "1 image was brought into Objects.\n"


def test_a_packed_dataset_that_came_in_before_brings_nothing_new(
    cli: Cli, tmp_path: Path, workspace: Workspace
) -> None:
    write_picture(workspace.datasets / "mine" / "shoe" / "a.jpg", RED)
    cli("pack", "mine", tmp_path / "mine.zip")
    assert cli("import", "copy", tmp_path / "mine.zip").code == 0
    again = cli("import", "copy", tmp_path / "mine.zip")
    assert again.code == 0
    assert again.out == "It is already here.\n"
    assert again.err == ""


def test_a_class_that_cannot_be_packed_is_said(
    cli: Cli, tmp_path: Path, workspace: Workspace
) -> None:
    write_picture(workspace.datasets / "fruit" / "A ripe" / "a.jpg", RED)
    (workspace.datasets / "fruit" / "A ripe").rename(workspace.datasets / "fruit" / "A  ripe.")
    answer = cli("pack", "fruit", tmp_path / "fruit.zip")
    assert answer.code == 1
    assert (
        "'A  ripe.': A class's name cannot begin or end with a dot as A  ripe. does."
        in answer.sentence
    )
    assert not (tmp_path / "fruit.zip").exists()


def test_a_zip_that_does_not_open_holds_up_none_of_the_others(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "bad.zip").write_bytes(b"PK\3\4 and no more")
    photo = write_picture(tmp_path / "red.jpg", RED)
    answer = cli("import", "objects", tmp_path / "bad.zip", photo, "--class", "cap", "--json")
    assert answer.code == 0
    skipped, last = answer.lines
    assert skipped["reason"] == "The zip file is damaged: bad.zip."
    assert (last["imported"], last["skipped"]) == (1, 1)


def test_what_is_not_plain_is_refused_with_the_option_that_decides_it(
    cli: Cli, tmp_path: Path
) -> None:
    for number, name in enumerate(("color/apple", "color/pear", "gray/apple", "gray/pear")):
        write_picture(tmp_path / "in" / name / f"{number}.jpg", (50 * number, 90, 20))
    answer = cli("import", "fruit", tmp_path / "in")
    assert answer.code == 1
    assert "--only color" in answer.err
    assert "--class-level 2   all together: apple, pear (2 classes of 4 images)" in answer.err
    assert cli("import", "fruit", tmp_path / "in", "--only", "none").code == 2
    last = cli("import", "fruit", tmp_path / "in", "--only", "gray", "--json").lines[-1]
    assert last["imported"] == 2
    last = cli("import", "versions", tmp_path / "in", "--class-level", "1", "--json").lines[-1]
    assert last["imported"] == 4
    lines = cli("datasets", "list", "--json").lines
    counts = {line["dataset"]: line["counts"] for line in lines}
    assert counts["fruit"] == {"apple": 1, "pear": 1}
    assert counts["versions"] == {"color": 2, "gray": 2}


def test_a_split_is_kept_and_said_unless_it_is_to_be_forgotten(cli: Cli, tmp_path: Path) -> None:
    for number, part in enumerate(("train", "train", "test")):
        for shift, name in enumerate(("cap", "shoe")):
            path = tmp_path / "in" / part / name / f"{number}.jpg"
            write_picture(path, (60 * number, 120 * shift, 20))
    write_picture(tmp_path / "in" / "test" / "images" / "x.jpg", GREEN)
    answer = cli("import", "kept", tmp_path / "in")
    assert "The given split is kept: train 4, test 2." in answer.out
    assert "It has no label: it lies in test/images" in answer.err
    cli("import", "forgotten", tmp_path / "in", "--no-split")
    lines = {line["dataset"]: line for line in cli("datasets", "list", "--json").lines}
    assert lines["kept"]["counts"] == {"cap": 2, "shoe": 2}
    assert lines["kept"]["test_images"] == 2
    assert lines["forgotten"]["counts"] == {"cap": 3, "shoe": 3}


def test_a_table_says_the_classes_found_or_named(cli: Cli, tmp_path: Path) -> None:
    for number, colour in enumerate((RED, BLUE, GREEN)):
        write_picture(tmp_path / "in" / f"{number}.jpg", colour)
    table = tmp_path / "labels.csv"
    table.write_text("id,kind,maker\n0,cup,a\n1,pen,b\n2,cup,a\n9,pen,b\n")
    assert cli("import", "found", tmp_path / "in").code == 1
    named = cli("import", "named", tmp_path / "in", "--table", table)
    assert named.code == 0
    assert "The classes stand in the column kind of labels.csv, the files in id." in named.out
    assert "labels.csv: 1 row names no image that is here: 9." in named.out
    other = ("--table", table, "--class-column", "maker", "--file-column", "id", "--json")
    assert cli("import", "other", tmp_path / "in", *other).lines[-1]["imported"] == 3
    table.rename(tmp_path / "in" / "labels.csv")
    assert cli("import", "found", tmp_path / "in", "--json").lines[-1]["imported"] == 3
    lines = {line["dataset"]: line["counts"] for line in cli("datasets", "list", "--json").lines}
    assert lines["found"] == lines["named"] == {"cup": 2, "pen": 1}
    assert lines["other"] == {"a": 2, "b": 1}
    assert cli("import", "x", tmp_path / "in", "--table", tmp_path / "gone.csv").code == 1


def test_what_is_there_already_is_plain_information(cli: Cli, tmp_path: Path) -> None:
    photos = tmp_path / "in" / "mug"
    for number, colour in enumerate((RED, BLUE, GREEN)):
        write_picture(photos / f"{number}.jpg", colour)
    assert cli("import", "things", tmp_path / "in").code == 0
    again = cli("import", "things", tmp_path / "in")
    assert (again.code, again.out, again.err) == (0, "All 3 are already here.\n", "")
    last = cli("import", "things", tmp_path / "in", "--json").lines[-1]
    assert (last["imported"], last["skipped"], last["already"]) == (0, 3, 3)
    fetched = cli("datasets", "fetch", "things", "--from", tmp_path / "in")
    assert (fetched.code, fetched.out, fetched.err) == (0, "All 3 are already here.\n", "")
    write_picture(photos / "new.jpg", (200, 200, 0))
    mixed = cli("import", "things", tmp_path / "in")
    assert mixed.code == 0
    assert mixed.out == "1 image was brought into things.\n3 are already here.\n"
    (photos / "empty.jpg").write_bytes(b"")
    broken = cli("import", "things", tmp_path / "in")
    assert broken.code == 1
    assert broken.out == "4 are already here.\n"
    assert broken.err.splitlines()[-1] == (
        "Nothing new came in: 1 file was left out, 4 already here."
    )
