"""`cnn-studio predict`, `evaluate` and `runs`, with a model that names colours."""

from __future__ import annotations

import csv
import json
import shutil
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from cnn_studio.models.bundle import read_bundle, write_bundle
from cnn_studio.models.run_notes import RunNotes, write_notes
from cnn_studio.paths import Workspace
from tests.cli.conftest import Cli, write_picture
from tests.data.archives import raw_zip
from tests.videos import write_video

RGB = {"red": (220, 30, 30), "green": (30, 220, 30), "blue": (30, 30, 220)}


@pytest.fixture
def run(models: Path, workspace: Workspace) -> Path:
    """The run `colours` in the workspace: it says which of red, green and blue an image is."""
    return Path(shutil.copytree(models / "colours", workspace.runs / "colours"))


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """A folder with one image of each colour."""
    for name, colour in RGB.items():
        write_picture(tmp_path / "photos" / f"{name}.jpg", colour)
    return tmp_path / "photos"


def test_every_image_is_a_line_with_the_agreed_keys(cli: Cli, run: Path, photos: Path) -> None:
    answer = cli("predict", "colours", photos, "--json")
    assert answer.code == 0
    assert [Path(line["path"]).stem for line in answer.lines] == ["blue", "green", "red"]
    for line in answer.lines:
        assert line["class"] == Path(line["path"]).stem
        assert 0.5 < line["probability"] <= 1
        assert line["top"][0] == [line["class"], line["probability"]]
        assert {name for name, _ in line["top"]} == set(RGB)
        assert sum(share for _, share in line["top"]) == pytest.approx(1, abs=1e-5)


def test_top_says_how_many_classes_are_named(cli: Cli, run: Path, photos: Path) -> None:
    (line,) = cli("predict", "colours", photos / "red.jpg", "--json", "--top", 2).lines
    assert [name for name, _ in line["top"]] == ["red", "green"]
    assert "ELSE" not in cli("predict", "colours", photos, "--top", 1).out


def test_a_model_without_a_measured_score_calls_nothing_unknown(
    cli: Cli, run: Path, photos: Path
) -> None:
    answer = cli("predict", "colours", photos, "--json", "--accept", "0.5")
    for line in answer.lines:
        assert (line["score"], line["unknown"]) == (None, False)
    assert "--accept changes nothing" in answer.err
    assert "0 to 1" in cli("predict", "colours", photos, "--accept", "1.5").sentence


def test_names_in_an_archive_that_were_guessed_are_said(
    cli: Cli, run: Path, photos: Path, tmp_path: Path
) -> None:
    data = (photos / "red.jpg").read_bytes()
    path = raw_zip(tmp_path / "old.zip", {"Äpfel/grün.jpg".encode("cp437"): data})
    for how in ((), ("--json",)):
        answer = cli("predict", "colours", path, *how)
        assert answer.code == 0
        assert "The names in old.zip do not say how they are written" in answer.err
    plain = raw_zip(tmp_path / "plain.zip", {b"apples/green.jpg": data})
    assert "do not say" not in cli("predict", "colours", plain).err


def test_what_is_taken_for_the_background_is_unknown(cli: Cli, run: Path, photos: Path) -> None:
    write_bundle(run, replace(read_bundle(run), background="red"))
    lines = cli("predict", "colours", photos, "--json").lines
    assert [line["unknown"] for line in lines] == [False, False, True]
    assert "unknown (red?)" in cli("predict", "colours", photos).out


def test_people_get_a_table(cli: Cli, run: Path, photos: Path) -> None:
    out = cli("predict", run, photos / "red.jpg").out
    assert str(photos / "red.jpg") in out
    assert "100.0 %" in out
    assert "{" not in out


def test_a_file_that_cannot_be_read_does_not_stop_the_others(
    cli: Cli, run: Path, photos: Path
) -> None:
    (photos / "empty.jpg").touch()
    answer = cli("predict", "colours", photos, "--json")
    assert answer.code == 0
    (told,) = [line for line in answer.lines if "error" in line]
    assert told == {"path": str(photos / "empty.jpg"), "error": "The file is empty: empty.jpg."}
    answer = cli("predict", "colours", photos)
    assert answer.err.splitlines() == ["The file is empty: empty.jpg."]
    assert answer.out.count(".jpg") == 3


def test_folders_that_are_called_after_classes_give_an_accuracy(
    cli: Cli, run: Path, tmp_path: Path
) -> None:
    for name, colour in (("red", "red"), ("blue", "blue"), ("green", "blue"), ("more", "red")):
        write_picture(tmp_path / "exam" / name / "one.jpg", RGB[colour])
    lines = cli("predict", "colours", tmp_path / "exam", "--json").lines
    assert [line.get("true_class") for line in lines] == ["blue", "green", None, "red"]
    out = cli("predict", "colours", tmp_path / "exam").out
    assert out.splitlines()[-1].startswith("Accuracy 66.7 % (95 % interval 20.8 % to 93.9 %) on 3")


def test_zips_and_videos_are_classified_and_a_table_is_written(
    cli: Cli, run: Path, photos: Path, tmp_path: Path
) -> None:
    with zipfile.ZipFile(tmp_path / "some.zip", "w") as archive:
        archive.write(photos / "red.jpg", "red/one.jpg")
    write_video(tmp_path / "clip.avi", range(20))
    table = tmp_path / "table.csv"
    named = (tmp_path / "some.zip", tmp_path / "clip.avi")
    answer = cli("predict", "colours", *named, "--json", "--csv", table, "--fps", 4)
    zipped, *frames = answer.lines
    assert zipped["path"] == str(tmp_path / "some.zip" / "red" / "one.jpg")
    assert zipped["class"] == zipped["true_class"] == "red"
    assert [frame["time_s"] for frame in frames] == [0.0, 0.25, 0.5, 0.75]
    with table.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [row["path"] for row in rows] == [line["path"] for line in answer.lines]
    assert rows[1]["time_s"] == "0"


def test_only_if_no_file_can_be_read_the_code_is_1(cli: Cli, run: Path, tmp_path: Path) -> None:
    answer = cli("predict", "colours", tmp_path / "nowhere.jpg")
    assert answer.code == 1
    assert "nowhere.jpg" in answer.sentence
    answer = cli("predict", "colours", tmp_path / "a.jpg", tmp_path / "b.jpg", "--json")
    assert answer.code == 1
    assert [Path(line["path"]).name for line in answer.lines] == ["a.jpg", "b.jpg"]
    assert "None of the 2 files" in answer.err
    (tmp_path / "empty folder").mkdir()
    assert "no image in" in cli("predict", "colours", tmp_path / "empty folder").sentence


def test_a_dataset_is_scored_whole_if_the_model_never_saw_it(
    cli: Cli, run: Path, photos: Path, tmp_path: Path
) -> None:
    for number, true in enumerate(("red", "red", "blue")):
        write_picture(tmp_path / "exam" / true / f"{number}.jpg", RGB[true])
    write_picture(tmp_path / "exam" / "green" / "odd.jpg", RGB["blue"])
    (tmp_path / "exam" / "green" / "broken.jpg").write_bytes(b"no picture")
    answer = cli("evaluate", "colours", tmp_path / "exam", "--json")
    (left_out,) = answer.err.splitlines()
    assert left_out == "1 image cannot be read and is left out. The file is text and not an image."
    assert answer.code == 0
    (line,) = answer.lines
    assert line["part"] == "all"
    assert line["classes"] == ["red", "green", "blue"]
    assert line["confusion"] == [[2, 0, 0], [0, 0, 1], [0, 0, 1]]
    assert (line["accuracy"], line["count"], line["unreadable"]) == (0.75, 4, 1)
    table = cli("evaluate", "colours", tmp_path / "exam").out
    assert "Accuracy 75.0 % (95 % interval 30.1 % to 95.4 %) on 4 images: all images" in table


def test_on_its_own_dataset_a_model_is_asked_about_what_was_held_back(
    cli: Cli, run: Path, workspace: Workspace
) -> None:
    folder = workspace.datasets / "colours"
    for number in range(4):
        for name, colour in RGB.items():
            write_picture(folder / name / f"{number}.jpg", colour)
    split = {"train": ["red/0.jpg"], "validation": ["red/1.jpg", "blue/2.jpg", "green/gone.jpg"]}
    (run / "split.json").write_text(json.dumps(split))
    (line,) = cli("evaluate", "colours", "colours", "--json").lines
    assert (line["part"], line["count"], line["accuracy"]) == ("validation", 2, 1.0)
    (run / "split.json").write_text("{")
    assert "split.json" in cli("evaluate", "colours", "colours").sentence


def test_classes_that_the_model_does_not_know_are_named(
    cli: Cli, run: Path, tmp_path: Path
) -> None:
    write_picture(tmp_path / "exam" / "red" / "1.jpg", RGB["red"])
    write_picture(tmp_path / "exam" / "violet" / "1.jpg", (130, 0, 200))
    answer = cli("evaluate", "colours", tmp_path / "exam")
    assert answer.code == 1
    assert "violet" in answer.sentence


def test_runs_are_listed_and_a_broken_one_is_told(
    cli: Cli, run: Path, workspace: Workspace
) -> None:
    (workspace.runs / "20261122-210520-killed").mkdir()
    write_notes(run, RunNotes("The first one", starred=True))
    lines = {line["run"]: line for line in cli("runs", "--json").lines}
    assert lines["colours"]["status"] == "finished"
    assert (lines["colours"]["title"], lines["colours"]["starred"]) == ("The first one", True)
    assert lines["20261122-210520-killed"]["starred"] is False
    assert lines["colours"]["classes"] == ["red", "green", "blue"]
    assert lines["20261122-210520-killed"]["status"] == "interrupted"
    table = cli("runs").out
    assert "interrupted" in table
    assert "The first one" in table
    assert [line.split()[1] for line in table.splitlines() if line.startswith("*")] == ["colours"]
    assert "finished" in table


def test_before_the_first_run_the_list_says_how_to_begin(cli: Cli) -> None:
    assert "cnn-studio train objects" in cli("runs").out
    assert cli("runs", "--json").out == ""


def test_the_demo_camera_is_always_listed(cli: Cli) -> None:
    assert cli("cameras", "--json").lines[-1] == {"spec": "demo", "name": "Demo camera"}
    assert "SPEC" in cli("cameras").out


def test_any_model_file_can_be_asked(cli: Cli, models: Path, photos: Path, tmp_path: Path) -> None:
    answer = cli("predict", models / "teachable.zip", photos, "--json")
    assert [line["class"] for line in answer.lines] == ["blue", "green", "red"]
    (tmp_path / "old.h5").write_bytes(b"x")
    assert "no HDF5 file of Keras" in cli("predict", tmp_path / "old.h5", photos).sentence
