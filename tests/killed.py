"""Work that is killed in the middle, as `kill -9` does it, in a process of its own.

Run as `python -m tests.killed STEPS WORK ARGUMENT...` it does one of the works below, prints a line
for each step of its progress, and goes no further than to that number of steps.
"""

from __future__ import annotations

import itertools
import signal
import subprocess
import sys
import time
from pathlib import Path

from cnn_studio.data.catalog import find_dataset
from cnn_studio.data.class_folders import ClassFolders
from cnn_studio.data.dataset_copy import duplicate_dataset
from cnn_studio.data.dataset_trash import find_trashed
from cnn_studio.data.import_plan import plan_import
from cnn_studio.data.intake import run_import
from cnn_studio.data.trash import empty_trash
from cnn_studio.data.unpacking import unpack_dataset
from cnn_studio.exporting.export import ExportOrder, Step, export_run
from cnn_studio.exporting.export_notes import noted_export
from cnn_studio.exporting.formats import ExportFormat
from cnn_studio.exporting.verification import ExportReport
from cnn_studio.models.dataset_moves import delete_dataset, rename_dataset, restore_dataset
from cnn_studio.paths import Workspace
from cnn_studio.prediction.copy_notes import noted
from cnn_studio.prediction.copying import copy_pictures
from cnn_studio.prediction.pictures import Picture
from cnn_studio.video_import import FrameChoice, import_videos
from cnn_studio.work_notes import Halt

_ROOT = Path(__file__).parents[1]
_WAIT_S = 60.0  # for the kill
_steps = itertools.count(1)


def kill_after(steps: int, work: str, *arguments: object) -> None:
    """Begin a work, and kill it in the middle, once it has reported so many steps.

    Raises:
        RuntimeError: It was over before.
    """
    command = [sys.executable, "-m", "tests.killed", str(steps), work, *map(str, arguments)]
    with subprocess.Popen(command, cwd=_ROOT, stdout=subprocess.PIPE, text=True) as process:
        lines = iter(process.stdout or ())
        for _ in range(steps):
            if not next(lines, ""):
                raise RuntimeError(f"{work} ended with code {process.wait()} before its {steps}.")
        process.send_signal(signal.SIGKILL)
        process.wait()


def _tell(done: object, _total: int = 0) -> None:
    print(done, flush=True)
    if next(_steps) == int(sys.argv[1]):
        time.sleep(_WAIT_S)


def _import(workspace: str, dataset: str, source: str, move: str = "") -> None:
    folders = ClassFolders(find_dataset(Workspace(Path(workspace)), dataset))
    with plan_import(folders, [Path(source)]) as plan:
        run_import(plan, move=bool(move), progress=_tell)


def _unpack(workspace: str, dataset: str, source: str, title: str = "") -> None:
    found = find_dataset(Workspace(Path(workspace)), dataset)
    unpack_dataset(found, Path(source), title=title, progress=_tell)


def _video(workspace: str, dataset: str, *sources: str) -> None:
    folders = ClassFolders(find_dataset(Workspace(Path(workspace)), dataset))
    choice = FrameChoice(frames_per_second=None)
    import_videos(folders, "pen", list(map(Path, sources)), choice, progress=_tell)


def _copy(notes: str, source: str, target: str) -> None:
    pictures = [Picture(path, "") for path in sorted(Path(source).iterdir())]
    orders = [(picture, Path(target) / "cup") for picture in pictures]
    with noted(Path(notes), Path(target), orders, lambda: Halt.KEEP) as coming:
        copy_pictures(orders, _tell, coming=coming)


def _export(workspace: str, run: str, out: str, notes: str) -> None:
    """Two formats: a line for each stage, and for each end."""
    dataset = find_dataset(Workspace(Path(workspace)), "colours")
    formats = (ExportFormat.TFLITE, ExportFormat.ONNX)
    order = ExportOrder(Path(run), dataset, formats, Path(out))

    def tell(news: Step | ExportReport) -> None:
        if isinstance(news, ExportReport):
            through(news)
        _tell(news)

    with noted_export(Path(notes), order, lambda: Halt.KEEP) as through:
        export_run(order, tell, lambda: False)


def _empty(dataset_folder: str) -> None:
    empty_trash(Path(dataset_folder), progress=_tell)


def _duplicate(workspace: str, dataset: str, title: str) -> None:
    place = Workspace(Path(workspace))
    duplicate_dataset(place, find_dataset(place, dataset), title, progress=_tell)


def _rename_dataset(workspace: str, dataset: str, title: str) -> None:
    """Before each change of the disk a line."""
    place = Workspace(Path(workspace))
    found = find_dataset(place, dataset)
    sys.addaudithook(_tell_changes)
    rename_dataset(place, found, title)


def _delete_dataset(workspace: str, dataset: str) -> None:
    """Before each change of the disk a line."""
    place = Workspace(Path(workspace))
    found = find_dataset(place, dataset)
    sys.addaudithook(_tell_changes)
    delete_dataset(place, found)


def _restore_dataset(workspace: str, dataset: str) -> None:
    """Before each change of the disk a line."""
    place = Workspace(Path(workspace))
    found = find_trashed(place, dataset)
    sys.addaudithook(_tell_changes)
    restore_dataset(place, found)


def _tell_changes(event: str, _arguments: object) -> None:
    if event in {"os.rename", "os.remove", "os.mkdir", "os.rmdir", "shutil.rmtree"}:
        _tell(event)


_WORKS = {
    "delete-dataset": _delete_dataset,
    "duplicate": _duplicate,
    "rename-dataset": _rename_dataset,
    "restore-dataset": _restore_dataset,
    "import": _import,
    "unpack": _unpack,
    "video": _video,
    "copy": _copy,
    "export": _export,
    "empty": _empty,
}


if __name__ == "__main__":
    _WORKS[sys.argv[2]](*sys.argv[3:])
