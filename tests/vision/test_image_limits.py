"""No image takes more than 1 GB to be read, whatever its header says."""

from __future__ import annotations

import io
import os
import struct
import subprocess
import sys
import tracemalloc
import zlib
from collections.abc import Callable
from pathlib import Path

import cv2
import imagecodecs
import numpy as np
import pytest
import tifffile
from PIL import Image

from cnn_studio.errors import ImageError
from cnn_studio.vision.encoded_files import jpeg_scans
from cnn_studio.vision.image_limits import MAX_MEMORY_BYTES, check_limits, cost_of
from cnn_studio.vision.images import decode_image, look_into, read_file, read_image

_READ_EACH = """
import os, sys
from pathlib import Path
from cnn_studio.errors import ImageError
from cnn_studio.vision.images import read_image
import tifffile, imagecodecs

def memory(field):
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith(field)))

for name in sys.argv[1:]:
    Path("/proc/self/clear_refs").write_text("5")
    before = memory("VmRSS")
    try:
        said = str(read_image(Path(name)).shape)
    except ImageError as error:
        said = str(error)
    print(Path(name).name, memory("VmHWM") - before, said, sep="|", flush=True)
"""


def _zeros(size: int) -> bytes:
    """As many zeros as a zlib stream, made at once."""
    block = 1 << 20
    packer = zlib.compressobj(9, wbits=-15)
    packed = packer.compress(bytes(block)) + packer.flush(zlib.Z_FULL_FLUSH)
    count, rest = divmod(size, block)
    check = struct.pack(">I", (size % 65521) << 16 | 1)
    return b"\x78\x01" + packed * count + packer.compress(bytes(rest)) + packer.flush() + check


def png(side: int, bits: int, colour: int, *, is_clear: bool = False) -> bytes:
    channels = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[colour]
    chunks = [(b"IHDR", struct.pack(">IIBBBBB", side, side, bits, colour, 0, 0, 0))]
    if colour == 3:
        chunks.append((b"PLTE", bytes(768)))
    if is_clear:
        chunks.append((b"tRNS", bytes(256 if colour == 3 else 2 * channels)))
    chunks.append((b"IDAT", _zeros(side * (1 + (side * channels * bits + 7) // 8))))
    chunks.append((b"IEND", b""))
    packed = (
        struct.pack(">I", len(content)) + kind + content
        + struct.pack(">I", zlib.crc32(kind + content))
        for kind, content in chunks
    )  # fmt: skip
    return b"\x89PNG\r\n\x1a\n" + b"".join(packed)


def _pillow(kind: str, mode: str, side: int, **how: object) -> bytes:
    stream = io.BytesIO()
    Image.new(mode, (side, side)).save(stream, kind, **how)
    return stream.getvalue()


def tif(side: int, kind: type, bands: int = 1, **how: object) -> bytes:
    stream = io.BytesIO()
    shape = (side, side, bands) if bands > 1 else (side, side)
    tifffile.imwrite(stream, np.zeros(shape, kind), metadata=None, compression="zlib", **how)
    return stream.getvalue()


def with_tags(data: bytes, **values: int) -> bytes:
    """A TIFF with other numbers in some of its tags."""
    changed = bytearray(data)
    with tifffile.TiffFile(io.BytesIO(data)) as file:
        for name, value in values.items():
            tag = file.pages.first.tags[int(name[1:])]
            size = 2 if int(tag.dtype) == 3 else 4
            changed[tag.valueoffset : tag.valueoffset + size] = value.to_bytes(size, "little")
    return bytes(changed)


def gif(width: int, height: int) -> bytes:
    data = bytearray(_pillow("GIF", "P", 16))
    data[6:10] = struct.pack("<HH", width, height)
    return bytes(data)


def avif(side: int, shown: int, bands: int = 3) -> bytes:
    """One that says it has another size than its coded picture."""
    how = [cv2.IMWRITE_AVIF_SPEED, 10, cv2.IMWRITE_AVIF_QUALITY, 20]
    data = cv2.imencode(".avif", np.full((side, side, bands), 9, np.uint8), how)[1].tobytes()
    return data.replace(struct.pack(">II", side, side), struct.pack(">II", shown, shown))


def _box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", 8 + len(content)) + kind + content


def avif_of_places(sizes: int, places: bytes, count: int) -> bytes:
    """An AVIF that says nothing but where its parts are."""
    said = bytes(4) + bytes([sizes, 0]) + struct.pack(">H", count) + places
    meta = _box(b"meta", bytes(4) + _box(b"iloc", said))
    return _box(b"ftyp", b"avif\0\0\0\0avif") + meta


def avif_of_no_bytes(items: int) -> bytes:
    """An AVIF each of whose items has 65,535 parts, of which none takes a byte of the file."""
    places = b"".join(struct.pack(">HHH", item, 0, 65535) for item in range(items))
    return avif_of_places(0, places, items)


def avif_of_bits(side: int, bits: int, bands: int, shown: tuple[int, int] | None = None) -> bytes:
    kind = np.uint8 if bits == 8 else np.uint16
    image = np.full((side, side, bands), 9, kind)
    how = {"bitspersample": bits, "pixelformat": "444", "speed": 10, "level": 60}
    data: bytes = imagecodecs.avif_encode(image, **how)
    return data.replace(
        struct.pack(">II", side, side), struct.pack(">II", *(shown or (side, side)))
    )


def many_values() -> bytes:
    """A TIFF of 0.3 MB whose 512 tags all point to the same 65,536 values."""
    said = [(256, 3, 1, 8), (257, 3, 1, 8), (258, 3, 1, 16), (259, 3, 1, 1), (262, 3, 1, 1),
            (273, 4, 1, 8), (277, 3, 1, 1), (278, 3, 1, 8), (279, 4, 1, 128)]  # fmt: skip
    place = 8 + 2 + 12 * 512 + 4
    tags = [*said, *((1000 + number, 4, 65536, place) for number in range(512 - len(said)))]
    packed = b"".join(struct.pack("<HHII", *tag) for tag in tags)
    start = b"II*\0" + struct.pack("<IH", 8, len(tags))
    return start + packed + bytes(4) + b"\x11\x22\x33\x44" * 65536


def jpeg2000(side: int, **changed: int) -> bytes:
    data = bytearray(imagecodecs.jpeg2k_encode(np.zeros((side, side), np.uint8), level=1))
    coding = data.find(b"\xff\x52")
    for name, value in changed.items():
        data[coding + int(name[1:])] = value
    return bytes(data)


def steps(side: int) -> bytes:
    """A JPEG of 0.3 MB that comes in some 2,000 steps."""
    data = _pillow("JPEG", "L", side, progressive=True)[:-2]
    last = data[data.rfind(b"\xff\xda") :]
    return data + last * (300_000 // len(last)) + b"\xff\xd9"


_MOST = 11_585  # a side of the most pixels
HOSTILE: dict[str, Callable[[], bytes]] = {
    "rgba16.png": lambda: png(_MOST, 16, 6),
    "rgba8.png": lambda: png(_MOST, 8, 6),
    "rgb16.png": lambda: png(_MOST, 16, 2),
    "grey-alpha16.png": lambda: png(_MOST, 16, 4),
    "clear-palette.png": lambda: png(_MOST, 8, 3, is_clear=True),
    "max.gif": lambda: gif(65535, 65535),
    "big.gif": lambda: gif(_MOST, _MOST),
    "steps.jpg": lambda: steps(4000),
    "letters.ppm": lambda: b"P3 8000 8000 65535\n" + b"1 " * 400_000,
    "codes.jp2": lambda: jpeg2000(7000, _10=0, _11=0),
    "parts.jp2": lambda: jpeg2000(7000, _14=0x11, _15=0x11, _16=0x11),
    "tile.tif": lambda: with_tags(tif(64, np.uint16, tile=(64, 64)), _322=65520, _323=65520),
    "values.tif": many_values,
    "floats.tif": lambda: with_tags(
        tif(64, np.float32, 3, photometric="rgb"), _256=9000, _257=9000, _278=9000
    ),
    "radiance.png": lambda: b"#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y 11000 +X 11000\n" + bytes(9),
    "parts.avif": lambda: avif_of_no_bytes(4096),
    "claims.avif": lambda: avif(64, 9000),
    "hides.avif": lambda: avif(6000, 64, 4),
}
REFUSED_FOR = (
    "need more than 1 GB", "more than 134 million", "damaged", "too many steps", "not read",
    "more parts than any picture",
    "(8, 8, 3)",
)  # fmt: skip
LARGE: dict[str, Callable[[], bytes]] = {
    "rgba16-6000.png": lambda: png(6000, 16, 6),
    "rgba8-6000.png": lambda: png(6000, 8, 6),
    "steps-5000.jpg": lambda: _pillow("JPEG", "RGB", 5000, progressive=True, subsampling=0),
    "cmyk-4000.jpg": lambda: _pillow("JPEG", "CMYK", 4000),
    "grey16-4000.tif": lambda: tif(4000, np.uint16),
    "rgb-floats-3000.tif": lambda: tif(3000, np.float32, 3, photometric="rgb"),
    "alpha16-3000.tif": lambda: tif(
        3000, np.uint16, 4, photometric="rgb", extrasamples=["unassalpha"]
    ),
    "cmyk-3000.tif": lambda: tif(3000, np.uint8, 4, photometric="separated"),
    "alpha-3000.avif": lambda: avif(3000, 3000, 4),
    "eight-3000.avif": lambda: avif_of_bits(3000, 8, 3),
    "twelve-3000.avif": lambda: avif_of_bits(3000, 12, 3),
    "alpha12-3000.avif": lambda: avif_of_bits(3000, 12, 4),
    "grey-4000.jp2": lambda: jpeg2000(4000),
    "clear-3000.webp": lambda: _pillow("WEBP", "RGBA", 3000, lossless=True, method=0),
    "3000.gif": lambda: _pillow("GIF", "P", 3000),
}


def _read_in_a_child(files: dict[str, Callable[[], bytes]], folder: Path) -> dict[str, list[str]]:
    """For each file the memory that reading took at most, in kB, and what came of it."""
    for name, make in files.items():
        (folder / name).write_bytes(make())
    words = [sys.executable, "-c", _READ_EACH, *(str(folder / name) for name in files)]
    told = subprocess.run(words, capture_output=True, text=True, timeout=300, check=True).stdout
    return {line.split("|")[0]: line.split("|")[1:] for line in told.splitlines()}


@pytest.mark.skipif(sys.platform != "linux", reason="asks /proc how much memory was taken")
def test_a_small_file_that_promises_much_takes_next_to_no_memory(tmp_path: Path) -> None:
    found = _read_in_a_child(HOSTILE, tmp_path)
    assert found.keys() == HOSTILE.keys()
    for name, (memory_kb, said) in found.items():
        assert (tmp_path / name).stat().st_size < 1_200_000
        assert int(memory_kb) < 100 << 10, (name, said)
        assert any(words in said for words in REFUSED_FOR), (name, said)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="asks /proc how much memory was taken")
def test_no_kind_takes_more_memory_than_is_expected_of_it(tmp_path: Path) -> None:
    found = _read_in_a_child(LARGE, tmp_path)
    assert found.keys() == LARGE.keys()
    for name, (memory_kb, said) in found.items():
        data = (tmp_path / name).read_bytes()
        cost = cost_of(data)
        assert cost is not None
        side = name.rpartition(".")[0].rpartition("-")[2]
        assert said == f"({side}, {side}, 3)", name
        expected = len(data) + cost.besides + cost.pixels * cost.bytes_a_pixel
        assert int(memory_kb) << 10 < expected + (24 << 20), name
        assert expected < MAX_MEMORY_BYTES


@pytest.mark.parametrize(
    ("megapixels", "make"),
    [
        (100, lambda side: png(side, 8, 2)),
        (50, lambda side: png(side, 16, 2)),
        (100, lambda side: _pillow("JPEG", "RGB", side)[:2000]),
    ],
)
def test_honest_large_photos_are_within_the_limits(
    megapixels: int, make: Callable[[int], bytes]
) -> None:
    cost = cost_of(make(int((megapixels * 10**6) ** 0.5)))
    assert cost is not None
    assert cost.pixels * cost.bytes_a_pixel + (300 << 20) < MAX_MEMORY_BYTES


def test_an_avif_of_a_telephone_is_read_and_one_of_more_bits_says_what_helps() -> None:
    check_limits(avif_of_bits(64, 8, 3, (8160, 6120)), "a.avif")
    for bits, bands in ((12, 3), (8, 4)):
        with pytest.raises(ImageError, match=r"more than 1 GB of memory.*save it as JPEG: a.avif"):
            check_limits(avif_of_bits(64, bits, bands, (8160, 6120)), "a.avif")


def test_looking_for_the_parts_of_an_avif_copies_none_of_them() -> None:
    size_bytes = 32 << 20
    places = b"".join(
        struct.pack(">HHHII", item, 0, 1, 1 + item, size_bytes - 2 - item) for item in range(400)
    )
    data = avif_of_places(0x44, places, 400)
    data += bytes(size_bytes - len(data))
    tracemalloc.start()
    cost_of(data)
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 4 << 20


def test_a_video_behind_a_photo_that_comes_in_steps_is_no_step_of_it() -> None:
    photo = _pillow("JPEG", "RGB", 3000, progressive=True)
    alone, cost = cost_of(photo), cost_of(photo + b"\xff\xda" * 1000)
    assert alone is not None
    assert alone.passes > 5
    assert cost == alone


def test_scans_without_end_are_not_kept() -> None:
    photo = _pillow("JPEG", "L", 64)[:-2]
    data = photo + photo[photo.rfind(b"\xff\xda") :] * 10_000 + b"\xff\xd9"
    assert len(jpeg_scans(data)[0]) == 4096
    with pytest.raises(ImageError, match="damaged"):
        decode_image(data, "a.jpg")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pipes of this kind")
def test_a_file_that_is_none_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.jpg")
    (tmp_path / "zero.jpg").symlink_to("/dev/zero")
    (tmp_path / "nowhere.jpg").symlink_to(tmp_path / "gone")
    (tmp_path / "folder.jpg").mkdir()
    with (tmp_path / "sparse.jpg").open("wb") as stream:
        stream.truncate(20 << 30)
    for name, why in {
        "pipe.jpg": "device or a pipe", "zero.jpg": "device or a pipe",
        "nowhere.jpg": "not there", "folder.jpg": "cannot be read", "sparse.jpg": "more than 320",
    }.items():  # fmt: skip
        for read in (read_file, read_image):
            with pytest.raises(ImageError, match=why):
                read(tmp_path / name)


def test_a_look_into_the_pixels_has_the_same_limits() -> None:
    for data in (png(_MOST, 16, 6), tif(64, np.uint16, tile=(64, 64))):
        bomb = data if data[:1] == b"\x89" else with_tags(data, _322=65520, _323=65520)
        for see in (look_into, decode_image):
            with pytest.raises(ImageError, match="more than 1 GB"):
                see(bomb, "a")
