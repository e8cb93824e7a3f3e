"""Makes things go wrong on the disk for real, and prints what the person is told and what is lost.

    .venv/bin/python tests/benchmarks/faults.py

The full and the read-only disk are small file systems in memory, which only root may make; without
root they are passed over.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np

from cnn_studio.data import class_changes
from cnn_studio.data.cards import CARD_NAME
from cnn_studio.data.catalog import create_dataset, find_dataset
from cnn_studio.data.class_folders import ClassFolders
from cnn_studio.data.listing import class_folder_names, image_files
from cnn_studio.data.recorder import Recorder
from cnn_studio.data.sessions import Session, SessionKind
from cnn_studio.data.trash import TRASH_NAME, empty_trash
from cnn_studio.errors import StudioError
from cnn_studio.paths import Workspace
from cnn_studio.workspace_claim import WorkspaceClaim
from tests.data.importing import import_images
from tests.end_to_end.restless import digest, noise

_IMAGES = 40
_MAY_MOUNT = sys.platform == "linux" and os.geteuid() == 0

Fault = Callable[[Workspace, ClassFolders], list[str]]


def main() -> None:
    """Print one line for each fault."""
    print(f"{'fault':<50}{'lost':<12}what the person is told")
    for fault in (
        _full_while_recording,
        _full_while_importing,
        _full_while_relabelling,
        _read_only,
        _folder_renamed_by_another_program,
        _images_deleted_by_another_program,
        _card_deleted_by_another_program,
        _card_damaged_by_another_program,
        _place_taken_by_another_program,
        _class_folder_is_a_link,
        _names_of_any_script,
        _very_long_names,
        _names_that_lead_out,
        _stranger_in_the_journal,
        _second_studio,
    ):
        name = (fault.__doc__ or "").rstrip(".")
        print(f"{name:<50}", end="", flush=True)
        lost, told = _try(fault)
        print(f"{lost:<12}{' | '.join(dict.fromkeys(told)) or '-'}")


def _try(fault: Fault) -> tuple[str, list[str]]:
    """Make a fault in a fresh workspace; what is lost, and what is told."""
    needs_disk = fault in (
        _full_while_recording,
        _full_while_importing,
        _full_while_relabelling,
        _read_only,
    )
    if needs_disk and not _MAY_MOUNT:
        return "not tried", ["this needs root on Linux"]
    with tempfile.TemporaryDirectory() as folder, _disk(Path(folder), needs_disk):
        workspace = Workspace(Path(folder) / "workspace")
        folders = ClassFolders(create_dataset(workspace, "Things", ["shoe", "cap"]))
        session = Session.new(SessionKind.IMPORT)
        for number in range(_IMAGES):
            folders.add_encoded("shoe", noise(number), ".jpg", session, number)
        before = _contents(folders)
        told = fault(workspace, folders)
        if needs_disk:
            _mount(Path(folder), "remount,rw,size=8m")
        find_dataset(workspace, "things")
        after = _contents(folders)
        lost = sum((before - after).values())
        double = sum(count > 1 for count in after.values())
        told = [text.replace(str(workspace.datasets), "…") for text in told]
        return ("nothing" if not lost and not double else f"{lost} lost, {double} twice"), told


def _contents(folders: ClassFolders) -> Counter[str]:
    """What is in the classes and in the trash, by content."""
    root = folders.dataset.folder
    return Counter(
        digest(Path(entry.path).read_bytes())
        for place in (root, root / TRASH_NAME)
        for name in class_folder_names(place)
        for entry in image_files(place / name)
    )


@contextmanager
def _disk(folder: Path, wanted: bool) -> Iterator[None]:
    if not wanted:
        yield
        return
    _mount(folder, "size=8m")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


def _mount(folder: Path, options: str) -> None:
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", folder], check=True)


def _told(*calls: Callable[[], object]) -> list[str]:
    """Call each; the sentences of those that could not do their job."""
    sentences = []
    for call in calls:
        try:
            call()
        except StudioError as error:
            sentences.append(str(error))
    return sentences


def _fill(folders: ClassFolders, leave_bytes: int = 0) -> None:
    """Leave no room on the disk."""
    filler = folders.dataset.folder.parent.parent / "filler"
    with suppress(OSError), filler.open("wb") as stream:
        while True:
            stream.write(bytes(4096))
            stream.flush()
    if leave_bytes:
        os.truncate(filler, max(0, filler.stat().st_size - leave_bytes))


def _full_while_recording(_workspace: Workspace, folders: ClassFolders) -> list[str]:
    """disk full while recording."""
    _fill(folders, 20_000)
    recorder = Recorder(folders, "shoe", Session.new(SessionKind.RECORDING))
    recorder.start()
    for number in range(60):
        pixels = np.random.default_rng(number).integers(0, 255, (48, 64, 3), np.uint8)
        recorder.offer(pixels, time.monotonic())
        time.sleep(0.002)
    recorder.finish(10)
    return [f"{recorder.error} ({recorder.kept} kept, {recorder.lost} counted as lost)"]


def _full_while_importing(_workspace: Workspace, folders: ClassFolders) -> list[str]:
    """disk full while importing."""
    with tempfile.TemporaryDirectory() as source:
        for number in range(30):
            (Path(source) / f"{number}.jpg").write_bytes(noise(1000 + number))
        _fill(folders, 20_000)
        return _told(lambda: import_images(folders, "cap", [Path(source)]))


def _full_while_relabelling(_workspace: Workspace, folders: ClassFolders) -> list[str]:
    """disk full while relabelling, renaming, deleting."""
    _fill(folders)
    samples = folders.samples("shoe")
    return _told(
        lambda: folders.carry_out(class_changes.relabelling(folders, samples, "cap")),
        lambda: folders.carry_out(class_changes.class_rename(folders, "shoe", "boot")),
        lambda: folders.carry_out(class_changes.deletion(folders, samples)),
    )


def _read_only(workspace: Workspace, folders: ClassFolders) -> list[str]:
    """folder made read-only."""
    samples = folders.samples("shoe")
    _mount(workspace.root.parent, "remount,ro")
    session = Session.new(SessionKind.IMPORT)
    return _told(
        lambda: folders.add_encoded("shoe", noise(5000), ".jpg", session, 1),
        lambda: folders.carry_out(class_changes.relabelling(folders, samples, "cap")),
        lambda: folders.carry_out(class_changes.class_rename(folders, "shoe", "boot")),
        lambda: empty_trash(folders.dataset.folder),
    )


def _folder_renamed_by_another_program(_workspace: Workspace, folders: ClassFolders) -> list[str]:
    """class folder renamed by another program."""
    samples = folders.samples("shoe")
    folders.folder_of("shoe").rename(folders.folder_of("boot"))
    return _told(
        lambda: folders.carry_out(class_changes.relabelling(folders, samples, "cap")),
        lambda: folders.carry_out(class_changes.deletion(folders, samples)),
        lambda: folders.carry_out(class_changes.class_rename(folders, "shoe", "boot")),
    )


def _images_deleted_by_another_program(_workspace: Workspace, folders: ClassFolders) -> list[str]:
    """images moved away by another program meanwhile."""
    folders.folder_of("cap").mkdir(exist_ok=True)
    samples = folders.samples("shoe")
    for sample in samples[::2]:
        sample.path.rename(folders.folder_of("cap") / f"moved {sample.path.name}")
    done = folders.carry_out(class_changes.relabelling(folders, samples, "cap"))
    return [f"(no sentence: {len(done.moves)} of {len(samples)} were still there and were moved)"]


def _card_deleted_by_another_program(_workspace: Workspace, folders: ClassFolders) -> list[str]:
    """card deleted by another program."""
    (folders.dataset.folder / CARD_NAME).unlink()
    told = _told(lambda: folders.carry_out(class_changes.class_rename(folders, "shoe", "boot")))
    return told or ["(no sentence: the card is written again)"]


def _card_damaged_by_another_program(_workspace: Workspace, folders: ClassFolders) -> list[str]:
    """card damaged by another program."""
    card = folders.dataset.folder / CARD_NAME
    card.write_text("classes = [")
    told = _told(lambda: folders.carry_out(class_changes.class_rename(folders, "shoe", "boot")))
    return [text.replace(str(folders.dataset.folder), "…") for text in told]


def _place_taken_by_another_program(_workspace: Workspace, folders: ClassFolders) -> list[str]:
    """a file stands where an image shall go."""
    folders.folder_of("cap").mkdir(exist_ok=True)
    samples = folders.samples("shoe")
    for number, sample in enumerate(samples):
        (folders.folder_of("cap") / sample.path.name).write_bytes(noise(9000 + number))
    folders.carry_out(class_changes.relabelling(folders, samples, "cap"))
    names = {sample.path.name for sample in folders.samples("cap")}
    return [f"(no sentence: all {len(names)} are kept, under names of their own)"]


def _class_folder_is_a_link(workspace: Workspace, folders: ClassFolders) -> list[str]:
    """class folder is a link to elsewhere."""
    elsewhere = workspace.root / "elsewhere"
    folders.folder_of("cap").mkdir(exist_ok=True)
    folders.folder_of("cap").rename(elsewhere)
    folders.folder_of("cap").symlink_to(elsewhere, target_is_directory=True)
    samples = folders.samples("shoe")
    return _told(
        lambda: folders.carry_out(class_changes.relabelling(folders, samples, "cap")),
        lambda: folders.carry_out(class_changes.class_removal(folders, "cap")),
    )


def _names_of_any_script(_workspace: Workspace, folders: ClassFolders) -> list[str]:
    """names in any script."""
    told = []
    for name in ("靴", "туфля", "حذاء", "é" + "e\u0301", "👟", "a b & c %s {x}"):
        told += _told(
            lambda name=name: folders.carry_out(
                class_changes.class_rename(folders, folders.classes()[0], name)
            )
        )
    return told


def _very_long_names(_workspace: Workspace, folders: ClassFolders) -> list[str]:
    """very long names."""
    long = "ß" * 120 + ".jpg"
    folders.folder_of("cap").mkdir(exist_ok=True)
    (folders.folder_of("shoe") / long).write_bytes(noise(7000))
    (folders.folder_of("cap") / long).write_bytes(noise(7001))
    samples = [s for s in folders.samples("shoe") if s.path.name == long]
    return _told(
        lambda: folders.carry_out(class_changes.relabelling(folders, samples, "cap")),
        lambda: folders.add_class("x" * 200),
        lambda: folders.add_class("靴" * 64),
        lambda: folders.add_class("靴" * 100),
    )


def _names_that_lead_out(_workspace: Workspace, folders: ClassFolders) -> list[str]:
    """names that lead out of the dataset."""
    samples = folders.samples("shoe")[:1]
    return _told(
        lambda: folders.add_class("../outside"),
        lambda: folders.carry_out(class_changes.relabelling(folders, samples, "..")),
    )


def _stranger_in_the_journal(workspace: Workspace, folders: ClassFolders) -> list[str]:
    """a stranger's journal wants to move files out."""
    entry = folders.dataset.folder / ".studio" / "journal" / "evil.json"
    entry.parent.mkdir(parents=True, exist_ok=True)
    moves = '[["shoe", "../../stolen"]]'
    entry.write_text(
        f'{{"moves": {moves}, "markings": [], "card_before": null, "card_after": null}}'
    )
    find_dataset(workspace, "things")
    stolen = (workspace.root / "stolen").exists()
    shutil.rmtree(workspace.root / "stolen", ignore_errors=True)
    return ["it was carried out!" if stolen else "(no sentence: it is put aside and logged)"]


def _second_studio(workspace: Workspace, _folders: ClassFolders) -> list[str]:
    """a second studio on the same workspace."""
    with WorkspaceClaim(workspace), WorkspaceClaim(workspace) as second:
        return [f"Another studio has this workspace open ({second.owner})"]


if __name__ == "__main__":
    main()
