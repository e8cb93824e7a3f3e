"""Many look at once whether a lock is free: none of them is taken for who works."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest
from filelock import FileLock

from cnn_studio.data.dataset_hold import Use, dataset_hold, use_of
from cnn_studio.file_locks import brief_hold
from cnn_studio.models.runs import LOCK_FILE, open_run
from cnn_studio.work_notes import WorkNote, left_notes

_LOOKS, _THREADS = 300, 6


def _run(folder: Path, stack: ExitStack, *, held: bool) -> Callable[[], bool]:
    """Whether a run counts as in training."""
    (folder / LOCK_FILE).touch()  # as a kill leaves it
    if held:
        stack.enter_context(FileLock(folder / LOCK_FILE))
    return lambda: open_run(folder).is_training


def _note(folder: Path, stack: ExitStack, *, held: bool) -> Callable[[], bool]:
    """Whether a note counts as that of work that goes on."""
    note = WorkNote.begin(folder / "work", {"what": "an import"})
    if held:
        stack.callback(note.close, struck_out=True)
    else:
        note.close(struck_out=False)  # it was broken off
    return lambda: not left_notes(folder / "work")


def _dataset(folder: Path, stack: ExitStack, *, held: bool) -> Callable[[], bool]:
    """Whether a dataset counts as recorded into."""
    for number in range(40):  # as kills leave them; a look removes them
        folder.with_name(f".{folder.name}.{Use.RECORDING}-{number:016x}.lock").touch()
    if held:
        stack.enter_context(dataset_hold(folder, Use.RECORDING))
    return lambda: use_of(folder) is not None


@pytest.mark.parametrize("made", [_run, _note, _dataset])
@pytest.mark.parametrize("held", [False, True])
def test_whoever_looks_is_not_taken_for_who_works(
    made: Callable[..., Callable[[], bool]], held: bool, tmp_path: Path
) -> None:
    (tmp_path / "here").mkdir()
    with ExitStack() as stack:
        is_held = made(tmp_path / "here", stack, held=held)
        looks = 8 if held else _LOOKS
        with ThreadPoolExecutor(_THREADS) as pool:
            found = list(pool.map(lambda _look: is_held(), range(looks)))
        assert found == [held] * looks


def test_looks_of_another_program_are_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "a.lock"
    program = (
        "import sys; from filelock import FileLock; from cnn_studio.file_locks import brief_hold\n"
        "print('here', flush=True)\n"
        "while True:\n"
        "    with brief_hold(FileLock(sys.argv[1])): pass\n"
    )
    command = [sys.executable, "-c", program, str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        other.stdout.readline()
        seen = []
        for _look in range(_LOOKS):
            with brief_hold(FileLock(path)) as is_free:
                seen.append(is_free)
        other.kill()
    assert all(seen)
