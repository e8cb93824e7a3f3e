"""Every record that may come from anybody is read, or refused by the program's own error."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cnn_studio.data.cache_file import CacheFile
from cnn_studio.data.cards import (
    CARD_NAME,
    MAX_CLASSES,
    DatasetCard,
    card_text,
    read_card,
    write_card,
)
from cnn_studio.data.changes import Change
from cnn_studio.data.journal import recover
from cnn_studio.data.kept_steps import KeptSteps
from cnn_studio.data.label_doubts import read_doubts
from cnn_studio.data.marks import STUDIO_FOLDER, Mark, Marks
from cnn_studio.data.sort_notes import SortNotes
from cnn_studio.errors import DatasetError, StudioError
from cnn_studio.models.answers import read_answers
from cnn_studio.models.flattering import read_flattering
from cnn_studio.models.learned import read_hashes
from cnn_studio.models.run_dataset import dataset_folder
from cnn_studio.models.runs import Run, open_run, read_history, split_names
from cnn_studio.training.checkpoint import load_checkpoint, load_fingerprints
from cnn_studio.training.cluster import read_cluster
from cnn_studio.training.presets import read_preset
from cnn_studio.untrusted_arrays import read_arrays
from cnn_studio.work_notes import left_notes
from tests.hostile import EVERYTHING, variations

needs_pipes = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="a system without named pipes")


def _run(folder: Path) -> Run:
    return open_run(folder)


def _answers(folder: Path) -> object:
    return read_answers(folder, "validation")


READERS: dict[str, tuple[str, Callable[[Path], object]]] = {
    "card": (CARD_NAME, read_card),
    "marks": (f"{STUDIO_FOLDER}/marks.jsonl", lambda folder: Marks(folder).names(Mark.TEST)),
    "doubts": (f"{STUDIO_FOLDER}/doubts.json", read_doubts),
    "sorting": (f"{STUDIO_FOLDER}/sorting.jsonl", lambda folder: SortNotes(folder).decided()),
    "journal": (f"{STUDIO_FOLDER}/journal/1.json", recover),
    "steps": (f"{STUDIO_FOLDER}/steps/1.json", lambda folder: KeptSteps(folder).labels()),
    "a step": (f"{STUDIO_FOLDER}/steps/1.json", lambda folder: KeptSteps(folder).change("1")),
    "note": ("1.json", left_notes),
    "run": ("studio.json", _run),
    "begun run": ("recipe.json", lambda folder: (_run(folder), dataset_folder(_run(folder)))),
    "notes": ("notes.json", _run),
    "history": ("history.csv", lambda folder: read_history(_run(folder))),
    "split": ("split.json", lambda folder: split_names(_run(folder), "train")),
    "hashes": ("contents.json", read_hashes),
    "answers": ("answers-validation.npz", _answers),
    "flattering": ("flattering.json", read_flattering),
    "state": ("checkpoints/state.npz", load_checkpoint),
    "fingerprints": ("checkpoints/images.npz", load_fingerprints),
    "recipe": ("recipe.toml", lambda folder: read_preset(folder / "recipe.toml")),
    "recipe in JSON": ("recipe.json", lambda folder: read_preset(folder / "recipe.json")),
    "cluster": ("cluster.toml", lambda folder: read_cluster(folder / "cluster.toml", 0)),
}


@needs_pipes
@pytest.mark.parametrize("kind", READERS)
def test_nothing_but_the_programs_own_errors_leaves_a_reader(tmp_path: Path, kind: str) -> None:
    place, read = READERS[kind]
    refused: list[str] = []
    for number, put in enumerate(EVERYTHING.values()):
        folder = tmp_path / f"{number}"
        (folder / place).parent.mkdir(parents=True)
        put(folder / place)
        try:
            read(folder)
        except StudioError as error:
            refused.append(str(error))
    assert all(0 < len(sentence) < 1_000 for sentence in refused)


def test_a_card_with_any_odd_value_is_read_and_written_or_refused() -> None:
    card = DatasetCard("x", "T", ("a", "b"), disabled=("a",), colours={"a": "#112233"})
    good = {**card.to_dict(), "orientation": "any", "background": "b", "source": "s"}
    good["pixels"] = {"fam": {"bands": [0], "spans": [[0.0, 1.0]]}}
    assert DatasetCard.from_dict("x", good).background == "b"
    refused: list[str] = []
    for _where, values in variations(good):
        try:
            text = card_text(DatasetCard.from_dict("x", values))
        except DatasetError as error:
            refused.append(str(error))
        else:
            assert "a" in text
    assert len(refused) > 200
    assert max(map(len, refused)) < 1_000


@pytest.mark.parametrize(
    "line",
    [
        "target_per_class = inf",
        "target_per_class = nan",
        "target_per_class = 1e308",
        "target_per_class = -5",
        "target_per_class = [1]",
        f"target_per_class = 1{'0' * 400}",
        "input = {size = 1000000000}",
        f"classes = {'[' * 3_000}{']' * 3_000}",
        "classes = [1, 2]",
        'classes = ["a/b"]',
        'classes = [".."]',
        r'classes = ["a\u0000"]',
        f"classes = {json.dumps([str(n) for n in range(MAX_CLASSES + 1)])}",
    ],
    ids=lambda line: line[:40],
)
def test_a_card_that_no_person_means_is_refused_with_its_path(tmp_path: Path, line: str) -> None:
    (tmp_path / CARD_NAME).write_text(line)
    with pytest.raises(DatasetError, match=r"card\.toml") as caught:
        read_card(tmp_path)
    assert len(str(caught.value)) < 1_000


def test_a_card_of_very_many_classes_is_written_and_read_in_a_moment(tmp_path: Path) -> None:
    card = DatasetCard(tmp_path.name, "T", tuple(f"class {n}" for n in range(MAX_CLASSES)))
    write_card(tmp_path, card)
    assert read_card(tmp_path).classes == card.classes


def test_a_change_with_any_odd_value_is_carried_out_or_refused(tmp_path: Path) -> None:
    change = Change(moves=(("a/1.jpg", "b/1.jpg"),), stamps=((1, 2),)).to_dict()
    change["markings"] = [{"mark": "test", "on": True, "names": ["a/1.jpg"]}]
    change["card_after"] = DatasetCard("x", "T", ("a", "b")).to_dict()
    entry = tmp_path / STUDIO_FOLDER / "journal" / "1.json"
    for _where, values in variations(change, (None, -1, 10**400, "../x", "a\0b", [], {})):
        entry.parent.mkdir(parents=True, exist_ok=True)
        entry.write_text(json.dumps(values))
        recover(tmp_path)
        assert not entry.exists()
    assert not (tmp_path.parent / "x").exists()


def test_a_run_with_any_odd_value_in_its_records_is_listed(models: Path, tmp_path: Path) -> None:
    good = json.loads((models / "colours" / "studio.json").read_text("utf-8"))
    good.pop("unknown", None)
    some: tuple[Any, ...] = (None, -1, 10**400, 1e308, "\0", "\ud800", [], {}, [1, None])
    for _where, values in variations(good, some):
        (tmp_path / "studio.json").write_text(json.dumps(values))
        run = open_run(tmp_path)
        assert (run.bundle is None) <= (run.problem is not None)
    (tmp_path / "studio.json").unlink()
    begun = {"dataset": "x", "started": "2026-11-22", "recipe": {}, "dataset_folder": "/x"}
    for _where, values in variations(begun):
        (tmp_path / "recipe.json").write_text(json.dumps(values))
        assert open_run(tmp_path).bundle is None
        dataset_folder(open_run(tmp_path))


@needs_pipes
def test_a_cache_that_is_none_costs_what_it_held_and_nothing_else(tmp_path: Path) -> None:
    schema = "CREATE TABLE IF NOT EXISTS seen (name TEXT)"
    for number, (what, put) in enumerate(EVERYTHING.items()):
        path = tmp_path / f"{number}" / "cache.sqlite"
        path.parent.mkdir()
        put(path)
        with CacheFile(path, 1, schema, timeout_s=0.1, most_bytes=1 << 20) as cache:
            cache.write("INSERT INTO seen VALUES (?)", [("a",)])
            assert cache.read("SELECT name FROM seen") in ([("a",)], []), what


def test_arrays_that_unpack_to_more_than_there_is_room_for_are_refused(tmp_path: Path) -> None:
    import numpy as np

    path = tmp_path / "a.npz"
    np.savez_compressed(path, zeros=np.zeros(1 << 20, np.uint8), one=np.ones(1))
    assert list(read_arrays(path, ["one"])) == ["one"]
    with pytest.raises(StudioError, match=r"unpacks to more than 0 MB"):
        read_arrays(path, most_bytes=1 << 19)
    with pytest.raises(StudioError, match="damaged"):
        read_arrays(path, ["none"])
    objects = tmp_path / "objects.npz"
    np.savez(objects, a=np.array([object()], dtype=object))
    with pytest.raises(StudioError, match="damaged"):
        read_arrays(objects)
