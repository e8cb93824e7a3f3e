"""What was done to a dataset and can be undone again. Plain; each call may take a while."""

from __future__ import annotations

from collections.abc import Callable

from cnn_studio.data.changes import Change
from cnn_studio.data.class_folders import ClassFolders


class Edit:
    """A change that is carried out, taken back and carried out again, in turns.

    Args:
        folders: The dataset.
        plan: Says what to change, when it is first asked for.
        then: Told what was really changed, the first time.
    """

    def __init__(
        self,
        folders: ClassFolders,
        plan: Callable[[], Change],
        then: Callable[[Change], None] | None = None,
    ) -> None:
        self._folders = folders
        self._plan = plan
        self._last: Change | None = None
        self.then = then

    @property
    def last(self) -> Change | None:
        """What was changed last; its inverse is the next turn."""
        return self._last

    def turn(self) -> None:
        """Carry it out, or take back what the last call did.

        Raises:
            DatasetError: The disk does not allow it; the dataset is as it was.
        """
        change = self._plan() if self._last is None else self._last.inverse()
        self._last = self._folders.carry_out(change)
