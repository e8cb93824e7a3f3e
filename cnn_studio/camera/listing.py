"""The cameras that can be had right now, and which one to begin with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cnn_studio.camera.spec import CameraKind, CameraSpec, parse_spec
from cnn_studio.camera.webcam import connected_webcams
from cnn_studio.errors import UsageError

DEMO_NAME = "Demo camera"


@dataclass(frozen=True)
class CameraInfo:
    """A camera to choose from.

    Attributes:
        spec: What opens it.
        name: What a person calls it.
    """

    spec: CameraSpec
    name: str


def list_cameras() -> list[CameraInfo]:
    """The webcams by their real names, then the demo camera. Never raises.

    A webcam is named by its name, which stays when others are plugged in or out; only of several
    with one name each is named by its number.
    """
    webcams = connected_webcams()
    names = [webcam.name for webcam in webcams]
    infos = []
    for webcam in webcams:
        alone = names.count(webcam.name) == 1 and not webcam.name.isdecimal()
        target = webcam.name if alone else str(webcam.index)
        shown = webcam.name if alone else f"{webcam.name} ({webcam.index})"
        infos.append(CameraInfo(CameraSpec(CameraKind.WEBCAM, target), shown))
    return [*infos, CameraInfo(CameraSpec(CameraKind.DEMO, ""), DEMO_NAME)]


def arrivals(before: Sequence[CameraInfo], now: Sequence[CameraInfo]) -> list[CameraInfo]:
    """The cameras that are there now and were not before."""
    return [info for info in now if info not in before]


def choose_at_start(last: str | None, available: Sequence[CameraInfo]) -> CameraSpec:
    """The camera used last if it can be had, else the first webcam, else the demo camera.

    Args:
        last: What the settings hold, as `str(spec)` gave it.
        available: What `list_cameras` gave.
    """
    specs = [info.spec for info in available]
    wanted = _understood(last)
    if wanted is not None and (wanted.kind is not CameraKind.WEBCAM or wanted in specs):
        return wanted
    return next(
        (spec for spec in specs if spec.kind is CameraKind.WEBCAM), CameraSpec(CameraKind.DEMO, "")
    )


def _understood(text: str | None) -> CameraSpec | None:
    try:
        return parse_spec(text) if text else None
    except UsageError:
        return None
