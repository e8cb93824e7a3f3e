"""How fast many files are classified, and how the window bears it.

    .venv/bin/python tests/benchmarks/many_files.py [FOLDER] [--files 5000] [--culprits]

The pictures of FOLDER, or without one frames of the demo camera, are linked until there are so
many. A process of its own classifies them in parts: each part once by a bare loop around LiteRT
with the same reading and preparation on one thread, and once as the studio does it. Then the folder
is dropped on the window of another process, and the table is sorted, filtered and scrolled.
The machine should have nothing else to do: its load is printed, too.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median

import numpy as np
from ai_edge_litert.interpreter import Interpreter
from PySide6.QtCore import Qt

from cnn_studio.camera.demo import DemoCamera
from cnn_studio.gui.main_window import MainWindow
from cnn_studio.gui.prediction.files.arrangement import Column, FileFilter
from cnn_studio.gui.prediction.files.file_table import FileTable
from cnn_studio.gui.prediction.files.files_panel import FilesPanel
from cnn_studio.gui.prediction.prediction_tab import PredictionTab
from cnn_studio.models.bundle import LITE_FILE, read_bundle
from cnn_studio.prediction.batch import classify_pictures, open_classifiers
from cnn_studio.prediction.pictures import Pictures
from cnn_studio.vision.images import encode_jpeg, is_image_name, read_image
from cnn_studio.vision.preparation import InputSpec, prepare
from tests.benchmarks.loop_probe import LoopProbe
from tests.benchmarks.open_studio import drop_files, open_studio, run_for, run_until

_GAP_AIM_MS = 50
_PARTS = 50
_QUICKEST = 10  # of the parts: what others do on the machine meanwhile slows the rest
_DRAWN = 200
_CULPRIT_MS = 20
_RUN = "20261122-210520-objects"


def main() -> None:
    """Make the files and a model, and measure both in processes without TensorFlow."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, nargs="?", help="photos (default: drawn ones)")
    parser.add_argument("--files", type=int, default=5000)
    parser.add_argument("--platform", choices=("xcb", "offscreen"), default="xcb")
    parser.add_argument("--culprits", action="store_true")
    parser.add_argument("--speed-of", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--window-of", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.speed_of:
        _measure_speed(options.speed_of)
    elif options.window_of:
        _measure_window(options.window_of, options)
    else:
        with tempfile.TemporaryDirectory() as name:
            _make_all(Path(name), options.folder, options.files)
            environment = {**os.environ, "XDG_CACHE_HOME": f"{name}/cache"}
            for part in ("--speed-of", "--window-of"):
                command = [sys.executable, *sys.argv, part, name]
                subprocess.run(command, check=True, env=environment)
        print(f"load of the machine over the last minute: {os.getloadavg()[0]:.1f}")


def _make_all(root: Path, photos: Path | None, count: int) -> None:
    from tests.models.small_run import CLASSES, write_run

    write_run(root / "runs" / _RUN, input=InputSpec(64, 3))
    if photos is None:
        photos = root / "drawn"
        photos.mkdir()
        camera = DemoCamera("shoe", paced=False)
        camera.open()
        for number in range(min(_DRAWN, count)):
            (photos / f"{number}.jpg").write_bytes(encode_jpeg(camera.read()))
    originals = sorted(filter(is_image_name, photos.rglob("*")))
    for number in range(count):
        source = originals[number % len(originals)]
        target = root / "files" / CLASSES[number % len(CLASSES)] / f"{number:05}-{source.name}"
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(source, target)
        except OSError:  # another disk
            shutil.copyfile(source, target)


def _measure_speed(root: Path) -> None:
    run = root / "runs" / _RUN
    paths = sorted(filter(Path.is_file, (root / "files").rglob("*")))
    parts = [paths[start::_PARTS] for start in range(_PARTS)]
    bare, classifiers = _bare_loop(run), open_classifiers(run)

    def studio(part: Sequence[Path]) -> None:
        with Pictures(part) as pictures:
            for _answer in classify_pictures(classifiers, pictures, thumbnail_px=80):
                pass

    for part in (paths[:50], paths[50:100]):  # what comes first takes longer
        bare(part)
        studio(part)
    bare_s, studio_s, worked_s = list[float](), list[float](), [0.0, 0.0]
    for part in parts:
        for place, (work, times) in enumerate(((bare, bare_s), (studio, studio_s))):
            begun, worked = time.perf_counter(), time.process_time()
            work(part)
            times.append(time.perf_counter() - begun)
            worked_s[place] += time.process_time() - worked
    print(
        f"{len(paths):,} files: the studio {len(paths) / sum(studio_s):.0f} files/s on "
        f"{len(classifiers)} threads, bare LiteRT on one thread {len(paths) / sum(bare_s):.0f}, "
        f"ratio {sum(bare_s) / sum(studio_s):.2f} (aim: well over 1)"
    )
    each = len(parts[0])
    quick_bare, quick = (median(sorted(times)[:_QUICKEST]) for times in (bare_s, studio_s))
    print(
        f"in the quickest {_QUICKEST} of {_PARTS} parts: {each / quick:.0f} and "
        f"{each / quick_bare:.0f} files/s, ratio {quick_bare / quick:.2f}"
    )
    bare_ms, studio_ms = (worked / len(paths) * 1000 for worked in worked_s)
    print(f"processor time a file: the studio {studio_ms:.2f} ms, bare LiteRT {bare_ms:.2f} ms")
    print(f"peak memory of that process: {_peak_mb():.0f} MB", flush=True)


def _bare_loop(run: Path) -> Callable[[Sequence[Path]], None]:
    spec = read_bundle(run).input
    interpreter = Interpreter(model_content=(run / LITE_FILE).read_bytes(), num_threads=1)
    interpreter.allocate_tensors()
    taken = interpreter.get_input_details()[0]["index"]
    given = interpreter.get_output_details()[0]["index"]

    def loop(paths: Sequence[Path]) -> None:
        for path in paths:
            prepared = prepare(read_image(path), spec)
            interpreter.set_tensor(taken, prepared[None].astype(np.float32))
            interpreter.invoke()
            interpreter.get_tensor(given).argmax()

    return loop


def _measure_window(root: Path, options: argparse.Namespace) -> None:
    with open_studio(root, "demo:shoe", options.platform) as (studio, window):
        probe = LoopProbe(_CULPRIT_MS if options.culprits else None)
        probe.start()
        studio.try_run(root / "runs" / _RUN)
        run_until(studio.camera.latest, "frame of the camera")
        run_for(3)
        _use_table(window, root, options.files, probe)
        probe.stop()
    print(f"   peak memory of the window's process: {_peak_mb():.0f} MB", flush=True)


def _use_table(window: MainWindow, root: Path, count: int, probe: LoopProbe) -> None:
    (tab,), (panel,) = window.findChildren(PredictionTab), window.findChildren(FilesPanel)
    (table,) = window.findChildren(FileTable)
    model, bar = panel.model, table.verticalScrollBar()

    def fill() -> None:
        drop_files(tab, [root / "files"])
        run_until(lambda: len(model.entries) == count, "table of all files", 1200)

    def scroll() -> None:
        for step in range(100):
            bar.setValue(bar.maximum() * step // 100)
            run_for(0.02)

    def fill_sorted() -> None:
        table.sortByColumn(Column.PROBABILITY, Qt.SortOrder.DescendingOrder)
        drop_files(tab, [root / "files"])
        run_until(lambda: len(model.entries) == 2 * count, "table of them twice", 1200)

    begun = time.monotonic()
    _measure(probe, "the table fills, camera and all", fill)
    print(f"   {count / (time.monotonic() - begun):.0f} files/s beside the camera's 30 fps")
    for name, work in (
        ("scrolled from top to bottom", scroll),
        ("sorted by name", lambda: table.sortByColumn(Column.NAME, Qt.SortOrder.AscendingOrder)),
        ("sorted by class", lambda: table.sortByColumn(Column.CLASS, Qt.SortOrder.AscendingOrder)),
        ("all selected", table.selectAll),
        ("sorted while all is selected", lambda: table.sortByColumn(0, Qt.SortOrder(1))),
        ("filtered by a word", lambda: model.set_filter(FileFilter(text="7"))),
        ("all listed again", lambda: model.set_filter(FileFilter())),
        ("another share is to be answered", lambda: panel.set_accept(0.5)),
        ("the same files again, sorted while they come", fill_sorted),
    ):
        _measure(probe, name, work)


def _measure(probe: LoopProbe, name: str, work: Callable[[], object]) -> None:
    run_for(0.5)
    probe.restart()
    work()
    run_for(0.7)
    gaps = probe.gaps()
    sign = "" if gaps.largest_ms < _GAP_AIM_MS else f"  <-- over {_GAP_AIM_MS} ms"
    print(f"   {name:<46} {gaps}{sign}", flush=True)
    for stack in probe.stacks():
        print(stack, flush=True)


def _peak_mb() -> float:
    # Not getrusage, which counts what the parent of a process took before it.
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


if __name__ == "__main__":
    main()
