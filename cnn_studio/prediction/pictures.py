"""What can be classified: image files, those in folders and archives, and the frames of videos."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from cnn_studio.camera.video_kinds import no_picture
from cnn_studio.camera.video_reader import VideoReader, clock, is_video_name
from cnn_studio.data.archives import (
    ARCHIVE_SUFFIXES,
    class_name_of_archive,
    is_archive,
    names_said,
    open_archive,
)
from cnn_studio.data.incoming import Incoming, files_below, incoming_from_paths
from cnn_studio.errors import ImageError, StudioError, UsageError
from cnn_studio.vision.images import ImageArray, decode_image, is_image_name, read_file
from cnn_studio.vision.pixel_ranges import PixelReading

DEFAULT_RATE = 2.0
"""Frames a second that are taken of a video: more would say the same again."""

HIGHEST_RATE = 240.0

_ARCHIVES = (*ARCHIVE_SUFFIXES, ".tm", ".7z", ".rar")


@dataclass(frozen=True)
class Picture:
    """One picture, and where it can be found again.

    Attributes:
        path: The file; in an archive, the archive's path and then the entry's.
        folder: The name of the folder that it lies in; "" where there is none.
        archive: The zip or tar that it lies in.
        time_s: When it is shown, where it is a frame of a video.
    """

    path: Path
    folder: str
    archive: Path | None = None
    time_s: float | None = None

    @property
    def name(self) -> str:
        """What it is called, as in "shoe.jpg" or "clip.avi 00:03.2"."""
        if self.time_s is None:
            return self.path.name
        return f"{self.path.name} {padded_clock(self.time_s)}"


@dataclass(frozen=True)
class Reading:
    """A picture and how to get its pixels, which any thread may do once.

    Attributes:
        picture: Which one it is.
        read: Gives pixels (height, width, 3), uint8, RGB, or raises StudioError.
        stored: Gives the bytes of its file, or raises StudioError; None for a frame of a video.
    """

    picture: Picture
    read: Callable[[], ImageArray]
    stored: Callable[[], bytes] | None = None


class Pictures:
    """The pictures in some files, folders, archives and videos. A context manager to iterate over.

    A file that was named is among them whatever its ending is; of folders those that are called as
    images or videos are, of archives the images. An archive in a folder is not opened, and says so
    among those that cannot be read. Hidden folders are passed over, links to folders
    are not followed, and nothing comes twice. No file of an archive is unpacked under its name:
    see `data.incoming_zip` and `data.incoming_tar`.

    Args:
        paths: What was named.
        frames_per_second: How many frames of a video are taken at most; None takes all.
        cancelled: Asked often; once it says True, no more come.
        readings: How files of more than 8 bits or three bands are read; see `Bundle`.

    Attributes:
        names_said: A sentence for each archive whose names were read by a guess.

    Raises:
        UsageError: The rate is none.
    """

    def __init__(
        self,
        paths: Iterable[Path],
        frames_per_second: float | None = DEFAULT_RATE,
        cancelled: Callable[[], bool] = lambda: False,
        readings: Mapping[str, PixelReading] | None = None,
    ) -> None:
        if frames_per_second is not None and not 0 < frames_per_second <= HIGHEST_RATE:
            raise UsageError(
                f"Frames a second must be above 0, up to {HIGHEST_RATE:g}, "
                f"not {frames_per_second:g}."
            )
        self._rate = frames_per_second
        self._cancelled = cancelled
        self._readings = readings
        self._archives = ExitStack()
        self.names_said: list[str] = []
        self._parts: dict[Path, list[Reading] | int] = {}
        self._count = 0
        for path in paths:
            for file in _files_below(path) if path.is_dir() else (path,):
                if cancelled():
                    return
                if file not in self._parts:
                    is_below = file is not path and file.name.lower().endswith(_ARCHIVES)
                    part = _not_by_itself(file) if is_below else self._look_into(file)
                    self._parts[file] = part
                    self._count += part if isinstance(part, int) else len(part)

    def __enter__(self) -> Pictures:
        return self

    def __exit__(self, *_error: object) -> None:
        self._archives.close()

    def __len__(self) -> int:
        """How many there are; of videos, how many frames they promise."""
        return self._count

    def __iter__(self) -> Iterator[Reading]:
        for path, part in self._parts.items():
            for reading in self._frames(path) if isinstance(part, int) else part:
                if self._cancelled():
                    return
                yield reading

    def _look_into(self, path: Path) -> list[Reading] | int:
        """What is in a file: its pictures, or about how many frames."""
        try:
            if is_video_name(path):
                return self._promised(path)
            if is_archive(path):
                return list(self._in_archive(path))
        except StudioError as error:
            return [_unreadable(path, str(error))]
        picture = Picture(path, path.absolute().parent.name)
        return [Reading(picture, partial(self._read, path), partial(read_file, path))]

    def _in_archive(self, path: Path) -> Iterator[Reading]:
        archive = open_archive(path, cancelled=self._cancelled)
        self._archives.enter_context(archive)
        self.names_said += names_said(archive, path)
        for entry in archive:
            if not entry.refusal or is_image_name(entry.path):
                folder = entry.folders[-1] if entry.folders else class_name_of_archive(path)
                picture = Picture(entry.path, folder, archive=path)
                yield Reading(picture, partial(self._decode, entry), entry.read)

    def _read(self, path: Path) -> ImageArray:
        return decode_image(read_file(path), path.name, readings=self._readings)

    def _decode(self, entry: Incoming) -> ImageArray:
        return decode_image(entry.read(), entry.path.name, readings=self._readings)

    def _promised(self, path: Path) -> int:
        with VideoReader(path) as video:
            rate = min(self._rate or video.frames_per_second, video.frames_per_second)
            return max(1, round(video.promised_s * rate))

    def _frames(self, path: Path) -> Iterator[Reading]:
        folder = path.absolute().parent.name
        found = False
        try:
            with VideoReader(path, self._cancelled) as video:
                for frame in video.frames(0.0, None, self._rate):
                    found = True
                    picture = Picture(path, folder, time_s=round(frame.time_s, 3))
                    yield Reading(picture, partial(_given, frame.image_rgb))
        except StudioError as error:
            yield _unreadable(path, str(error))
            return
        if not found and not self._cancelled():
            yield _unreadable(path, no_picture(path))


def padded_clock(time_s: float) -> str:
    """A time in a video for names that sort by it: minutes, seconds and tenths, as in 01:05.3."""
    return clock(time_s).rjust(len("00:00.0"), "0")


def _files_below(folder: Path) -> Iterator[Path]:
    for path, _folders, problem in files_below(folder):
        is_archive_name = path.name.lower().endswith(_ARCHIVES)
        if not problem and (is_image_name(path) or is_video_name(path) or is_archive_name):
            yield path


def _not_by_itself(path: Path) -> list[Reading]:
    """An archive in a folder, which is not opened, but said to be there."""
    (entry,) = incoming_from_paths([path])
    return [_unreadable(path, entry.refusal)] if entry.refusal else []


def _given(pixels: ImageArray) -> ImageArray:
    return pixels


def _unreadable(path: Path, sentence: str) -> Reading:
    def refuse() -> ImageArray:
        raise ImageError(sentence)

    return Reading(Picture(path, path.absolute().parent.name), refuse)
