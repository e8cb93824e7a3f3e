"""Images a second of one worker and of two with the same batch, each with one thread of its own.

    .venv/bin/python tests/benchmarks/workers.py [--images 6400] [--rounds 3]

Two are a cluster on this machine's loopback, started as `cnn-studio train --cluster` starts it on
several machines; one trains alone. The first epoch, in which the graph is built, does not count.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

EPOCHS = 3


def main() -> None:
    """Train by turns and print the ratio."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--dataset", default="/usr/share/datasets/fashion-mnist")
    parser.add_argument("--images", type=int, default=6400)
    parser.add_argument("--batch-size", type=int, default=128)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    words = [options.dataset, "--recipe", "classic", "--epochs", str(EPOCHS)]
    words += ["--limit", str(options.images)]
    words += ["--validation", "0", "--batch-size", str(options.batch_size)]
    ratios = []
    for number in range(1, options.rounds + 1):
        one, two = (_images_per_second(words, count) for count in (1, 2))
        ratios.append(two / one)
        print(
            f"round {number}: one worker {one:,.0f} images/s, two {two:,.0f}; "
            f"ratio {ratios[-1]:.2f}",
            flush=True,
        )
    print(f"ratio of two workers to one: {statistics.median(ratios):.2f} (2 would be ideal)")


def _images_per_second(words: list[str], count: int) -> float:
    """The median over the epochs after the first, as the chief tells it."""
    with tempfile.TemporaryDirectory() as folder:
        cluster = _cluster(Path(folder), count) if count > 1 else None
        workers = [_start(Path(folder), cluster, words, task) for task in range(count)]
        told = [worker.communicate() for worker in workers]
        for worker, (_, errors) in zip(workers, told, strict=True):
            if worker.returncode != 0:
                raise SystemExit(errors)
    lines = [json.loads(line) for line in told[0][0].splitlines()]
    speeds = [line["images_per_second"] for line in lines if line.get("event") == "epoch"]
    return float(statistics.median(speeds[1:]))


def _cluster(folder: Path, count: int) -> Path:
    path = folder / "cluster.toml"
    addresses = [f"127.0.0.1:{_free_port()}" for _ in range(count)]
    path.write_text(f"workers = {json.dumps(addresses)}\n", encoding="utf-8")
    return path


def _start(
    folder: Path, cluster: Path | None, words: list[str], task: int
) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "cnn_studio", "--workspace", str(folder / f"server{task}")]
    command += ["train", *words, "--json"]
    if cluster is not None:
        command += ["--cluster", str(cluster), "--task", str(task)]
    cores = sorted(os.sched_getaffinity(0))
    return subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "TF_NUM_INTRAOP_THREADS": "1", "TF_NUM_INTEROP_THREADS": "1"},
        preexec_fn=lambda: os.sched_setaffinity(0, {cores[task % len(cores)]}),
    )


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


if __name__ == "__main__":
    main()
