"""Why a file does not open as a video: it is damaged, none, or its codec is not read."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from cnn_studio.errors import CameraError
from cnn_studio.untrusted_files import open_regular
from cnn_studio.vision.file_kinds import HEAD_BYTES, is_playlist, other_kind, refusal
from cnn_studio.vision.opencv import cv2

_CODEC_BYTES = 1 << 20  # of a file's beginning or of its table of contents
_BOX_HEADER_BYTES = 16
_MP4_CODEC = re.compile(rb"stsd.{12}([ -~]{4})", re.DOTALL)
_MATROSKA_CODEC = re.compile(rb"\x86[\x80-\xff](V_[A-Z0-9/_]+)")
_AVI_CODEC = re.compile(rb"vids([ -~]{4})")
_NEW = {"av01": "AV1", "V_AV1": "AV1", "vvc1": "H.266", "vvi1": "H.266"}
# What OpenCV's own FFmpeg reads: a file in one of these that does not open is damaged.
_READ = frozenset(
    {
        "ap4h", "ap4x", "apch", "apcn", "apco", "apcs", "avc1", "avc3", "cvid", "div3", "divx",
        "dvc", "dvcp", "dvsd", "dx50", "ffv1", "flv1", "fmp4", "h263", "h264", "h265", "hev1",
        "hevc", "hfyu", "hvc1", "jpeg", "mjpa", "mjpb", "mjpg", "mp42", "mp43", "mp4v", "mpeg",
        "mpg1", "mpg2", "mpng", "png", "s263", "svq1", "svq3", "vp08", "vp09", "vp80", "vp90",
        "wmv1", "wmv2", "x264", "xvid", "v_ffv1", "v_mjpeg", "v_mpeg1", "v_mpeg2",
        "v_mpeg4/iso/asp", "v_mpeg4/iso/avc", "v_mpegh/iso/hevc", "v_prores", "v_vp8", "v_vp9",
    }
)  # fmt: skip


def open_video(path: Path) -> cv2.VideoCapture:
    """Open a video file with OpenCV, and nothing but this file.

    By its content it must be a video: what only names others to play is refused. See
    `cnn_studio.vision.opencv` for what FFmpeg may open.

    Raises:
        CameraError: It is not there, damaged, no video, or one whose codec is not read.
    """
    try:
        with open_regular(path) as stream:
            is_list = is_playlist(stream.read(HEAD_BYTES))
            capture = cv2.VideoCapture()
            if not is_list:
                capture.open(_ffmpeg_name(path, stream), cv2.CAP_FFMPEG)
    except (FileNotFoundError, ValueError) as error:  # a name with a zero byte is no name
        raise CameraError(f"The video is not there: {path.name}.") from error
    except OSError as error:
        raise CameraError(_unreadable(path, error)) from error
    if not capture.isOpened():
        capture.release()
        raise CameraError(_refusal(path))
    return capture


def no_picture(path: Path) -> str:
    """Why a video that opens gives nothing: OpenCV opens those in some new codecs all the same."""
    refusal = _refusal(path)
    is_new = any(f" {codec} " in refusal for codec in _NEW.values())
    return refusal if is_new else f"The video holds no picture that can be read: {path.name}."


def _ffmpeg_name(path: Path, stream: BinaryIO) -> str:
    """What FFmpeg takes for this file, whatever it is called: -, http:x and concat:a are names."""
    name = str(path.absolute())
    try:
        name.encode()
    except UnicodeEncodeError:  # OpenCV takes no bytes; such names are found on Linux alone
        return f"/proc/self/fd/{stream.fileno()}"
    return name


def _unreadable(path: Path, error: OSError) -> str:
    return f"The file cannot be read: {path.name} ({error.strerror or error})."


def _refusal(path: Path) -> str:
    try:
        with open_regular(path) as stream:
            head = stream.read(HEAD_BYTES)
            if not other_kind(head).startswith("a video"):
                return refusal(head, path.name, "a video")
            described = _description(head, stream)
    except OSError as error:
        return _unreadable(path, error)
    codec = _codec(described)
    if not described or codec.lower() in _READ:
        return f"The file is damaged: {path.name}."
    if not codec:
        return f"The file holds no picture, maybe sound alone: {path.name}."
    return f"Videos in {codec} are not read; save it as MP4 with H.264: {path.name}."


def _description(head: bytes, stream: BinaryIO) -> bytes:
    """What tells of a video's streams, if the file is whole; else nothing."""
    size_bytes = os.fstat(stream.fileno()).st_size
    if head[:4] == b"RIFF":
        promised = int.from_bytes(head[4:8], "little") + 8
        return _from(stream, 0) if promised <= size_bytes else b""
    if head[4:8] in (b"ftyp", b"moov", b"mdat", b"wide"):
        boxes = list(_boxes(stream, size_bytes))
        is_whole = all(end <= size_bytes for _kind, _start, end in boxes)
        contents = next((start for kind, start, _end in boxes if kind == b"moov"), None)
        return _from(stream, contents) if is_whole and contents is not None else b""
    if head[:4] == b"\x1aE\xdf\xa3":
        return _from(stream, 0) if _is_whole_matroska(head, size_bytes) else b""
    return b""  # of the others nothing is known but that OpenCV does not open them


def _boxes(stream: BinaryIO, size_bytes: int) -> Iterator[tuple[bytes, int, int]]:
    """Kind, start and end of the outermost parts of an MP4."""
    place = 0
    while place < size_bytes:
        stream.seek(place)
        header = stream.read(_BOX_HEADER_BYTES)
        length = int.from_bytes(header[:4], "big")
        if length == 1:
            length = int.from_bytes(header[8:16], "big")
        end = size_bytes if length == 0 else place + max(length, 8)
        yield header[4:8], place, end
        place = end


def _is_whole_matroska(head: bytes, size_bytes: int) -> bool:
    start = head.find(b"\x18S\x80g") + 4  # the one part that holds all others, and its length
    if not 4 <= start < len(head) or head[start] == 0:
        return False
    width = 9 - head[start].bit_length()
    unknown = (1 << 7 * width) - 1
    length = int.from_bytes(head[start : start + width], "big") & unknown
    return length == unknown or start + width + length <= size_bytes


def _from(stream: BinaryIO, place: int) -> bytes:
    stream.seek(place)
    return stream.read(_CODEC_BYTES)


def _codec(described: bytes) -> str:
    """The codec of the pictures; empty where there is none."""
    if b"stsd" in described and b"vide" not in described:
        return ""
    for pattern in (_AVI_CODEC, _MATROSKA_CODEC, _MP4_CODEC):
        for found in pattern.findall(described):
            name = str(found.decode("ascii")).strip()
            if not name.startswith(("mp4a", "ac-3", "ec-3", "sowt", "text", "tmcd")):
                return _NEW.get(name, name)
    return ""
