"""Archives that nobody means well with: small files that would fill the memory or the disk."""

from __future__ import annotations

import bz2
import io
import lzma
import struct
import tarfile
import zipfile

from tests.data.archives import raw_zip
from tests.data.pictures import jpeg


def zip_of(entries: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip of these files."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", method) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return data.getvalue()


def deep(levels: int) -> bytes:
    """A zip in a zip in a zip, with an image in the innermost."""
    data = zip_of({"a.jpg": jpeg(1)})
    for _ in range(levels):
        data = zip_of({"cup-samples.zip": data}, zipfile.ZIP_STORED)
    return data


def tree(wide: int, levels: int) -> bytes:
    """Zips of zips, `wide` of them on each level: 16 on 4 levels hold 65,536 images."""
    data = zip_of({f"{n}.jpg": jpeg(1) for n in range(wide)})
    for _ in range(levels - 1):
        data = zip_of({f"{n} samples.zip": data for n in range(wide)})
    return data


def heavy_inner(count: int, megabytes: int) -> bytes:
    """A small zip of zips, each of which has so much in it, and so little when it is packed."""
    inner = zip_of({"a.jpg": bytes(megabytes << 20)}, zipfile.ZIP_STORED)
    return zip_of({f"{n} samples.zip": inner for n in range(count)})


def overlapping(count: int, megabytes: int) -> bytes:
    """A zip whose entries are all the same bytes of it."""
    one = zip_of({"a.jpg": jpeg(1) + bytes(megabytes << 20)})
    place = one.index(b"PK\1\2")
    entry = one[place : one.index(b"PK\5\6")]
    index = entry * count
    end = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, count, count, len(index), place, 0)
    return one[:place] + index + end


def lying_size(method: int, megabytes: int) -> bytes:
    """A zip that says its image has ten bytes, and that unpacks to many megabytes."""
    data = bytearray(zip_of({"cup/a.jpg": bytes(megabytes << 20)}, method))
    for magic, at in ((b"PK\3\4", 22), (b"PK\1\2", 24)):
        place = data.index(magic)
        data[place + at : place + at + 4] = struct.pack("<I", 10)
    return bytes(data)


def large_directory(megabytes: int) -> bytes:
    """A zip with nothing but a directory, as large as that, which says that it has one entry."""
    head = (20, 20, 0, 0, 0, 33, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0)
    one = struct.pack("<4s6H3I5H2I", b"PK\1\2", *head) + b"a"
    index = one * ((megabytes << 20) // len(one))
    return index + struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, 1, 1, len(index), 0, 0)


def endless_names(megabytes: int) -> bytes:
    """A zip whose names are as long as a zip lets them be, of folders and numbers in turn."""
    count = (megabytes << 20) // 65_000
    files = {b"%06d" % n + b"/1a" * 21_000 + b".jpg": b"" for n in range(count)}
    path = io.BytesIO()

    class _Sink:
        def write_bytes(self, data: bytes) -> None:
            path.write(data)

    raw_zip(_Sink(), files)  # type: ignore[arg-type]
    return path.getvalue()


def tar_head(name: bytes, kind: bytes, size: int, *, size_field: bytes = b"") -> bytes:
    """The 512 bytes before a file in a tar archive."""
    field = size_field or b"%011o\0" % size
    head = name[:100].ljust(100, b"\0") + b"0000644\0" + b"0000000\0" * 2 + field.ljust(12, b"\0")
    head += b"00000000000\0" + b" " * 8 + kind + bytes(100) + b"ustar\0" + b"00" + bytes(247)
    head = head.ljust(512, b"\0")[:512]
    return head[:148] + b"%06o\0 " % sum(head) + head[156:]


def pax(fields: dict[str, str], kind: bytes = tarfile.XHDTYPE) -> bytes:
    """The extended head that comes before the head of a file."""
    body = b""
    for key, value in fields.items():
        line = f" {key}={value}\n".encode()
        length = len(line) + 1
        while len(str(length)) + len(line) != length:
            length += 1
        body += str(length).encode() + line
    return tar_head(b"pax", kind, len(body)) + body + bytes(-len(body) % 512)


END = bytes(10240)


def tar_bombs() -> dict[str, bytes]:
    """Tar archives that are not honest, by what they do; none is compressed."""
    file = tar_head(b"cup/a.jpg", tarfile.REGTYPE, len(jpeg(1)))
    file += jpeg(1) + bytes(-len(jpeg(1)) % 512)
    many = b"".join(f"{n % 10}\n".encode() for n in range(2_000_000))
    sparse = {"GNU.sparse.major": "1", "GNU.sparse.minor": "0", "GNU.sparse.name": "cup/s.jpg"}
    sparse |= {"GNU.sparse.realsize": "5"}
    long_name = tar_head(b"x", tarfile.GNUTYPE_LONGNAME, 3) + b"abc".ljust(512, b"\0")
    no_utf_8 = {"hdrcharset": "BINARY", "path": "cup/\xe9.jpg"}
    nothing = tar_head(b"pax", tarfile.XHDTYPE, 30) + b"0 a=b\n".ljust(512, b"\0")
    global_head = pax({f"k{n}": "v" * 900 for n in range(1000)}, tarfile.XGLTYPE)
    chain = tar_head(b"x", tarfile.XHDTYPE, 12) + b"12 path=cup\n".ljust(512, b"\0")
    return {
        "pax size negative": file + pax({"size": "-4096"}) + file + END,
        "pax size huge": file + pax({"size": "9" * 30}) + file + END,
        "pax size no number": file + pax({"size": "x"}) + file + END,
        "pax size of 5,000 digits": file + pax({"size": "9" * 5000}) + file + END,
        "octal garbage": file + tar_head(b"b", b"0", 0, size_field=b"zzzzzzzzzzz\0") + END,
        "base-256 huge": file + tar_head(b"b", b"0", 0, size_field=b"\x80" + b"\xff" * 11) + END,
        "base-256 negative": file + tar_head(b"b", b"0", 0, size_field=b"\xff" * 12) + END,
        "sparse map of pax 1.0": file
        + pax(sparse)
        + tar_head(b"s", b"0", 20 << 20)
        + b"100000000\n"
        + many * 5
        + END,
        "sparse map of pax 0.1": pax({"GNU.sparse.map": "0,1," * 100_000 + "0,1"}) + file + END,
        "old sparse that goes on": file
        + (tar_head(b"s", tarfile.GNUTYPE_SPARSE, 0)[:482] + b"\1" + bytes(29))
        + (b"1" * 504 + b"\1" + bytes(7)) * 20_000
        + END,
        "chain of heads": chain * 5_000 + file + END,
        "chain of long names": long_name * 5_000 + file + END,
        "global head": global_head * 50 + file + END,
        "long name": pax({"path": "cup/" + "1a" * 400_000 + ".jpg"}) + file + END,
        "deep name": pax({"path": "a/" * 400_000 + ".jpg"}) + file + END,
        "hdrcharset": pax(no_utf_8) + file + END,
        "pax mtime": pax({"mtime": "nan", "uid": "9" * 4000}) + file + END,
        "pax of nothing": nothing + file + END,
    }


def lzma_bomb(gigabytes: int, dictionary: int) -> bytes:
    """A small .xz of zeros that asks for a dictionary of so many bytes."""
    settings = {"dict_size": dictionary, "mode": lzma.MODE_FAST, "mf": lzma.MF_HC3}
    filters = [{"id": lzma.FILTER_LZMA2, "nice_len": 273, **settings}]
    packer = lzma.LZMACompressor(lzma.FORMAT_XZ, filters=filters)
    parts = [packer.compress(tar_head(b"cup/a.jpg", b"0", gigabytes << 30))]
    parts += [packer.compress(bytes(64 << 20)) for _ in range(gigabytes * 16)]
    return b"".join([*parts, packer.flush()])


def bz2_bomb(gigabytes: int) -> bytes:
    """A small .bz2 of zeros."""
    packer = bz2.BZ2Compressor()
    parts = [packer.compress(tar_head(b"cup/a.jpg", b"0", gigabytes << 30))]
    parts += [packer.compress(bytes(64 << 20)) for _ in range(gigabytes * 16)]
    return b"".join([*parts, packer.flush()])
