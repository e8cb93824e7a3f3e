"""Where wrong files come in: for each kind one that is right, and how the studio reads it."""

from __future__ import annotations

import json
import random
import shutil
import sys
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tomlkit

from tests.benchmarks.fuzz_seeds import DATASET, OTHER_DATASET, RUN
from tests.benchmarks.mutations import change_value, mutated, mutated_json, mutated_zip, packed
from tests.hostile import EVERYTHING

_QUITE_ANOTHER = 0.2  # of the files

Read = Callable[[], object]


@dataclass(frozen=True)
class Kind:
    """One kind of file.

    Attributes:
        name: What it is called here.
        prepare: Makes a wrong one out of the seeds, puts it into a folder that is empty, and gives
            what reads it. The first of a generator's choices is never right by chance alone.
    """

    name: str
    prepare: Callable[[Path, Path, random.Random], Read]


def _put(path: Path, dice: random.Random, changed: Callable[[], bytes]) -> None:
    """Put a file that is changed, or now and then what is quite another thing, in its place."""
    if dice.random() < _QUITE_ANOTHER:
        path.unlink(missing_ok=True)
        EVERYTHING[dice.choice(sorted(EVERYTHING))](path)
    else:
        path.write_bytes(changed())


def _text_changed(name: str, data: bytes, dice: random.Random) -> bytes:
    """A text file made wrong, as deep as its format can be taken apart."""
    if name.endswith((".jsonl", ".done", ".steps")):
        lines = data.splitlines() or [b""]
        place = dice.randrange(len(lines))
        lines[place] = mutated_json(lines[place], dice) if lines[place] else b"[" * 3_000
        return b"\n".join(lines)
    if name.endswith(".toml") and dice.random() < 0.7:
        values = json.loads(json.dumps(tomlkit.parse(data.decode()).unwrap()))
        for _ in range(dice.choice((1, 1, 2, 3))):
            change_value(values, dice)
        try:
            return tomlkit.dumps(_without_none(values)).encode("utf-8", "surrogatepass")
        except (ValueError, TypeError, OverflowError, RecursionError):
            return mutated(data, dice)
    return mutated_json(data, dice) if name.endswith(".json") else mutated(data, dice)


def _without_none(values: Any) -> Any:
    if isinstance(values, dict):
        return {key: _without_none(value) for key, value in values.items() if value is not None}
    if isinstance(values, list):
        return [_without_none(value) for value in values if value is not None]
    return values


def _of_workspace(*patterns: str) -> Callable[[Path, Path, random.Random], Read]:
    """A kind that is a file of a workspace, which is then looked at from all sides."""

    def prepare(seeds: Path, folder: Path, dice: random.Random) -> Read:
        source = seeds / "workspace"
        shutil.copytree(source, folder / "workspace", ignore=shutil.ignore_patterns("*.keras"))
        found = sorted(path for pattern in patterns for path in source.glob(pattern))
        chosen = dice.choice(found).relative_to(source)
        path = folder / "workspace" / chosen
        name = f"{path.name}.steps" if path.parent.name == "steps" else path.name
        good = path.read_bytes()
        _put(path, dice, lambda: _text_changed(name, good, dice))
        return lambda: look_at_workspace(folder / "workspace")

    return prepare


def look_at_workspace(root: Path) -> None:
    """Read all that a workspace holds, as the lists of the window and the command line do.

    Raises:
        AssertionError: What is good is not there any more.
    """
    from cnn_studio.data.catalog import list_datasets
    from cnn_studio.models.runs import list_runs
    from cnn_studio.paths import Workspace

    workspace = Workspace(root)
    datasets = {dataset.name: dataset for dataset in list_datasets(workspace)}
    assert OTHER_DATASET in datasets, "the good dataset is not listed"
    refused = []
    for step in (*_dataset_steps(datasets.get("mugs")), *_run_steps(list_runs(workspace))):
        try:
            step()
        except _studio_error() as error:
            refused.append(error)
    if refused:
        raise refused[0]


def _studio_error() -> type[Exception]:
    from cnn_studio.errors import StudioError

    return StudioError


def _dataset_steps(dataset: Any) -> Iterator[Read]:
    if dataset is None:
        return
    from cnn_studio.data.checkup import check_dataset
    from cnn_studio.data.class_folders import ClassFolders
    from cnn_studio.data.import_notes import broken_imports
    from cnn_studio.data.journal import recover
    from cnn_studio.data.kept_steps import KeptSteps
    from cnn_studio.data.label_doubts import standing_doubts
    from cnn_studio.data.marks import Mark
    from cnn_studio.data.sort_notes import SortNotes

    yield lambda: [broken.can_finish for broken in broken_imports(dataset)]
    yield lambda: recover(dataset.folder)
    yield lambda: [
        KeptSteps(dataset.folder).change(label.key) for label in KeptSteps(dataset.folder).labels()
    ]
    yield lambda: SortNotes(dataset.folder).decided()
    folders = ClassFolders(dataset)
    yield lambda: folders.counts()
    yield lambda: [folders.marks.names(mark) for mark in Mark]
    yield lambda: standing_doubts(folders)
    yield lambda: check_dataset(dataset)


def _run_steps(runs: list[Any]) -> Iterator[Read]:
    from cnn_studio.models.answers import kept_answers
    from cnn_studio.models.flattering import is_worth_asking, read_flattering
    from cnn_studio.models.learned import learned_of_kept, read_hashes
    from cnn_studio.models.run_dataset import dataset_folder
    from cnn_studio.models.run_notes import read_notes
    from cnn_studio.models.runs import read_history, split_names
    from cnn_studio.prediction.classifier import Classifier
    from cnn_studio.report.page import report
    from cnn_studio.training.presets import read_preset
    from cnn_studio.training.run_recipe import recipe_of

    for run in runs:
        yield lambda run=run: read_history(run)
        yield lambda run=run: [split_names(run, side) for side in ("train", "validation", "test")]
        yield lambda run=run: read_notes(run.folder)
        yield lambda run=run: read_hashes(run.folder)
        yield lambda run=run: learned_of_kept(run, "validation")
        yield lambda run=run: read_flattering(run.folder)
        yield lambda run=run: is_worth_asking(run)
        yield lambda run=run: dataset_folder(run)
        yield lambda run=run: recipe_of(run)
        yield lambda run=run: read_preset(run.folder / "recipe.json")
        if run.is_usable:
            yield lambda run=run: report(run, kept_answers(run, "validation"), None)
            yield lambda run=run: Classifier.open(run.folder)


def _of_archive(name: str) -> Callable[[Path, Path, random.Random], Read]:
    """A kind that is an archive which is imported into a new dataset."""

    def prepare(seeds: Path, folder: Path, dice: random.Random) -> Read:
        path, good = folder / name, (seeds / name).read_bytes()
        path.write_bytes(good)
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                members = {entry: archive.read(entry) for entry in archive.namelist()}
            inner = dice.choice(sorted(members))
            if inner.endswith((".toml", ".json")) and dice.random() < 0.5:
                members[inner] = _text_changed(inner, members[inner], dice)
                path.write_bytes(packed(members))
            else:
                path.write_bytes(mutated_zip(members, dice))
        else:
            _put(path, dice, lambda: mutated(good, dice))
        return lambda: import_into_new(folder / "workspace", path)

    return prepare


def import_into_new(root: Path, path: Path) -> None:
    """Bring something into a dataset that is made for it; nothing may be written elsewhere."""
    from cnn_studio.data.catalog import create_dataset, discard_if_empty
    from cnn_studio.data.class_folders import ClassFolders
    from cnn_studio.data.import_plan import plan_import
    from cnn_studio.data.intake import run_import
    from cnn_studio.data.unpacking import is_packed_dataset, look_into, unpack_dataset
    from cnn_studio.paths import Workspace

    around = _listing(path.parent)
    dataset = create_dataset(Workspace(root), "New")
    try:
        if is_packed_dataset(path):
            look_into(path)
            unpack_dataset(dataset, path)
        else:
            with plan_import(ClassFolders(dataset), [path]) as plan:
                plan.leave_out_doubtful()
                run_import(plan)
    finally:
        discard_if_empty(dataset)
        assert _listing(path.parent) <= {*around, root.name}, "something was written elsewhere"


def _listing(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def _of_labels(seeds: Path, folder: Path, dice: random.Random) -> Read:
    """Tables and boxes beside photos."""
    from tests.data.pictures import put_photo

    place = folder / "photos"
    for number in range(3):
        put_photo(place / "images" / f"p{number}.jpg", number)
    name, text = dice.choice(_LABELS)
    path = place / name
    path.parent.mkdir(parents=True, exist_ok=True)
    _put(path, dice, lambda: _text_changed(name, text.encode(), dice))
    if name.startswith("labels/"):
        (place / "data.yaml").write_text("names: [cup, pot]\n")
    return lambda: import_into_new(folder / "workspace", place)


_LABELS = (
    ("labels.csv", "file,class\np0.jpg,cup\np1.jpg,pot\np2.jpg,cup\n"),
    ("labels.tsv", "filename\tlabel\np0.jpg\tcup\np1.jpg\tpot\n"),
    ("data.yaml", "train: images\nnames:\n  0: cup\n  1: pot\n"),
    ("labels/p0.txt", "0 0.5 0.5 0.2 0.2\n1 0.2 0.2 0.1 0.1\n"),
    (
        "annotations.json",
        json.dumps(
            {
                "images": [{"id": 1, "file_name": "p0.jpg", "width": 32, "height": 24}],
                "annotations": [{"image_id": 1, "category_id": 3, "bbox": [2, 2, 10, 10]}],
                "categories": [{"id": 3, "name": "cup"}],
            }
        ),
    ),
    (
        "tasks.json",
        json.dumps(
            [
                {
                    "id": 1,
                    "data": {"image": "/data/upload/1/p0.jpg"},
                    "annotations": [
                        {"result": [{"type": "choices", "value": {"choices": ["cup"]}}]}
                    ],
                }
            ]
        ),
    ),
    (
        "images/p0.xml",
        "<annotation><filename>p0.jpg</filename><size><width>32</width><height>24</height></size>"
        "<object><name>cup</name><bndbox><xmin>2</xmin><ymin>2</ymin><xmax>12</xmax>"
        "<ymax>12</ymax></bndbox></object></annotation>",
    ),
)


def _of_images(seeds: Path, folder: Path, dice: random.Random) -> Read:
    from cnn_studio.data.image_facts import look_into
    from cnn_studio.vision.images import read_image

    good = dice.choice(sorted((seeds / "images").iterdir()))
    path = folder / good.name
    _put(path, dice, lambda: mutated(good.read_bytes(), dice))

    def read() -> None:
        look_into(path)
        read_image(path, 32)
        read_image(path)

    return read


def _of_videos(seeds: Path, folder: Path, dice: random.Random) -> Read:
    from cnn_studio.camera.video_reader import VideoReader

    good = dice.choice(sorted((seeds / "videos").iterdir()))
    path = folder / good.name
    _put(path, dice, lambda: mutated(good.read_bytes(), dice))

    def read() -> None:
        with VideoReader(path) as video:
            for _frame in video.frames(0.0, 1.0, None):
                pass
            video.end_s()

    return read


def _of_presets(_seeds: Path, folder: Path, dice: random.Random) -> Read:
    from cnn_studio.paths import Workspace
    from cnn_studio.training.cluster import cluster_of_environment, read_cluster
    from cnn_studio.training.presets import own_presets, read_preset

    recipe = tomlkit.dumps(_without_none(_recipe())).encode()
    workers = b'workers = ["one:23450", "two:23450"]\n'
    config = json.dumps(
        {"cluster": {"worker": ["one:1", "two:2"]}, "task": {"type": "worker", "index": 0}}
    ).encode()
    own = folder / "recipes" / "mine.toml"
    own.parent.mkdir()
    _put(own, dice, lambda: _text_changed("mine.toml", recipe, dice))
    cluster = folder / "cluster.toml"
    _put(cluster, dice, lambda: _text_changed("cluster.toml", workers, dice))
    text = _text_changed("config.json", config, dice).decode("utf-8", "replace")
    which = dice.randrange(4)

    def read() -> None:
        if which == 0:
            read_cluster(cluster, 0)
        elif which == 1:
            cluster_of_environment({"TF_CONFIG": text})
        elif which == 2:
            read_preset(own)
        own_presets(Workspace(folder))

    return read


def _recipe() -> Mapping[str, Any]:
    from cnn_studio.training.recipe import Recipe

    return {"title": "Mine", "summary": "As I like it", **Recipe().to_dict()}


def _of_settings(seeds: Path, folder: Path, dice: random.Random) -> Read:
    """The window opens with settings made wrong, and every page of it."""
    from PySide6.QtCore import QSettings

    path = folder / "settings.ini"
    lines = ["[General]"]
    for key in dice.sample(_SETTINGS, 4):
        group, _slash, name = key.partition("/")
        value = dice.choice(_WRONG_SETTINGS)
        lines += [f"[{group}]", f"{name}={value}"]
    text = "\n".join(lines).encode("utf-8", "surrogateescape")
    path.write_bytes(mutated(text, dice) if dice.random() < 0.3 else text)
    shutil.copytree(
        seeds / "workspace", folder / "workspace", ignore=shutil.ignore_patterns("*.keras")
    )

    def read() -> None:
        raised = open_window(folder / "workspace", QSettings(str(path), QSettings.Format.IniFormat))
        if raised:
            raise raised[0]

    return read


_SETTINGS = (
    *(f"camera/{name}" for name in ("addresses", "last", "mirrored_demo", "size_demo")),
    *(f"capture/{name}" for name in ("split", "frames_per_second", "delay_s", "duration_s")),
    *(f"capture/{name}" for name in ("stops_at_target", "toggle", "skip_same", "skip_flawed")),
    *(f"capture/{name}" for name in ("background_declined", "video_rate", "video_skip_same")),
    *(f"prediction/{name}" for name in ("opened", "folder", "half_life_s", "rows", "large_text")),
    *(f"prediction/{name}" for name in ("sound", "speech", "heat_map")),
    *("look/mode", "window/geometry", "export/seconds", "export/formats", "export/folder"),
    "dataset/last",
)
_WRONG_SETTINGS = (
    *("", "-1", "0", "1e308", "inf", "nan", "99999999999999999999", "true", "maybe", "../..", "/"),
    *("[[[[", '"{\\"a\\": 1}"', "@Invalid()", "@ByteArray(\\0\\x1)", "@Variant(\\0\\0\\0\\x7f)"),
    *("a, b, c", "mugs", "pens", "\udcff\udcfe", "x" * 5000, "[" * 5000, "demo:", "file:/dev/zero"),
    *("http://", "@Point(1 2)", "@Size(-1 -1)", "@Rect(0 0 99999999 99999999)", "%s%n"),
)


def open_window(root: Path, settings: Any) -> list[BaseException]:
    """Open the window and each of its pages, and close it; what was raised meanwhile."""
    import os

    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from PySide6.QtCore import QEvent
    from PySide6.QtWidgets import QApplication

    from cnn_studio.gui.application import create_application
    from cnn_studio.gui.main_window import MainWindow
    from cnn_studio.gui.studio import Studio
    from cnn_studio.paths import Workspace

    raised: list[BaseException] = []
    sys.excepthook = lambda _kind, error, _trace: raised.append(error)
    application = QApplication.instance() or create_application(sys.argv[:1])
    studio = Studio(Workspace(root), settings)
    studio.theme.apply()
    window = MainWindow(studio)
    studio.load_datasets()
    for page in ("capture", "training", "prediction"):
        window.show_page(page)
        window.show()
        for _ in range(5):
            application.processEvents()
    window.close()
    studio.shutdown()
    for each in (window, studio):
        each.deleteLater()
        application.sendPostedEvents(each, QEvent.Type.DeferredDelete)
    application.processEvents()
    return raised


def _of_caches(_seeds: Path, folder: Path, dice: random.Random) -> Read:
    """Caches made wrong are made again and never hold anybody up."""
    from cnn_studio.data.facts import FactsStore, gather_facts
    from cnn_studio.pretrained.feature_store import FeatureStore
    from tests.data.pictures import put_photo

    photo = put_photo(folder / "photo.jpg", 1)
    facts, features = folder / "facts.sqlite", folder / "features.sqlite"
    with FactsStore(facts) as store:
        gather_facts([photo], store)
    FeatureStore(features).__exit__()
    path = dice.choice((facts, features))
    good = path.read_bytes()
    _put(path, dice, lambda: mutated(good, dice))

    def read() -> None:
        with FactsStore(facts) as store:
            found = gather_facts([photo], store)
            assert found[photo].error == "", "a photo that is right is called wrong"
            store.small_copies([photo])
        with FeatureStore(features) as kept:
            kept.known([b"0" * 32])

    return read


def _of_idx(_seeds: Path, folder: Path, dice: random.Random) -> Read:
    import gzip
    import struct

    from cnn_studio.data.idx import read_idx
    from cnn_studio.data.idx_search import find_idx

    content = struct.pack(">4I", 0x803, 3, 4, 4) + bytes(48)
    path = folder / "train-images-idx3-ubyte.gz"
    wrong = mutated(content, dice)
    path.write_bytes(
        gzip.compress(wrong) if dice.random() < 0.5 else mutated(gzip.compress(content), dice)
    )

    def read() -> None:
        find_idx(folder, {})
        read_idx(path, 3)

    return read


_NOTES = f"{DATASET}/.studio"
KINDS: dict[str, Kind] = {
    name: Kind(name, prepare)
    for name, prepare in {
        "card": _of_workspace(f"{DATASET}/card.toml"),
        "journal": _of_workspace(f"{_NOTES}/journal/*"),
        "dataset-notes": _of_workspace(f"{_NOTES}/*.*", f"{_NOTES}/steps/*", f"{_NOTES}/imports/*"),
        "recipe": _of_workspace(f"{RUN}/recipe.json"),
        "studio-json": _of_workspace(f"{RUN}/studio.json"),
        "run-notes": _of_workspace(f"{RUN}/*.csv", f"{RUN}/[!s]*.json", f"{RUN}/split.json"),
        "answers": _of_workspace(f"{RUN}/*.npz"),
        "presets": _of_presets,
        "settings": _of_settings,
        "caches": _of_caches,
        "packed": _of_archive("packed.zip"),
        "tm": _of_archive("project.tm"),
        "zip": _of_archive("plain.zip"),
        "tar": _of_archive("plain.tar"),
        "labels": _of_labels,
        "idx": _of_idx,
        "image": _of_images,
        "video": _of_videos,
    }.items()
}
