"""What is said of cameras that come, go, fall silent or do not do what they were asked."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QCoreApplication

from cnn_studio.camera.frame_size import FrameSize
from cnn_studio.camera.listing import CameraInfo
from cnn_studio.camera.spec import CameraKind, CameraSpec

_tr = partial(QCoreApplication.translate, "Camera")


def silence(spec: CameraSpec | None, name: str) -> str:
    """The chosen camera gives nothing any more."""
    if spec is not None and spec.kind is CameraKind.WEBCAM:
        return _tr("The camera has stopped answering. Unplug it and plug it in again.")
    return _tr("{name} has stopped sending pictures.").format(name=name)


def refusal(name: str, asked: FrameSize, given: FrameSize) -> str:
    """A webcam gives pictures of another size."""
    text = _tr("{name} does not give {asked} pixels. It gives {given}.")
    return text.format(name=name, asked=asked, given=given)


def replacement(missing: str, name: str) -> str:
    """The camera used last is not there."""
    text = _tr("{missing}, used last, is not connected. {name} is used instead.")
    return text.format(missing=missing, name=name)


def arrival(arrived: Sequence[CameraInfo], chosen: CameraSpec | None) -> str:
    """Cameras were plugged in."""
    for info in arrived:
        if info.spec == chosen:
            return _tr("{name} is connected again.").format(name=info.name)
    if len(arrived) == 1:
        return _tr("{name} is connected: choose it above.").format(name=arrived[0].name)
    return _tr("Cameras were connected: choose one above.")
