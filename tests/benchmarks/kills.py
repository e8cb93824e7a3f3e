"""Kills the program at random moments of changing a dataset, and looks what is lost.

.venv/bin/python tests/benchmarks/kills.py [--kills 200] [--seed 1]
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

from cnn_studio.paths import Workspace
from tests.end_to_end.restless import kill_often, populate


def main() -> None:
    """Print a table of the operations that were killed, and everything that is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    begun_s = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        workspace = Workspace(Path(folder) / "workspace")
        populate(workspace, per_class=300)
        losses = kill_often(workspace, Path(folder) / "sources", options.kills, options.seed)
    print(f"{'operation':<12}{'kills':>7}{'within it':>11}")
    for name, count in sorted(losses.kills.items()):
        print(f"{name:<12}{count:>7}{losses.in_the_middle[name]:>11}")
    within = losses.in_the_middle.total()
    print(f"{'all':<12}{losses.kills.total():>7}{within:>11}")
    print(f"{losses.cut_short} of them left a change half done, which the next start ended")
    print(f"{time.monotonic() - begun_s:.0f} s; lost or in two places: ", end="")
    print("nothing" if not losses.sentences else "\n".join(losses.sentences))


if __name__ == "__main__":
    main()
