"""Opens thousands of wrong model files as the window does, and counts how that ends.

    python tests/benchmarks/fuzz_models.py [--files 2000] [--kinds KIND ...] [--seed 1]

Each file is opened by a process that stands for the window's: it may not crash, take more than a
gigabyte, or write outside its folder. What it accepts, it also opens and runs in its own process.
The processes in which the files are tried may die; that is what they are for.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
sys.path.insert(0, str(REPOSITORY))

from tests.benchmarks.line_process import LineProcess  # noqa: E402
from tests.benchmarks.mutations import mutated, mutated_json, mutated_zip  # noqa: E402
from tests.models.opening.onnx_files import write_onnx  # noqa: E402

KINDS = ("keras", "h5", "tflite", "onnx", "studio-zip", "teachable-zip", "studio-json")
FILE_LIMIT_S = 150.0
_TOLD_EVERY = 250
_FILES_A_PROCESS = 300  # then a fresh one, since TensorFlow keeps some of what it has built
_EVIL = Path("/tmp/cnn-studio-evil.txt")


@dataclass
class Report:
    """How the files of one kind ended."""

    counts: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    slowest_s: float = 0.0
    window_mb: int = 0
    trial_mb: int = 0
    crashed: list[Path] = field(default_factory=list)


def fuzz(kind: str, seeds: Path, place: Path, files: int, seed: int) -> Report:
    """Open so many wrong files of a kind.

    Args:
        kind: One of KINDS.
        seeds: What `make_seeds` has made.
        place: An empty folder to work in.
        files: How many.
        seed: One seed gives one set of files.
    """
    make = _maker(kind, seeds, place)
    dice = random.Random(f"{kind} {seed}")
    report = Report()
    home = place / "home"
    opener = LineProcess([__file__, "--opener", str(home)], home, FILE_LIMIT_S * 2)
    home.mkdir()
    before = _listing(place)
    try:
        for number in range(files):
            path = make(dice, number)
            begun = time.perf_counter()
            answer = opener.ask(os.fsencode(path))
            took_s = time.perf_counter() - begun
            report.slowest_s = max(report.slowest_s, took_s)
            if answer is None:
                report.counts["window died"] += 1
                report.crashed.append(_kept(path))
            else:
                report.counts[str(answer["end"])] += 1
                report.reasons[_shape_of(str(answer.get("why", "")))] += 1
                report.window_mb = max(report.window_mb, int(str(answer["window_mb"])))
                report.trial_mb = max(report.trial_mb, int(str(answer["trial_mb"])))
            if took_s > FILE_LIMIT_S:
                report.counts["too slow"] += 1
            _remove(path)
            if (number + 1) % _TOLD_EVERY == 0:
                print(f"{kind}: {number + 1} files, {dict(report.counts)}", file=sys.stderr)
            if _listing(place) != before or _EVIL.exists():
                report.counts["written outside"] += 1
                _EVIL.unlink(missing_ok=True)
    finally:
        opener.close()
    return report


def make_seeds(folder: Path) -> None:
    """Write good models of every kind, in processes of their own because they need TensorFlow."""
    small = (
        "import sys, pathlib; from tests.models.small_run import write_run; "
        "write_run(pathlib.Path(sys.argv[1]) / 'run')"
    )
    for command in (["-m", "tests.known_models"], ["-c", small]):
        command = [sys.executable, *command, str(folder)]
        subprocess.run(command, cwd=REPOSITORY, check=True, capture_output=True)
    write_onnx(folder / "net.onnx", steps=[("Div", [255.0] * 3)])


def _maker(kind: str, seeds: Path, place: Path) -> Callable[[random.Random, int], Path]:
    """A function that writes the next wrong file of a kind."""
    import zipfile

    from tests.benchmarks.mutations import packed

    run = seeds / "run"
    inside: dict[str, bytes] = {}
    # The smallest network, so that thousands can be loaded; the checks come before its layers.
    source = {
        "keras": seeds / "colours" / "model.keras",
        "teachable-zip": seeds / "teachable-quantised.zip",
    }
    if kind in source:
        with zipfile.ZipFile(source[kind]) as archive:
            inside = {name: archive.read(name) for name in archive.namelist()}
    elif kind == "studio-zip":
        names = ("studio.json", "model.tflite", "model.keras")
        inside = {name: (run / name).read_bytes() for name in names}
        manifest = {"format": "cnn-studio-run", "schema_version": 1, "name": "run"}
        inside["manifest.json"] = json.dumps(manifest).encode()
        inside["history.csv"] = b"epoch,loss\n1,0.5\n"
    described = seeds / "colours" if kind == "keras" else run
    others = {"h5": seeds / "old forms" / "keras3.h5", "onnx": seeds / "net.onnx"}
    lite = (run / "model.tflite").read_bytes()
    description = (described / "studio.json").read_bytes()

    def make(dice: random.Random, number: int) -> Path:
        work = place / f"file{number}"
        work.mkdir()
        if inside:
            data = packed(inside) if number == 0 else mutated_zip(inside, dice)
            path = work / ("net.keras" if kind == "keras" else "net.zip")
            path.write_bytes(data)
            if kind == "keras":
                (work / "studio.json").write_bytes(description)
            return path
        is_first = number == 0
        if kind in others:
            good = others[kind].read_bytes()
            path = work / f"net.{kind}"
            path.write_bytes(good if is_first else mutated(good, dice))
            (work / "labels.txt").write_text("red\ngreen\nblue\n", encoding="utf-8")
            return path
        lite_here = lite if is_first or kind != "tflite" else mutated(lite, dice)
        json_here = description if is_first or kind == "tflite" else mutated_json(description, dice)
        (work / "model.tflite").write_bytes(lite_here)
        (work / "studio.json").write_bytes(json_here)
        return work / "model.tflite"

    return make


def _shape_of(sentence: str) -> str:
    """A sentence without what differs from file to file."""
    return re.sub(r"'[^']*'|[\d.,]+|\([^)]*\)|\[[^]]*\]", "…", sentence)[:90]


def _listing(place: Path) -> set[str]:
    """What is beside the folders of the files and of the opener."""
    return {path.name for path in place.iterdir() if not path.name.startswith("file")}


def _remove(path: Path) -> None:
    shutil.rmtree(path.parent)


def _kept(path: Path) -> Path:
    """A copy of a file that has crashed the opener, to look into."""
    kept = Path(tempfile.mkdtemp(prefix="crashing-model-"))
    shutil.copytree(path.parent, kept, dirs_exist_ok=True)
    return kept


def serve_as_window(place: Path) -> None:
    """What the opener does: open each file that it is told of as the window would."""
    import numpy as np

    from cnn_studio.errors import ModelError
    from cnn_studio.models.opening.opened import open_model
    from cnn_studio.models.opening.studio_zip import is_packed_run, unpack_run
    from cnn_studio.models.opening.trial import Trial, TrialDiedError, TrialSlowError
    from cnn_studio.paths import Workspace
    from cnn_studio.prediction.classifier import Classifier

    workspace = Workspace(place / "workspace")
    picture = np.random.default_rng(1).integers(0, 256, (90, 120, 3), np.uint8)
    trial = Trial()
    for number, line in enumerate(sys.stdin.buffer, 1):
        path, answer = Path(os.fsdecode(line.rstrip(b"\n"))), {}
        try:
            if is_packed_run(path):
                run = unpack_run(path, workspace, trial)
            else:
                run = open_model(path, trial)
            Classifier.open(run.folder).classify(picture)
            answer = {"end": "opened"}
        except ModelError as error:
            cause = error.__cause__ or error
            is_dead, is_slow = isinstance(cause, TrialDiedError), isinstance(cause, TrialSlowError)
            end = "child died" if is_dead else "too slow" if is_slow else "refused"
            answer = {"end": end, "why": str(error)}
        answer["window_mb"], answer["trial_mb"] = _peak_mb(os.getpid()), _peak_mb(trial.process_id)
        print(json.dumps(answer), flush=True)
        shutil.rmtree(workspace.runs, ignore_errors=True)
        if number % _FILES_A_PROCESS == 0:
            trial.close()
            shutil.rmtree(place / "cache", ignore_errors=True)


def _peak_mb(process_id: int | None) -> int:
    try:
        status = Path(f"/proc/{process_id}/status").read_text()
    except OSError:
        return 0
    found = re.search(r"VmHWM:\s+(\d+)", status)
    return int(found[1]) // 1024 if found else 0


def main() -> None:
    """Fuzz the kinds and print the counts."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--files", type=int, default=2000)
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=KINDS)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--reasons", action="store_true", help="print why files are refused")
    parser.add_argument("--opener", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.opener is not None:
        serve_as_window(options.opener)
        return
    with tempfile.TemporaryDirectory(prefix="fuzz-models-") as folder:
        seeds = Path(folder) / "seeds"
        make_seeds(seeds)
        for kind in options.kinds:
            place = Path(folder) / kind
            place.mkdir()
            begun = time.perf_counter()
            report = fuzz(kind, seeds, place, options.files, options.seed)
            took_s = time.perf_counter() - begun
            ends = ("opened", "refused", "child died", "too slow", "window died", "written outside")
            counts = ", ".join(f"{report.counts[end]} {end}" for end in ends)
            print(
                f"{kind:14} {counts}; slowest {report.slowest_s:.1f} s; memory: window's "
                f"{report.window_mb} MB, trial's {report.trial_mb} MB; {took_s:.0f} s",
                flush=True,
            )
            for path in report.crashed:
                print(f"    crashed: {path}")
            if options.reasons:
                for why, count in report.reasons.most_common(25):
                    print(f"    {count:5} {why}")


if __name__ == "__main__":
    main()
