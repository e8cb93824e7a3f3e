"""Has every reader read thousands of wrong files, and counts how that ends.

    python tests/benchmarks/fuzz_readers.py [--files 1000] [--kinds KIND ...] [--seed 1]

A file that is right is made wrong by chance, put where such a file lies, and read as the window and
the command line do. It may be read or be refused by one of the program's own errors; it may not
raise anything else, crash the process, take long or take much memory. Models of others are
the subject of fuzz_models.py.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import shutil
import sys
import tempfile
import time
import traceback
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
sys.path.insert(0, str(REPOSITORY))

from tests.benchmarks.doors import KINDS, Kind  # noqa: E402
from tests.benchmarks.fuzz_seeds import make_seeds  # noqa: E402
from tests.benchmarks.line_process import LineProcess  # noqa: E402

FILE_LIMIT_S = 60.0
_TOLD_EVERY = 250


@dataclass
class Report:
    """How the files of one kind ended."""

    counts: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    faults: dict[str, Path] = field(default_factory=dict)
    slowest_s: float = 0.0
    peak_mb: int = 0


def fuzz(kind: str, seeds: Path, place: Path, files: int, seed: int) -> Report:
    """Read so many wrong files of a kind.

    Args:
        kind: One of KINDS.
        seeds: What `make_seeds` has made.
        place: An empty folder to work in.
        files: How many.
        seed: One seed gives one set of files.
    """
    report = Report()
    command = [__file__, "--reader", kind, str(seeds), str(place), str(seed)]
    reader = LineProcess(command, place, FILE_LIMIT_S)
    try:
        for number in range(files):
            answer = reader.ask(b"%d" % number)
            if answer is None:
                answer = {"end": "process died", "why": "process died", "s": 0.0, "mb": 0}
            end, why = str(answer["end"]), _shape_of(str(answer.get("why", "")))
            report.counts[end] += 1
            report.slowest_s = max(report.slowest_s, float(str(answer["s"])))
            report.peak_mb = max(report.peak_mb, int(str(answer["mb"])))
            if end in ("read", "refused"):
                report.reasons[why] += bool(why)
            elif why not in report.faults:
                report.faults[why] = _kept(place / str(number))
            shutil.rmtree(place / str(number), ignore_errors=True)
            if (number + 1) % _TOLD_EVERY == 0:
                print(f"{kind}: {number + 1} files, {dict(report.counts)}", file=sys.stderr)
    finally:
        reader.close()
    return report


def serve(kind: Kind, seeds: Path, place: Path, seed: int) -> None:
    """What the process does: make the file of each number that it gets, and read it."""
    from cnn_studio.errors import StudioError

    for line in sys.stdin.buffer:
        number = int(line)
        folder = place / str(number)
        folder.mkdir()
        dice = random.Random(f"{kind.name} {seed} {number}")
        read = kind.prepare(seeds, folder, dice)
        before_mb = _reset_peak()
        begun = time.perf_counter()
        try:
            read()
            answer: dict[str, object] = {"end": "read"}
        except StudioError as error:
            answer = {"end": "refused", "why": str(error)}
        except BaseException as error:  # noqa: BLE001 - this is what is looked for
            frames = traceback.extract_tb(error.__traceback__)
            own = [f for f in frames if "/cnn_studio/" in f.filename] or list(frames)
            where = f"{Path(own[-1].filename).name}:{own[-1].lineno}"
            answer = {"end": "raised", "why": f"{type(error).__name__} in {where}: {error}"}
        answer["s"], answer["mb"] = time.perf_counter() - begun, _peak_mb() - before_mb
        print(json.dumps(answer), flush=True)


def _reset_peak() -> int:
    """Have the system count the most memory from now on; what is in use, in megabytes."""
    try:
        Path("/proc/self/clear_refs").write_text("5")
    except OSError:  # another system: then the most is that of all files
        return 0
    return _peak_mb()


def _peak_mb() -> int:
    try:
        found = re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())
    except OSError:
        return 0
    return int(found[1]) // 1024 if found else 0


def _shape_of(sentence: str) -> str:
    """A sentence without what differs from file to file."""
    return re.sub(r"'[^']*'|(?<!:)\b[\d.,]+|\([^)]*\)|\[[^]]*\]", "…", sentence)[:120]


def _kept(folder: Path) -> Path:
    """A copy of what was not read as it should, to look into."""
    kept = Path(tempfile.mkdtemp(prefix="not-read-")) / "files"
    folder.rename(kept)
    return kept


def main() -> None:
    """Fuzz the kinds and print the counts."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--files", type=int, default=1000)
    parser.add_argument("--kinds", nargs="+", choices=sorted(KINDS), default=list(KINDS))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--reasons", action="store_true", help="print why files are refused")
    parser.add_argument("--reader", nargs=4, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.reader is not None:
        kind, seeds, place, seed = options.reader
        serve(KINDS[kind], Path(seeds), Path(place), int(seed))
        return
    with tempfile.TemporaryDirectory(prefix="fuzz-readers-") as folder:
        seeds = Path(folder) / "seeds"
        make_seeds(seeds)
        for kind in options.kinds:
            place = Path(folder) / kind
            place.mkdir()
            begun = time.perf_counter()
            report = fuzz(kind, seeds, place, options.files, options.seed)
            ends = ("read", "refused", "raised", "process died")
            counts = ", ".join(f"{report.counts[end]} {end}" for end in ends)
            print(
                f"{kind:14} {counts}; slowest {report.slowest_s:.2f} s; memory {report.peak_mb} MB;"
                f" {time.perf_counter() - begun:.0f} s",
                flush=True,
            )
            for why, kept in report.faults.items():
                print(f"    {why}\n        {kept}")
            if options.reasons:
                for why, count in report.reasons.most_common(25):
                    print(f"    {count:5} {why}")


if __name__ == "__main__":
    main()
