"""What was done to a dataset and can be undone again. Plain; each call may take a while."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from cnn_studio.data.changes import Change
from cnn_studio.data.class_folders import ClassFolders
from cnn_studio.data.kept_steps import KeptSteps, StepLabel, StepLostError


@dataclass(frozen=True)
class Outcome:
    """What came of a step.

    Attributes:
        changed: Whether anything was done.
        missed: How many files could not be moved: they are no longer as the step left them.
    """

    changed: bool = True
    missed: int = 0


class Edit:
    """A change that is carried out, taken back and carried out again, in turns.

    Each turn is kept on the disk with the dataset, so that it can be taken back after a restart.

    Args:
        folders: The dataset.
        plan: Says what to change, when it is first asked for.
        text: What it is, in words.
        then: Is called with what was really changed, the first time.
    """

    def __init__(
        self,
        folders: ClassFolders,
        plan: Callable[[], Change],
        text: str = "",
        then: Callable[[Change], None] | None = None,
    ) -> None:
        self._folders = folders
        self._plan = plan
        self._steps = KeptSteps(folders.dataset.folder)
        self._label: StepLabel | None = None
        self._last: Change | None = None
        self.text = text
        self.then = then

    @classmethod
    def kept(cls, folders: ClassFolders, label: StepLabel) -> Edit:
        """An edit that was made before, as far as it is kept on the disk."""

        def inverse() -> Change:
            return KeptSteps(folders.dataset.folder).change(label.key).inverse()

        edit = cls(folders, inverse, label.text)
        edit._label = label
        return edit

    @property
    def last(self) -> Change | None:
        """What was changed last; its inverse is the next turn."""
        return self._last

    @property
    def is_done(self) -> bool:
        """Whether it is in effect."""
        return self._label is not None and self._label.is_done

    def turn(self) -> Outcome:
        """Carry it out, or take back what the last call did.

        Raises:
            DatasetError: The disk does not allow it; the dataset is as it was.
        """
        try:
            change = self._plan() if self._last is None else self._last.inverse()
        except StepLostError:
            return Outcome(changed=False)
        if self._label is None:
            label = self._steps.new_label(self.text)
        else:
            label = replace(self._label, is_done=not self._label.is_done)
        done = self._folders.carry_out(change, label)
        if done.is_empty:
            self._steps.drop(label.key)
        self._last, self._label = done, label
        planned = sum(1 for source, target in change.moves if source != target)
        return Outcome(not done.is_empty, planned - len(done.moves))

    def take_note(self) -> Outcome:
        """Keep what has happened already; its plan says what takes it back."""
        self._label = self._steps.new_label(self.text)
        self._last = self._folders.take_note(self._plan().inverse(), self._label)
        return Outcome()
