"""One bad thing costs that thing and a sentence; every command goes on with all the others."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from cnn_studio.data.cards import CARD_NAME
from cnn_studio.paths import Workspace
from tests.bad_workspace import (
    CLASSES,
    GOOD,
    IMAGES_A_CLASS,
    IN_A_DATASET,
    IN_A_RUN,
    class_folders_named_oddly,
    make_good,
    name_oddly,
    spoil_datasets,
    spoil_runs,
)
from tests.cli.conftest import Answer, Cli
from tests.hostile import EVERYTHING, THINGS

pytestmark = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="a system without named pipes")

COUNTS = dict.fromkeys(CLASSES, IMAGES_A_CLASS)
NO_CARD = {**THINGS, **{name: EVERYTHING[name] for name in ("no bytes", "a text", "UTF-16")}}
NO_RECORD = {
    **THINGS,
    **{
        name: EVERYTHING[name]
        for name in (
            "no bytes",
            "bytes that are no text",
            "a list 100,000 deep",
            "infinity",
            "a text",
            "an empty list",
            "an empty object",
        )
    },
}


def _of(answer: Answer, key: str) -> dict[str, dict[str, object]]:
    assert answer.code == 0, answer.err
    assert "Traceback" not in answer.err
    return {str(line[key]): line for line in answer.lines}


@pytest.mark.parametrize("place", IN_A_DATASET)
def test_a_bad_dataset_is_listed_and_named_and_the_good_one_stays(
    cli: Cli, workspace: Workspace, models: Path, place: str
) -> None:
    make_good(workspace, models / "colours")
    bad = spoil_datasets(workspace, EVERYTHING, [place])
    for _ in range(2):  # the first look may write cards
        found = _of(cli("datasets", "list", "--json"), "dataset")
        assert found[GOOD]["counts"] == COUNTS
        assert found[GOOD]["problem"] is None
        if place == "":
            continue  # what is no folder is no dataset
        assert set(bad) <= set(found)
        for name, what in bad.items():
            if place == CARD_NAME:
                assert found[name]["counts"] == COUNTS, what
                if what.removesuffix(f" as {CARD_NAME}") in NO_CARD:
                    assert CARD_NAME in str(found[name]["problem"]), what


@pytest.mark.parametrize("place", IN_A_RUN)
def test_a_bad_run_is_listed_and_the_good_one_stays(
    cli: Cli, workspace: Workspace, models: Path, place: str
) -> None:
    make_good(workspace, models / "colours")
    bad = spoil_runs(workspace, EVERYTHING, [place])
    found = _of(cli("runs", "--json"), "run")
    assert found[GOOD]["problem"] is None
    if place == "":
        return
    assert set(bad) <= set(found)
    if place == "studio.json":
        for name, what in bad.items():
            assert found[name]["classes"] is None, what
            assert "studio.json" in str(found[name]["problem"]), what
        table = cli("runs")
        assert table.code == 0
        assert all(name in table.err for name in bad)


def test_names_that_nobody_expects_are_listed_and_usable(
    cli: Cli, workspace: Workspace, models: Path
) -> None:
    make_good(workspace, models / "colours")
    datasets, runs = name_oddly(workspace.datasets), name_oddly(workspace.runs)
    class_folders_named_oddly(workspace)
    found = _of(cli("datasets", "list", "--json"), "dataset")
    assert len(found) == 3 + 1 + len(datasets) + 1
    odd = found["odd-classes"]
    assert len(odd["counts"]) == 9  # type: ignore[arg-type]
    assert "no class can be called so" in str(odd["problem"])
    assert len(_of(cli("runs", "--json"), "run")) == 1 + len(runs)
    for command in (["datasets", "list"], ["runs"]):
        answer = cli(*command)
        assert answer.code == 0
        assert "Traceback" not in answer.err
    for name in (*datasets, "odd-classes"):
        folder = f"{workspace.datasets / name}{os.sep}"
        answer = cli("check", folder, "--json")
        assert answer.code == 0, (name, answer.err)


@pytest.mark.parametrize(
    "words",
    [
        ["check", GOOD],
        ["predict", GOOD, "datasets/good/red/0.jpg"],
        ["evaluate", GOOD, GOOD],
        ["compare", GOOD, GOOD, GOOD],
    ],
    ids=lambda words: words[0],
)
def test_every_command_on_the_good_goes_on_beside_the_bad(
    cli: Cli,
    workspace: Workspace,
    models: Path,
    words: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    make_good(workspace, models / "colours")
    spoil_datasets(workspace, NO_RECORD, [CARD_NAME, ".studio", ".studio/marks.jsonl"])
    spoil_runs(workspace, NO_RECORD, ["studio.json", "recipe.json", "notes.json"])
    name_oddly(workspace.datasets)
    name_oddly(workspace.runs)
    monkeypatch.chdir(workspace.root)
    answer = cli(*words)
    assert "Traceback" not in answer.err
    alone = Workspace(workspace.root.with_name("alone"))
    shutil.copytree(workspace.datasets / GOOD, alone.datasets / GOOD)
    shutil.copytree(workspace.runs / GOOD, alone.runs / GOOD)
    assert answer.code == cli(*words, "--workspace", str(alone.root)).code


@pytest.mark.parametrize("place", [place for place in IN_A_DATASET if place not in ("", "red")])
def test_a_dataset_with_one_bad_thing_is_checked_all_the_same(
    cli: Cli, workspace: Workspace, models: Path, place: str
) -> None:
    make_good(workspace, models / "colours")
    things = dict(NO_RECORD)
    if place.endswith(".jpg"):
        del things["a sparse file of 20 GB"]
    for name, what in spoil_datasets(workspace, things, [place]).items():
        answer = cli("check", name, "--json")
        assert answer.code == 0, (what, answer.err)
        assert "Traceback" not in answer.err


@pytest.mark.parametrize("place", ["history.csv", "recipe.json", "split.json", "flattering.json"])
def test_a_run_with_one_bad_thing_can_be_used_or_says_in_a_sentence_why_not(
    cli: Cli, workspace: Workspace, models: Path, place: str, tmp_path: Path
) -> None:
    make_good(workspace, models / "colours")
    image = workspace.datasets / GOOD / "red" / "0.jpg"
    for name, what in spoil_runs(workspace, NO_RECORD, [place]).items():
        assert cli("predict", name, image).code == 0, what
        answer = cli("report", name, tmp_path / f"{name}.html", "--dataset", GOOD)
        assert "Traceback" not in answer.err, what
        assert answer.code == 0 or len(answer.err.splitlines()) == 1, (what, answer.err)


def test_a_card_that_holds_nothing_falls_back_to_the_folders(
    cli: Cli, workspace: Workspace, models: Path
) -> None:
    make_good(workspace, models / "colours")
    (workspace.datasets / GOOD / CARD_NAME).write_bytes(b"")
    found = _of(cli("datasets", "list", "--json"), "dataset")[GOOD]
    assert found["counts"] == COUNTS
    assert str(found["problem"]).endswith(f"{CARD_NAME} is empty.")
    assert (workspace.datasets / GOOD / CARD_NAME).read_bytes() == b""


def test_marks_that_cannot_be_read_are_named_and_never_written_over(
    cli: Cli, workspace: Workspace, models: Path
) -> None:
    make_good(workspace, models / "colours")
    marks = workspace.datasets / GOOD / ".studio" / "marks.jsonl"
    marks.parent.mkdir()
    os.mkfifo(marks)
    found = _of(cli("datasets", "list", "--json"), "dataset")[GOOD]
    assert "kept for the test" in json.dumps(found["problem"])
    assert marks.is_fifo()
