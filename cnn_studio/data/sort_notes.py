"""What a person decided of photos that are being sorted, kept until it is carried out.

A crash between the first answer and the last then costs none of them. Each answer is a line that
is added to a file, so that giving one takes no time.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from pathlib import Path

from cnn_studio.data.marks import STUDIO_FOLDER
from cnn_studio.errors import StudioError
from cnn_studio.untrusted_files import json_in, open_to_add, read_bytes
from cnn_studio.whole_files import write_atomically

NOTES_NAME = "sorting.jsonl"


class SortNotes:
    """The answers of one dataset.

    Args:
        notes_folder: Where notes on the dataset lie.
    """

    def __init__(self, notes_folder: Path) -> None:
        self._path = notes_folder / STUDIO_FOLDER / NOTES_NAME

    def keep(self, photo: Path, answer: str) -> None:
        """Note what was decided of a photo, in place of what was before.

        Args:
            photo: Its absolute path.
            answer: A class, or what stands for none.

        Raises:
            OSError: It cannot be written.
        """
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with open_to_add(self._path) as file:
            file.write(_line(photo, answer).encode("utf-8"))

    def decided(self) -> dict[Path, str]:
        """What was decided and is not settled, as far as it can be read."""
        try:
            lines = read_bytes(self._path).splitlines()
        except StudioError:
            return {}
        answers = {}
        for line in lines:
            try:
                photo, answer = json_in(line, NOTES_NAME)
            except (StudioError, ValueError, TypeError):  # a crash may have cut it off
                continue
            if isinstance(photo, str) and isinstance(answer, str):
                answers[Path(photo)] = answer
        return answers

    def settle(self, photos: Collection[Path]) -> None:
        """Forget what was decided of these photos.

        Raises:
            OSError: It cannot be written.
        """
        known = self.decided()
        left = {photo: answer for photo, answer in known.items() if photo not in photos}
        if left:
            lines = "".join(_line(photo, answer) for photo, answer in left.items())
            write_atomically(self._path, lines.encode("utf-8"))
        else:
            self._path.unlink(missing_ok=True)


def _line(photo: Path, answer: str) -> str:
    # Names that are not UTF-8 are kept as they are: escaped.
    return json.dumps([str(photo), answer]) + "\n"
