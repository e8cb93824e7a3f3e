"""Archives as other programs write them."""

from __future__ import annotations

import io
import struct
import tarfile
import zlib
from collections.abc import Mapping
from pathlib import Path

from tests.data.pictures import jpeg


def raw_zip(
    path: Path,
    files: Mapping[bytes, bytes],
    *,
    system: int = 0,
    flags: int = 0,
    extra: Mapping[bytes, bytes] | None = None,
) -> Path:
    """Write a zip whose names are exactly these bytes; `system` is where it says it was made."""
    data, index = io.BytesIO(), io.BytesIO()
    for name, content in files.items():
        more = (extra or {}).get(name, b"")
        sizes = (zlib.crc32(content), len(content), len(content))
        head = (flags, 0, 0, 33, *sizes, len(name), len(more))
        at = data.tell()
        data.write(struct.pack("<4s5H3I2H", b"PK\3\4", 20, *head) + name + more + content)
        made = (20 | system << 8, 20)
        index.write(struct.pack("<4s6H3I2H", b"PK\1\2", *made, *head))
        index.write(struct.pack("<3H2I", 0, 0, 0, 0, at) + name + more)
    places = (len(files), len(files), len(index.getvalue()), data.tell(), 0)
    end = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, *places)
    path.write_bytes(data.getvalue() + index.getvalue() + end)
    return path


def unicode_path(raw: bytes, name: str, *, crc: int | None = None) -> bytes:
    """Info-ZIP's field for a name."""
    field = struct.pack("<BI", 1, zlib.crc32(raw) if crc is None else crc) + name.encode()
    return struct.pack("<HH", 0x7075, len(field)) + field


def class_zip(path: Path, names: list[str], encoding: str, **options: int) -> Path:
    """A zip with two images in each of the class folders of these names."""
    files = {
        f"{name}/{n}.jpg".encode(encoding): jpeg(10 * place + n)
        for place, name in enumerate(names)
        for n in range(2)
    }
    return raw_zip(path, files, **options)


def tar(
    path: Path, files: Mapping[str, bytes], *, mode: str = "w", format_: int = tarfile.PAX_FORMAT
) -> Path:
    """Write a tar archive."""
    with tarfile.open(path, mode, format=format_) as archive:  # type: ignore[call-overload]
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return path
