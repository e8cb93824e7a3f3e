"""NumPy's archives that may come from anybody, or be broken: read within limits, as in
`cnn_studio.untrusted_files`.

Nothing in them is ever run, and what they unpack to is known before it is unpacked.
"""

from __future__ import annotations

import tokenize
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from numpy.lib.format import read_array
from numpy.typing import NDArray

from cnn_studio.errors import StudioError
from cnn_studio.untrusted_files import open_regular
from cnn_studio.untrusted_zips import DAMAGE, entry_stream, open_zip

MAX_ARRAYS_BYTES = 1 << 30
"""The answers on 200,000 images of 1,000 classes have 800 MB."""

_NPY = ".npy"  # with this the name of each ends that is in the zip
_DAMAGE = (*DAMAGE, MemoryError, SyntaxError, tokenize.TokenError)


def read_arrays(
    path: Path,
    fields: Sequence[str] | None = None,
    *,
    error: type[StudioError] = StudioError,
    most_bytes: int = MAX_ARRAYS_BYTES,
) -> dict[str, NDArray[Any]]:
    """The arrays in an .npz file, whatever their shapes and types.

    Args:
        path: The file.
        fields: Which ones are read, in this order; by default all of them, in the file's order.
        error: Which kind of error is raised.
        most_bytes: What holds more when it is unpacked is refused.

    Raises:
        StudioError: Of the kind `error`: it cannot be read, is damaged or too large, or lacks a
            field. Its cause is a FileNotFoundError where it is not there.
    """
    try:
        with open_regular(path) as stream, open_zip(stream, path, error) as archive:
            entries = {entry.filename.removesuffix(_NPY): entry for entry in archive.infolist()}
            if sum(entry.file_size for entry in archive.infolist()) > most_bytes:
                raise error(f"{path} unpacks to more than {most_bytes >> 20:,} MB.")
            found = {}
            for name in entries if fields is None else fields:
                with entry_stream(archive, entries[name]) as member:
                    found[name] = read_array(member, allow_pickle=False)
            return found
    except FileNotFoundError as cause:
        raise error(f"The file is not there: {path}.") from cause
    except _DAMAGE as cause:
        raise error(f"{path} is damaged or not whole.") from cause
