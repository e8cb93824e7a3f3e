"""Files and folders that another program lets go over the window."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QMimeData


def dropped_paths(mime: QMimeData) -> list[Path]:
    """The local files and folders that a drag carries; addresses elsewhere are passed over."""
    return [Path(url.toLocalFile()) for url in mime.urls() if url.isLocalFile()]
