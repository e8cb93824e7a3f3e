"""How a person names a camera, in the settings and on the command line."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

from cnn_studio.camera.demo import DemoCamera
from cnn_studio.camera.frame_size import FrameSize
from cnn_studio.camera.image_sequence import ImageSequenceSource
from cnn_studio.camera.network import NetworkSource
from cnn_studio.camera.network_check import SCHEMES
from cnn_studio.camera.source import FrameSource
from cnn_studio.camera.video_file import VIDEO_SUFFIXES, VideoFileSource
from cnn_studio.camera.webcam import WebcamSource
from cnn_studio.errors import UsageError
from cnn_studio.vision.images import is_image_name

_PATTERN = re.compile(r"[*?]|%0?\d*d")
_DEVICE_FILE = re.compile(r"/dev/video(\d+)")
_WHOLE_NUMBER = re.compile(r"[+-]?\d+")
_MOST_SHOWN = 40
_MOST_DIGITS = 4  # no system numbers its webcams higher
_ANY_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)


class CameraKind(StrEnum):
    """What a camera is. The value, before a colon, forces the kind: `webcam:demo`."""

    WEBCAM = "webcam"
    VIDEO = "video"
    SEQUENCE = "images"
    NETWORK = "network"
    DEMO = "demo"


@dataclass(frozen=True)
class CameraSpec:
    """Which camera is meant. `str(spec)` is what `parse_spec` reads back as the same spec.

    Attributes:
        kind: What it is.
        target: A webcam's number or name; the absolute path of a video, or of a folder or pattern
            of images; a stream's URL; what the demo camera shows, empty for its first object.

    Raises:
        UsageError: The target does not go with the kind.
    """

    kind: CameraKind
    target: str

    def __post_init__(self) -> None:
        if self.kind is CameraKind.DEMO:
            if self.target and self.target not in DemoCamera.SHOWN:
                known = ", ".join(DemoCamera.SHOWN)
                raise UsageError(f"The demo camera shows {known}, not {self.target}.")
        elif not self.target.strip():
            raise UsageError(f"Say which {self.kind} is meant; nothing stands after its colon.")
        elif self.kind is CameraKind.NETWORK:
            _check_address(self.target)
        elif self.kind is CameraKind.WEBCAM:
            _check_number(self.target)

    def __str__(self) -> str:
        if self.kind is CameraKind.DEMO:
            return f"demo:{self.target}" if self.target else "demo"
        prefixed = f"{self.kind}:{self.target}"
        if _forced_kind(self.target) or _kind_by_look(self.target) is not self.kind:
            return prefixed
        return self.target


def parse_spec(text: str) -> CameraSpec:
    """Understand what a person writes for a camera.

    Args:
        text: `0` or a webcam's name; the path of a video, of a folder of images or of a pattern
            of images (`shots/*.png`, `shots/%04d.png`); an http or rtsp URL; `demo` or
            `demo:shoe`, `demo:nothing`, `demo:strange`. A kind before a colon forces it:
            `webcam:demo`, `video:clip.dat`.

    Raises:
        UsageError: The text is empty, or names a thing that does not exist.
    """
    text = text.strip()
    if not text:
        raise UsageError("A camera must be named: a number, a name, a path, a URL or demo.")
    if text.lower() == CameraKind.DEMO:
        return CameraSpec(CameraKind.DEMO, "")
    kind = _forced_kind(text)
    if kind is not None:
        target = text.partition(":")[2].strip()
    else:
        kind, target = _kind_by_look(text) or _kind_on_disk(text), text
    if kind is CameraKind.DEMO:
        return CameraSpec(kind, target.lower())
    if kind is CameraKind.WEBCAM:
        device = _DEVICE_FILE.fullmatch(target)
        return CameraSpec(kind, device[1] if device else target)
    if kind in (CameraKind.VIDEO, CameraKind.SEQUENCE) and target:
        return CameraSpec(kind, str(Path(target).expanduser().absolute()))
    return CameraSpec(kind, target)


def create_source(
    spec: CameraSpec, *, loop: bool = True, size: FrameSize | None = None
) -> FrameSource:
    """The source that a spec names, not opened yet.

    Args:
        spec: What is meant.
        loop: Whether a video or a sequence of images begins again after its end.
        size: What a webcam is asked for; None for the usual size.

    Raises:
        UsageError: A size is wanted of what is no webcam.
    """
    if size is not None and spec.kind is not CameraKind.WEBCAM:
        raise UsageError(f"Only a webcam takes a size, such as {size}.")
    match spec.kind:
        case CameraKind.WEBCAM:
            return WebcamSource(spec.target, size)
        case CameraKind.VIDEO:
            return VideoFileSource(Path(spec.target), loop=loop)
        case CameraKind.SEQUENCE:
            return ImageSequenceSource(spec.target, loop=loop)
        case CameraKind.NETWORK:
            return NetworkSource(spec.target)
        case CameraKind.DEMO:
            return DemoCamera(spec.target or DemoCamera.OBJECTS[0])


def _forced_kind(text: str) -> CameraKind | None:
    prefix, colon, _rest = text.partition(":")
    known = {str(kind): kind for kind in CameraKind}
    return known.get(prefix.lower()) if colon else None


def _kind_by_look(text: str) -> CameraKind | None:
    """The kind that the text alone tells, whatever is on the disk today; None if it does not."""
    if _ANY_SCHEME.match(text):
        return CameraKind.NETWORK
    if text.isdecimal() or _DEVICE_FILE.fullmatch(text):
        return CameraKind.WEBCAM
    path = Path(text)
    if path.suffix.lower() in VIDEO_SUFFIXES:
        return CameraKind.VIDEO
    if _PATTERN.search(text) or is_image_name(path):
        return CameraKind.SEQUENCE
    return None


def _kind_on_disk(text: str) -> CameraKind:
    path = Path(text).expanduser()
    if path.is_dir():
        return CameraKind.SEQUENCE
    looks_like_path = len(path.parts) > 1 or text.startswith(("~", "."))
    return CameraKind.VIDEO if path.is_file() or looks_like_path else CameraKind.WEBCAM


def _check_number(target: str) -> None:
    if not _WHOLE_NUMBER.fullmatch(target.strip()):
        return  # a name
    if not target.strip().isdecimal() or len(target.strip()) > _MOST_DIGITS:
        shown = target if len(target) <= _MOST_SHOWN else f"{target[:_MOST_SHOWN]}…"
        raise UsageError(f"A webcam's number must be 0 to {10**_MOST_DIGITS - 1}, not {shown}.")


def _check_address(url: str) -> None:
    try:
        parts = urlsplit(url)
        usable = parts.scheme.lower() in SCHEMES and bool(parts.hostname) and parts.port != 0
        usable = usable and not re.search(r"\s", parts.netloc.rpartition("@")[2])
    except ValueError:  # a port that is no number, or an address in brackets that is none
        usable = False
    if not usable:
        shown = url.rpartition("@")[2]
        raise UsageError(
            f"A network camera's address must be like http://phone:8080/video or "
            f"rtsp://camera/stream, not {shown}."
        )
