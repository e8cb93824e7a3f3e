"""What a file is by its first bytes, and why it is not read as an image.

There are three reasons and a sentence for each: it is damaged; it is of a kind that the studio does
not read, and what to do instead; it is not an image at all.
"""

from __future__ import annotations

import re
from pathlib import PurePath

from cnn_studio.vision.encoded_files import (
    GIF_STARTS,
    JPEG_START,
    PNG_START,
    is_avif,
    is_heif,
    is_usual_jpeg,
    iso_brands,
)
from cnn_studio.vision.tiff_kinds import is_tiff, tiff_kind

HEAD_BYTES = 4096
"""So much of a file's beginning tells what it is."""

_SAVE = "save it as JPEG or PNG"
_UNPACK = "unpack it, with 7-Zip for example, and bring in the folder"
_UNPACK_ZSTD = "unpack it with tar --zstd -xf and bring in the folder"
_RAW = "RAW photos of a camera"
_JP2_STARTS = (b"\0\0\0\x0cjP  \r\n\x87\n", b"\xff\x4f\xff\x51")
_PNM = re.compile(rb"P[1-6]\s+(#[^\n]*\n\s*)*\d+\s+(#[^\n]*\n\s*)*\d+\s")
_BMP_HEADER_SIZES = frozenset({12, 16, 40, 52, 56, 64, 108, 124})
_ICON = re.compile(rb"\0\0[\1\2]\0[\1-\x40]\0")  # or a cursor
_SVG = re.compile(rb"<svg[\s>]", re.IGNORECASE)
_PLAYLIST = re.compile(
    rb"\s*(#EXTM3U|ffconcat\s|\[playlist\]|\[reference\]|<asx[\s>]"
    rb"|(<[?!][^>]*>\s*)*<(MPD|playlist|smil|SmoothStreamingMedia)[\s>]|v=0\r?\n[a-z]=)",
    re.IGNORECASE,
)
_WEB_PAGE = re.compile(rb"\s*(<!doctype html|<html|<head|<body)", re.IGNORECASE)

# Where it stands, the bytes, what such files are, and what to do with one.
_UNREAD = (
    (0, b"8BPS", "Photoshop images", _SAVE),
    (0, b"gimp xcf", "GIMP images", _SAVE),
    (0, b"%PDF", "PDF documents", "save its pages as JPEG or PNG"),
    (0, b"%!PS", "PostScript drawings", _SAVE),
    (0, b"\xc5\xd0\xd3\xc6", "PostScript drawings", _SAVE),
    (0, b"\xff\x0a", "JPEG XL images", _SAVE),
    (0, b"\0\0\0\x0cJXL \r\n\x87\n", "JPEG XL images", _SAVE),
    (0, b"II\xbc", "JPEG XR images", _SAVE),
    (0, b"IIRO", _RAW, _SAVE),
    (0, b"IIRS", _RAW, _SAVE),
    (0, b"MMOR", _RAW, _SAVE),
    (0, b"IIU\0", _RAW, _SAVE),
    (0, b"FUJIFILMCCD-RAW", _RAW, _SAVE),
    (0, b"FOVb", _RAW, _SAVE),
    (0, b"\0MRM", _RAW, _SAVE),
    (6, b"HEAPCCDR", _RAW, _SAVE),
    (0, b"icns", "icons", _SAVE),
    (128, b"DICM", "DICOM images", _SAVE),
    (0, b"SIMPLE  =", "FITS images", _SAVE),
    (0, b"\x76\x2f\x31\x01", "OpenEXR images", _SAVE),
    (0, b"#?RADIANCE", "Radiance images", _SAVE),
    (0, b"#?RGBE", "Radiance images", _SAVE),
    (0, b"PF\n", "PFM images", _SAVE),
    (0, b"P7\n", "PAM images", _SAVE),
    (0, b"\x59\xa6\x6a\x95", "Sun raster images", _SAVE),
    (0, b"DDS ", "DirectDraw images", _SAVE),
    (0, b"qoif", "QOI images", _SAVE),
    (0, b"FLIF", "FLIF images", _SAVE),
    (0, b"BPG\xfb", "BPG images", _SAVE),
    (0, b"AT&TFORM", "DjVu documents", "save its pages as JPEG or PNG"),
    (0, b"\xd7\xcd\xc6\x9a", "Windows metafiles", _SAVE),
    (40, b" EMF", "Windows metafiles", _SAVE),
    (0, b"\x01\xda", "SGI images", _SAVE),
    (0, b"\x0a\x05\x01", "PCX images", _SAVE),
    (0, b"\x8aMNG", "MNG animations", "save a picture of it as PNG"),
    (0, b"\x8bJNG", "JNG images", _SAVE),
    (0, b"\0\xffKA", "Affinity images", _SAVE),
    (8, b"CDR", "CorelDRAW drawings", _SAVE),
    (0, b"\x89HDF", "HDF5 files", "save its images as PNG"),
    (0, b"\x93NUMPY", "NumPy arrays", "save its images as PNG"),
    (0, b"MATLAB ", "MATLAB files", "save its images as PNG"),
    (0, b"Rar!\x1a\x07", "RAR archives", _UNPACK),
    (0, b"7z\xbc\xaf\x27\x1c", "7z archives", _UNPACK),
    (0, b"\x1f\x8b", "gzip files of anything but a tar archive", _UNPACK),
    (0, b"BZh", "bzip2 files of anything but a tar archive", _UNPACK),
    (0, b"\xfd7zXZ\0", "xz files of anything but a tar archive", _UNPACK),
    (0, b"]\0\0", "lzma files of anything but a tar archive", _UNPACK),
    (0, b"\x28\xb5\x2f\xfd", "Zstandard archives", _UNPACK_ZSTD),
    (0, b"\x04\x22\x4d\x18", "LZ4 archives", _UNPACK),
    (0, b"LZIP", "lzip archives", _UNPACK),
    (0, b"\x1f\x9d", "compress archives (.Z)", _UNPACK),
    (0, b"MSCF", "cabinet archives", _UNPACK),
    (2, b"-lh", "LHA archives", _UNPACK),
    (2, b"-lz", "LHA archives", _UNPACK),
    (0, b"\x60\xea", "ARJ archives", _UNPACK),
    (7, b"**ACE**", "ACE archives", _UNPACK),
    (0, b"xar!", "xar archives", _UNPACK),
    (0, b"StuffIt", "StuffIt archives", _UNPACK),
    (0, b"SIT!", "StuffIt archives", _UNPACK),
    (0, b"!<arch>", "ar archives", _UNPACK),
    (0, b"070701", "cpio archives", _UNPACK),
    (0, b"hsqs", "SquashFS images", _UNPACK),
    (32769, b"CD001", "CD images", _UNPACK),
    (0, b"version https://git-lfs", "Git LFS pointers", "get the image itself with git lfs pull"),
)
_OTHERS = (
    (8, b"AVI ", "a video"),
    (8, b"WAVE", "a sound"),
    (0, b"\x1aE\xdf\xa3", "a video"),
    (0, b"FLV\x01", "a video"),
    (0, b"\0\0\x01\xba", "a video"),
    (0, b"\0\0\x01\xb3", "a video"),
    (0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "a video"),
    (4, b"moov", "a video"),
    (4, b"mdat", "a video"),
    (4, b"wide", "a video"),
    (0, b"ID3", "a sound"),
    (0, b"fLaC", "a sound"),
    (0, b"PK\x03\x04", "a zip archive"),
    (0, b"PK\x05\x06", "a zip archive"),
    (257, b"ustar", "a tar archive"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an Office document"),
    (0, b"SQLite format 3\0", "a database"),
    (0, b"\x7fELF", "a program"),
    (0, b"MZ", "a program"),
)
_RAW_SUFFIXES = frozenset(
    {
        ".3fr", ".arw", ".cr2", ".cr3", ".crw", ".dcr", ".dng", ".erf", ".gpr", ".iiq", ".kdc",
        ".mef", ".mos", ".mrw", ".nef", ".nrw", ".orf", ".pef", ".raf", ".raw", ".rw2", ".rwl",
        ".sr2", ".srf", ".srw", ".x3f",
    }
)  # fmt: skip
_DISK_IMAGES = frozenset({".dmg", ".iso", ".img"})  # what tells them is far from the beginning
_HEIF_OF_OTHERS = frozenset({b"avci", b"avcs", b"vvic", b"vvis", b"j2ki", b"jpeg"})
_SOUND_BRANDS = frozenset({b"M4A ", b"M4B ", b"M4P "})


def damaged(name: str, share: float = 0.0) -> str:
    """The sentence for an image of a kind that is read, but not whole.

    Args:
        name: What to call it.
        share: How much of it is there, from 0 to 1; 0 if that is not known.
    """
    if share <= 0:
        return f"The file is damaged: {name}."
    left = f"about {max(1, int(share * 100))} %" if share < 0.99 else "nearly all"
    return f"The file is damaged, {left} of it is there: {name}."


def readable_suffix(head: bytes) -> str | None:
    """How the name of an image should end, by its content; None if it is none that is read.

    Args:
        head: The first bytes of the file, some `HEAD_BYTES` of them.
    """
    if is_avif(head):
        return ".avif"
    if is_heif(head):
        return ".heic"
    for starts, suffix in (
        ((JPEG_START,), ".jpg"),
        ((PNG_START,), ".png"),
        (GIF_STARTS, ".gif"),
        (_JP2_STARTS, ".jp2"),
    ):
        if head.startswith(starts):
            return suffix
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return ".webp"
    if head[:2] == b"BM" and int.from_bytes(head[14:18], "little") in _BMP_HEADER_SIZES:
        return ".bmp"
    if _PNM.match(head):
        return ".ppm"
    return ".tif" if is_tiff(head) else None


def unread_kind(data: bytes, name: str) -> str:
    """A sentence where an image is of a kind that is not read though OpenCV might try; else empty.

    Args:
        data: The whole file.
        name: What to call it.
    """
    if not is_tiff(data):
        return ""
    kind = tiff_kind(data)
    if kind is None:
        return ""
    return _not_read(_RAW, _SAVE, name) if kind.is_raw else ""


def refusal(data: bytes, name: str, wanted: str = "an image") -> str:
    """Why a file that no decoder takes is not read, by what is in it.

    Args:
        data: The whole file; of one that is not called as an image, its first `HEAD_BYTES`.
        name: What to call it; its ending tells the few kinds that do not tell themselves.
        wanted: What it was taken for, as in "a video".
    """
    if not data:
        return f"The file is empty: {name}."
    suffix = readable_suffix(data)
    is_called_raw = PurePath(name).suffix.lower() in _RAW_SUFFIXES
    if suffix is not None and not is_called_raw:
        return _refusal_of_image(data, name, suffix, wanted)
    brands = iso_brands(data)
    if brands & _HEIF_OF_OTHERS:
        return _not_read("HEIF images of this kind", _SAVE, name)
    if suffix is not None or b"crx " in brands:
        return _not_read(_RAW, _SAVE, name)
    if _ICON.match(data):
        return _not_read("icons", _SAVE, name)
    for offset, start, what, instead in _UNREAD:
        if data.startswith(start, offset):
            return _not_read(what, instead, name)
    what = other_kind(data)
    return f"The file is {what} and not {wanted}: {name}." if what else _by_name(data, name, wanted)


def _refusal_of_image(data: bytes, name: str, suffix: str, wanted: str) -> str:
    """Of a kind that is read: damaged, or one of its variants that are not."""
    if wanted != "an image":
        return f"The file is an image and not {wanted}: {name}."
    if suffix == ".jpg" and not is_usual_jpeg(data):
        return _not_read("Lossless JPEG images and those of 12 bits", "save it as PNG", name)
    if suffix == ".png" and data[12:16] == b"CgBI":
        return _not_read("PNG images made for iPhones", "save it as a plain PNG", name)
    if suffix == ".bmp" and int.from_bytes(data[30:34], "little") in (4, 5):
        return _not_read("BMP images of this kind", _SAVE, name)
    if suffix == ".jp2" and data.rstrip(b"\0").endswith(b"\xff\xd9"):
        return _not_read("JPEG 2000 images of this kind", _SAVE, name)
    if suffix == ".tif":
        kind = tiff_kind(data)
        if kind is not None and kind.is_whole:
            return tiff_of_this_kind(name)
    return damaged(name)


def other_kind(head: bytes) -> str:
    """What a file is that is no image, as in "a web page"; empty if it is not known."""
    for offset, start, what in _OTHERS:
        if head.startswith(start, offset):
            return what
    if head.startswith(b"OggS"):
        return "a video" if b"theora" in head else "a sound"
    brands = iso_brands(head)
    if brands:
        return "a sound" if brands & _SOUND_BRANDS else "a video"
    if head[:1] == b"\x47" and head[188:189] == b"\x47":
        return "a video"
    if is_playlist(head):
        return "a playlist"
    if _WEB_PAGE.match(head.removeprefix(b"\xef\xbb\xbf")):
        return "a web page"
    return ""


def is_playlist(head: bytes) -> bool:
    """Whether a file is a list of videos to play, which may lie anywhere.

    Args:
        head: Its first bytes.
    """
    return _PLAYLIST.match(head.removeprefix(b"\xef\xbb\xbf")) is not None


def _by_name(data: bytes, name: str, wanted: str) -> str:
    """Of what does not begin as any kind of file does."""
    suffix = PurePath(name).suffix.lower()
    if data[:1] in b"\xef<" and _SVG.search(data[:HEAD_BYTES]):
        return _not_read("SVG drawings", _SAVE, name)
    if data.rstrip(b"\0").endswith(b"TRUEVISION-XFILE.") or suffix == ".tga":
        return _not_read("Targa images", _SAVE, name)
    if suffix in _RAW_SUFFIXES:
        return _not_read(_RAW, _SAVE, name)
    if suffix in _DISK_IMAGES or data[-512:].startswith(b"koly"):
        return _not_read("disk images", "open it, and bring in the folder in it", name)
    if not data.strip(b"\0"):  # what a crash leaves of a file that was being written
        return damaged(name)
    if _is_text(data[:HEAD_BYTES]):
        return f"The file is text and not {wanted}: {name}."
    return f"The file is not {wanted}: {name}."


def _is_text(head: bytes) -> bool:
    try:
        text = head.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start < len(head) - 3:  # not just a letter that is cut in two
            return False
        text = head[: error.start].decode("utf-8")
    return all(character.isprintable() or character.isspace() for character in text)


def _not_read(what: str, instead: str, name: str) -> str:
    return f"{what[0].upper()}{what[1:]} are not read; {instead}: {name}."


def tiff_of_this_kind(name: str) -> str:
    """The sentence for a TIFF that is whole, but of a kind that is not read."""
    return _not_read("TIFF images of this kind", "save it as PNG", name)
