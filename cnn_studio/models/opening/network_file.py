"""The network of a run's folder, opened in this process once it is known to do no harm.

What this studio wrote it opens at once: studio.json tells the SHA-256 of its model. Where another
file has taken its place, or the run is older than that, the file is tried in a process of its own
first, once a session.
"""

from __future__ import annotations

from pathlib import Path

from cnn_studio.models.bundle import ONNX_FILE, Bundle, file_sha256, model_file
from cnn_studio.models.lite import LiteModel
from cnn_studio.models.onnx import OnnxModel
from cnn_studio.models.opening.trial import Trial

_accepted: set[str] = set()

Network = LiteModel | OnnxModel


def accept(sha256: str) -> None:
    """Note that a file of this content has been tried in this session."""
    _accepted.add(sha256)


def open_network(folder: Path, bundle: Bundle, *, threads: int = 2) -> Network:
    """Open the network of a run.

    Args:
        folder: The run's folder, in the workspace or made by `open_model`.
        bundle: Its studio.json.
        threads: How many threads compute.

    Raises:
        ModelError: The file is missing or damaged, or cannot be used.
    """
    path = model_file(folder)
    digest = file_sha256(path)
    if digest and digest != bundle.model_sha256 and digest not in _accepted:
        with Trial() as trial:
            trial.network(path, bundle)
        accept(digest)
    kind = OnnxModel if path.name == ONNX_FILE else LiteModel
    return kind(
        path,
        threads=threads,
        pixel_range=bundle.pixel_range,
        outputs=bundle.outputs,
        size=bundle.input.size,
    )
