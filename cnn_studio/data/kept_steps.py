"""The newest steps that were done to a dataset, kept so that they can be taken back any time.

Each is a file in `.studio/steps/` of two lines: what it was and whether it is in effect, then the
change that was made last for it, be it doing, undoing or redoing. The journal writes it together
with the change itself, so that a crash leaves neither without the other.
"""

from __future__ import annotations

import json
import secrets
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cnn_studio.data.changes import Change
from cnn_studio.data.marks import STUDIO_FOLDER
from cnn_studio.errors import NOT_UNDERSTOOD, DatasetError, StudioError
from cnn_studio.untrusted_files import json_in, open_regular, read_bytes
from cnn_studio.whole_files import write_atomically

STEPS_FOLDER = "steps"
MOST_STEPS = 200
"""So many are kept of a dataset; the oldest go first."""

_MOST_BYTES = 64 << 20  # a step that moves 50,000 images takes 6 MB
_MOST_LABEL_BYTES = 1 << 16
_DIGITS = 20


class StepLostError(DatasetError):
    """What a step did is not kept any more, so it can neither be undone nor done again."""


@dataclass(frozen=True)
class StepLabel:
    """What is said of a step beside its change.

    Attributes:
        key: The name of its file; a later step has a later one.
        text: What was done, in words.
        is_done: Whether it is in effect; else it was taken back and can be done again.
    """

    key: str
    text: str
    is_done: bool = True

    def to_dict(self) -> dict[str, Any]:
        """As JSON holds it."""
        return {"key": self.key, "text": self.text, "is_done": self.is_done}

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> StepLabel:
        """Read what `to_dict` made.

        Raises:
            ValueError, TypeError, KeyError: The values are not those of a step.
        """
        key = str(values["key"])
        if not key.replace("-", "").isalnum():
            raise ValueError(f"A step's key has letters and digits only, not {key!r}.")
        return cls(key, str(values["text"]), bool(values["is_done"]))


class KeptSteps:
    """The steps of one dataset; every call reads or writes the disk.

    Args:
        dataset_folder: The dataset's folder.
    """

    def __init__(self, dataset_folder: Path) -> None:
        self._name = dataset_folder.name
        self._folder = dataset_folder / STUDIO_FOLDER / STEPS_FOLDER

    def new_label(self, text: str) -> StepLabel:
        """The label of a step that is about to be taken, after all that are kept."""
        newest = max((path.stem for path in self._files()), default="")
        digits = newest[:_DIGITS]
        after_newest = int(digits) + 1 if digits.isdigit() else 0
        number = max(time.time_ns(), after_newest)  # a clock may be put back
        return StepLabel(f"{number:0{_DIGITS}d}-{secrets.token_hex(2)}", text)

    def labels(self) -> list[StepLabel]:
        """The steps, oldest first: those in effect, then those that can be done again."""
        found = [label for path in self._files() if (label := _label_in(path)) is not None]
        last_done = max((n for n, label in enumerate(found) if label.is_done), default=-1)
        # What was taken back before a later step was done can no longer be done again.
        return [label for n, label in enumerate(found) if label.is_done or n > last_done]

    def change(self, key: str) -> Change:
        """The change that was made last for a step.

        Raises:
            StepLostError: It is not kept any more, or its file is damaged.
        """
        try:
            path = self._folder / f"{key}.json"
            _label, change = read_bytes(path, _MOST_BYTES, DatasetError).splitlines()
            return Change.from_dict(self._name, json_in(change, path.name, DatasetError))
        except (*NOT_UNDERSTOOD, DatasetError) as error:
            raise StepLostError("What this step did is not kept any more.") from error

    def keep(self, label: StepLabel, change: Change) -> None:
        """Write down a step that was done, undone or redone.

        Raises:
            OSError: The folder cannot be written to.
        """
        path = self._folder / f"{label.key}.json"
        is_new = label.is_done and not path.exists()
        self._folder.mkdir(parents=True, exist_ok=True)
        lines = (json.dumps(label.to_dict()), json.dumps(change.to_dict()))
        write_atomically(path, "".join(f"{line}\n" for line in lines).encode("utf-8"))
        if is_new:
            self._forget_what_was_undone()
        self._stay_small()

    def drop(self, key: str) -> None:
        """Forget a step."""
        with suppress(OSError):
            (self._folder / f"{key}.json").unlink()

    def clear(self) -> None:
        """Forget all of them: none can be taken back any more."""
        for path in self._files():
            self.drop(path.stem)

    def _files(self) -> list[Path]:
        return sorted(path for path in self._folder.glob("*.json") if not path.name.startswith("."))

    def _forget_what_was_undone(self) -> None:
        for path in self._files():
            label = _label_in(path)
            if label is not None and not label.is_done:
                self.drop(path.stem)

    def _stay_small(self) -> None:
        files = self._files()
        sizes = [path.stat().st_size for path in files]
        total = sum(sizes)
        for place, (path, size) in enumerate(zip(files[:-1], sizes[:-1], strict=True)):
            if len(files) - place <= MOST_STEPS and total <= _MOST_BYTES:
                return
            self.drop(path.stem)
            total -= size


def _label_in(path: Path) -> StepLabel | None:
    """What a file says of its step; None for a file that is none of ours, or damaged."""
    try:
        with open_regular(path) as stream:
            line = stream.readline(_MOST_LABEL_BYTES)
        label = StepLabel.from_dict(json_in(line, path.name))
    except (OSError, *NOT_UNDERSTOOD, StudioError):
        return None
    return label if label.key == path.stem else None
