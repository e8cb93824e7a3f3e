"""Pictures that were classified, read once more: to be shown large, or copied."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from cnn_studio.camera.video_reader import VideoReader
from cnn_studio.data.archives import Archive, open_archive
from cnn_studio.data.incoming import Incoming
from cnn_studio.data.incoming_zip import IncomingZip
from cnn_studio.errors import ImageError
from cnn_studio.prediction.pictures import Picture, padded_clock
from cnn_studio.vision.images import ImageArray, decode_image, encode_jpeg, read_file
from cnn_studio.vision.pixel_ranges import PixelReading


class PictureReader:
    """Reads pictures, for one thread at a time. A context manager.

    The archive or the video of the last one stays open, since its next one is likely asked for
    next.

    Args:
        readings: How files of more than 8 bits or three bands were read; see `Pictures`.
    """

    def __init__(self, readings: Mapping[str, PixelReading] | None = None) -> None:
        self._readings = readings
        self._archive: Archive | None = None
        self._entries: dict[Path, Incoming] = {}
        self._video: VideoReader | None = None
        self._open: Path | None = None

    def __enter__(self) -> PictureReader:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of what is open."""
        if self._archive is not None:
            self._archive.close()
        if self._video is not None:
            self._video.close()
        self._archive, self._video, self._open = None, None, None
        self._entries = {}

    def image(self, picture: Picture) -> ImageArray:
        """The pixels of a picture, (height, width, 3), uint8, RGB.

        Raises:
            StudioError: It is not there any more, or damaged.
        """
        if picture.time_s is not None:
            return self._frame(picture, picture.time_s)
        if picture.archive is not None:
            data = self._entry(picture, picture.archive).read()
        else:
            data = read_file(picture.path)
        return decode_image(data, picture.path.name, readings=self._readings)

    def file(self, picture: Picture) -> tuple[str, bytes]:
        """A file's name and bytes for a picture; a frame of a video becomes a JPEG.

        Raises:
            StudioError: It is not there any more, or damaged.
        """
        if picture.time_s is not None:
            moment = padded_clock(picture.time_s).replace(":", "-")
            return f"{picture.path.stem} {moment}.jpg", encode_jpeg(self.image(picture))
        if picture.archive is not None:
            return picture.path.name, self._entry(picture, picture.archive).read()
        return picture.path.name, read_file(picture.path)

    def _entry(self, picture: Picture, archive: Path) -> Incoming:
        if self._archive is None or self._open != archive:
            self.close()
            self._archive, self._open = open_archive(archive), archive
            self._entries = {entry.path: entry for entry in self._archive}
        try:
            return self._entries[picture.path]
        except KeyError as error:
            kind = "zip" if isinstance(self._archive, IncomingZip) else "archive"
            raise ImageError(f"It is not in the {kind} any more: {picture.path.name}.") from error

    def _frame(self, picture: Picture, time_s: float) -> ImageArray:
        if self._video is None or self._open != picture.path:
            self.close()
            self._video, self._open = VideoReader(picture.path), picture.path
        frame = self._video.frame_at(time_s)
        if frame is None:
            raise ImageError(f"The video ends before that: {picture.name}.")
        return frame.image_rgb
