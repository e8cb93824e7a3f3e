"""A program that changes a dataset without end, until it is killed; and whether anything is lost.

Run as `python -m tests.end_to_end.restless WORKSPACE SOURCES SEED` it prints "begin OPERATION" and
"end OPERATION" lines; what is on the disk by its own word stands in WORKSPACE/kept.txt.
"""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from cnn_studio.data import class_changes
from cnn_studio.data.cards import read_card
from cnn_studio.data.catalog import Dataset, create_dataset, find_dataset, list_datasets
from cnn_studio.data.changes import Change
from cnn_studio.data.class_folders import ClassFolders
from cnn_studio.data.listing import class_folder_names, image_files
from cnn_studio.data.marks import Mark
from cnn_studio.data.recorder import Recorder
from cnn_studio.data.samples import Sample
from cnn_studio.data.sessions import Session, SessionKind
from cnn_studio.data.trash import TRASH_NAME, list_trash
from cnn_studio.paths import Workspace
from cnn_studio.vision.images import encode_jpeg, read_image
from tests.data.importing import import_images

CLASSES = ("shoe", "cap", "Schlüssel", "本", "🍎 fruit")
_KEPT_NAME = "kept.txt"
_ROOT = Path(__file__).parents[2]


def noise(number: int) -> bytes:
    """A small JPEG file, a different one for each number."""
    pixels = np.random.default_rng(number).integers(0, 255, (12, 12, 3), np.uint8)
    return encode_jpeg(pixels)


def digest(data: bytes) -> str:
    """What a file is known by, whatever it is called."""
    return hashlib.sha256(data).hexdigest()


def populate(workspace: Workspace, per_class: int) -> Dataset:
    """Make a dataset of many small images, all of them different."""
    dataset = create_dataset(workspace, "Restless", CLASSES)
    session = Session.new(SessionKind.IMPORT)
    kept = []
    for place, name in enumerate(CLASSES):
        folder = dataset.folder / name
        folder.mkdir()
        for number in range(per_class):
            data = noise(place * per_class + number)
            (folder / session.file_name(number)).write_bytes(data)
            kept.append(digest(data))
    (workspace.root / _KEPT_NAME).write_text("".join(f"{line}\n" for line in kept))
    return dataset


class Restless:
    """Changes the dataset of a workspace in one way after the other, at random."""

    def __init__(self, workspace: Workspace, sources: Path, seed: int) -> None:
        self._random = random.Random(seed)
        self._numbers = np.random.default_rng(seed).integers(10**6, 10**9, 100_000).tolist()
        self._folders = ClassFolders(find_dataset(workspace, "restless"))
        self._sources = sources
        self._done: list[Change] = []
        self._kept = os.open(workspace.root / _KEPT_NAME, os.O_WRONLY | os.O_APPEND)
        self._operations: dict[str, Callable[[], None]] = {
            "record": self._record,
            "relabel": self._relabel,
            "rename": self._rename,
            "merge": self._merge,
            "remove": self._remove,
            "delete": self._delete,
            "restore": self._restore,
            "import": self._import,
            "undo": self._undo,
            "mark": self._mark,
            "reorder": self._reorder,
        }

    def go_on(self) -> None:
        """Change it for ever."""
        while True:
            name = self._random.choice(list(self._operations))
            print(f"begin {name}", flush=True)
            self._operations[name]()
            print(f"end {name}", flush=True)

    def _carry_out(self, change: Change) -> None:
        self._done.append(self._folders.carry_out(change))

    def _some(self, most: int) -> list[Sample]:
        samples = self._folders.samples(self._class())
        return self._random.sample(samples, min(most, len(samples)))

    def _class(self) -> str:
        classes = self._folders.classes()
        return self._random.choice(classes or [self._folders.add_class("shoe")])

    def _say_kept(self, samples: Iterable[Sample]) -> None:
        lines = "".join(f"{digest(sample.path.read_bytes())}\n" for sample in samples)
        os.write(self._kept, lines.encode())
        os.fsync(self._kept)

    def _record(self) -> None:
        session = Session.new(SessionKind.RECORDING)
        recorder = Recorder(self._folders, self._class(), session)
        recorder.start()
        for _ in range(12):
            shape = (12, 12, 3)
            pixels = np.random.default_rng(self._numbers.pop()).integers(0, 255, shape, np.uint8)
            recorder.offer(pixels, time.monotonic())
        recorder.finish(20)
        self._say_kept(recorder.samples)

    def _relabel(self) -> None:
        change = class_changes.relabelling(self._folders, self._some(250), self._class())
        self._carry_out(change)

    def _rename(self) -> None:
        new = f"{self._random.choice(CLASSES)} {self._random.randrange(10**6)}"
        self._carry_out(class_changes.class_rename(self._folders, self._class(), new))

    def _merge(self) -> None:
        source, target = self._class(), self._class()
        if source != target:
            self._carry_out(class_changes.class_merge(self._folders, source, target))
            name = f"new {self._random.randrange(10**6)}"
            self._carry_out(class_changes.class_addition(self._folders, name))

    def _remove(self) -> None:
        if len(self._folders.classes()) > 2:
            self._carry_out(class_changes.class_removal(self._folders, self._class()))

    def _delete(self) -> None:
        self._carry_out(class_changes.deletion(self._folders, self._some(200)))

    def _restore(self) -> None:
        trashed = list_trash(self._folders.dataset.folder)
        some = self._random.sample(trashed, min(300, len(trashed)))
        self._carry_out(class_changes.restoration(self._folders, some))

    def _import(self) -> None:
        folder = self._sources / f"{self._random.randrange(10**9)}"
        folder.mkdir(parents=True)
        for number in range(15):
            (folder / f"photo {number}.jpg").write_bytes(noise(self._numbers.pop()))
        report = import_images(self._folders, self._class(), [folder])
        self._say_kept(report.imported)

    def _undo(self) -> None:
        if self._done:
            self._folders.carry_out(self._done.pop().inverse())

    def _mark(self) -> None:
        mark = self._random.choice(list(Mark))
        on = self._random.random() < 0.7
        self._carry_out(class_changes.marking(self._folders, self._some(100), mark, on))

    def _reorder(self) -> None:
        classes = list(self._folders.classes())
        self._random.shuffle(classes)
        self._carry_out(class_changes.class_order(self._folders, classes))


@dataclass
class Losses:
    """What was found wrong after kills.

    Attributes:
        kills: How many kills there were, by operation.
        in_the_middle: How many of them fell within an operation.
        cut_short: How many changes of many steps were half done, so that they had to be ended.
        sentences: What was found wrong; none is hoped for.
    """

    kills: Counter[str] = field(default_factory=Counter)
    in_the_middle: Counter[str] = field(default_factory=Counter)
    cut_short: int = 0
    sentences: list[str] = field(default_factory=list)


def kill_often(workspace: Workspace, sources: Path, count: int, seed: int = 1) -> Losses:
    """Let the program run and kill it, again and again; look after each kill."""
    losses = Losses()
    chance = random.Random(seed)
    for number in range(count):
        operation, was_within = _run_and_kill(workspace, sources, seed * 1000 + number, chance)
        losses.kills[operation] += 1
        losses.in_the_middle[operation] += was_within
        losses.cut_short += any(workspace.datasets.glob("restless/.studio/journal/*.json"))
        if chance.random() < 0.25:
            _recover_and_kill(workspace, chance)
        found = what_is_wrong(workspace)
        losses.sentences += [f"After kill {number} in {operation}: {text}" for text in found]
        shutil.rmtree(sources, ignore_errors=True)
    return losses


def what_is_wrong(workspace: Workspace) -> list[str]:
    """Recover, as a start does, and compare the disk with what must be on it."""
    dataset = next(d for d in list_datasets(workspace) if d.name == "restless")
    wrong = [dataset.problem] if dataset.problem else []
    folder = dataset.folder
    files = [
        Path(entry.path)
        for root in (folder, folder / TRASH_NAME)
        for name in class_folder_names(root)
        for entry in image_files(root / name)
    ]
    found = Counter(digest(path.read_bytes()) for path in files)
    kept = set((workspace.root / _KEPT_NAME).read_text().split())
    missing = kept - set(found)
    wrong += [f"{len(missing)} images are lost."] if missing else []
    twice = [count for count in found.values() if count > 1]
    wrong += [f"{len(twice)} images are in more than one place."] if twice else []
    for path in files:
        if read_image(path).shape != (12, 12, 3):
            wrong.append(f"{path.name} does not open.")
    card = read_card(folder)
    if set(card.classes) != set(class_folder_names(folder)):
        wrong.append(f"The card says {card.classes}, the folders {class_folder_names(folder)}.")
    marks = ClassFolders(dataset).marks
    names = {path.relative_to(folder).as_posix() for path in files}
    stray = [name for mark in Mark for name in marks.names(mark) if name not in names]
    wrong += [f"{len(stray)} marks are on no image, as on {stray[0]}."] if stray else []
    return wrong


def _run_and_kill(
    workspace: Workspace, sources: Path, seed: int, chance: random.Random
) -> tuple[str, bool]:
    """One life of the program; the operation that it died in or after, and whether in it."""
    program = [sys.executable, "-m", "tests.end_to_end.restless"]
    command = [*program, str(workspace.root), str(sources), str(seed)]
    lines: list[str] = []
    with subprocess.Popen(command, cwd=_ROOT, stdout=subprocess.PIPE, text=True) as process:
        stream = process.stdout
        if stream is None:
            raise RuntimeError("The program has no stdout.")
        enough = chance.randrange(1, 12)
        while len(lines) < 2 * enough - 1 and (line := stream.readline()):
            lines.append(line.strip())
        reader = threading.Thread(target=lambda: lines.extend(map(str.strip, stream)))
        reader.start()
        time.sleep(chance.uniform(0, 0.02))
        process.send_signal(signal.SIGKILL)
        process.wait()
        reader.join()
    if not lines:
        raise RuntimeError("The program did not begin.")
    word, operation = lines[-1].split()
    return operation, word == "begin"


def _recover_and_kill(workspace: Workspace, chance: random.Random) -> None:
    script = (
        "import sys; from pathlib import Path; from cnn_studio.paths import Workspace; "
        "from cnn_studio.data.catalog import list_datasets; print('begin', flush=True); "
        "list_datasets(Workspace(Path(sys.argv[1])))"
    )
    command = [sys.executable, "-c", script, str(workspace.root)]
    with subprocess.Popen(command, cwd=_ROOT, stdout=subprocess.PIPE, text=True) as process:
        if process.stdout is not None:
            process.stdout.readline()
        time.sleep(chance.uniform(0, 0.02))
        process.send_signal(signal.SIGKILL)


def main() -> None:
    """Change the dataset until killed."""
    root, sources, seed = sys.argv[1:]
    Restless(Workspace(Path(root)), Path(sources), int(seed)).go_on()


if __name__ == "__main__":
    main()
