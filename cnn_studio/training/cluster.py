"""Several machines that train one network together: who they are, and which one this is."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cnn_studio.errors import UsageError
from cnn_studio.untrusted_files import json_in, read_toml, understanding

TF_CONFIG = "TF_CONFIG"
TRUSTED_NETWORKS_ONLY = (
    "TensorFlow's cluster port has no password and listens on every address of the machine: use it "
    "only in a network that you trust."
)
PEER_LOST = (
    "Another worker of the cluster has ended or cannot be reached, so the training cannot go on. "
    "What was saved can be resumed on the first machine: cnn-studio resume RUN."
)
_ADDRESS = re.compile(r"[^\s:/]+:\d{1,5}")
_FORM = 'workers = ["first-machine:23450", "second-machine:23450"]'


@dataclass(frozen=True)
class Cluster:
    """The workers of a training.

    Attributes:
        workers: The address of each, "host:port", in the same order on every machine. The first
            is the chief, which alone writes the run.
        task: Which of them this machine is, 0 for the first.

    Raises:
        UsageError: An address is none, or there is no such worker.
    """

    workers: tuple[str, ...]
    task: int

    def __post_init__(self) -> None:
        bad = [name for name in self.workers if not _ADDRESS.fullmatch(name)]
        if bad or len(self.workers) < 2 or len(set(self.workers)) != len(self.workers):
            raise UsageError(
                f"A cluster needs two or more different workers, such as {_FORM}, "
                f"not {', '.join(self.workers) or 'none'}."
            )
        if not 0 <= self.task < len(self.workers):
            raise UsageError(
                f"--task must be 0 to {len(self.workers) - 1}, the place of this machine among the "
                f"workers, not {self.task}."
            )

    @property
    def is_chief(self) -> bool:
        """Whether this worker writes the run."""
        return self.task == 0

    def to_config(self) -> str:
        """What TensorFlow reads from the variable TF_CONFIG."""
        task = {"type": "worker", "index": self.task}
        return json.dumps({"cluster": {"worker": list(self.workers)}, "task": task})


def read_cluster(path: Path, task: int) -> Cluster:
    """Read a cluster file.

    Raises:
        UsageError: It cannot be read or is not understood, or has no such worker.
    """
    values = read_toml(path, error=UsageError, name=path)
    if set(values) != {"workers"}:
        raise UsageError(f"{path} must hold one line such as {_FORM}.")
    return Cluster(_addresses(values["workers"], str(path)), task)


def cluster_of_environment(environment: Mapping[str, str]) -> Cluster | None:
    """The cluster that TF_CONFIG describes, or None if that is not set.

    Raises:
        UsageError: It is not understood.
    """
    text = environment.get(TF_CONFIG, "").strip()
    if not text:
        return None
    values = json_in(text, f"The variable {TF_CONFIG}", UsageError)
    with understanding(f"The variable {TF_CONFIG}", UsageError):
        kinds, task = values["cluster"], values["task"]
        # An older form calls the first worker "chief".
        workers = [*kinds.get("chief", []), *kinds["worker"]]
        before = 0 if task["type"] == "chief" else len(kinds.get("chief", []))
        place = before + int(task["index"])
    return Cluster(_addresses(workers, TF_CONFIG), place)


def _addresses(value: Any, where: str) -> tuple[str, ...]:
    if not isinstance(value, Sequence) or not all(isinstance(entry, str) for entry in value):
        raise UsageError(f"{where}: the workers must be a list of addresses, such as {_FORM}.")
    return tuple(value)
