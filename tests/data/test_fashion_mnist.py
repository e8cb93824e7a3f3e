"""Fashion-MNIST: fetched file by file, checked, and refused in a sentence."""

from __future__ import annotations

import gzip
import hashlib
import os
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

from cnn_studio.data import download, fashion_mnist, idx
from cnn_studio.data.cards import Part
from cnn_studio.data.fashion_mnist import FILES, PublishedFile, fetch, is_present, load
from cnn_studio.data.idx_search import FoundFile, IdxContent
from cnn_studio.errors import DatasetError
from tests.data.pictures import write_part

NAMES = tuple(FILES)
has_debian_package = pytest.mark.skipif(
    not is_present(fashion_mnist.DEBIAN_FOLDER),
    reason="Debian's package dataset-fashion-mnist is not installed",
)


def content_of(idx: bytes) -> IdxContent:
    """What an IDX file holds, as it is published."""
    return IdxContent(FoundFile("", idx).shape, hashlib.sha256(idx).hexdigest())


class Server:
    """Serves a folder on this machine, and may be told to misbehave.

    Attributes:
        folder: What it serves.
        asked: The names it was asked for, in turn.
        cut_at: Break off after so many bytes.
        drips: Send a byte and then another one, for ever.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.asked: list[str] = []
        self.cut_at: int | None = None
        self.drips = threading.Event()
        self.is_ending = threading.Event()
        self._is_closed = False
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                server.answer(self)

            def log_message(self, *_arguments: object) -> None:
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.02,))
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._http.server_port}/"

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        """Answer one request."""
        name = handler.path.lstrip("/")
        self.asked.append(name)
        if not (self.folder / name).is_file():
            handler.send_error(404)
            return
        data = (self.folder / name).read_bytes()
        handler.send_response(200)
        if self.drips.is_set():
            handler.end_headers()
            self._drip(handler)
            return
        handler.send_header("Content-Length", str(len(data)))
        handler.end_headers()
        handler.wfile.write(data[: self.cut_at])

    def _drip(self, handler: BaseHTTPRequestHandler) -> None:
        with suppress(OSError):
            while not self.is_ending.wait(0.02):
                handler.wfile.write(b"X")
                handler.wfile.flush()

    def close(self) -> None:
        """End it; once is enough."""
        self.is_ending.set()
        if self._is_closed:
            return
        self._is_closed = True
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()


@pytest.fixture
def published(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small dataset that takes the place of the one that is published."""
    folder = tmp_path / "published"
    noise = np.random.default_rng(1).integers(0, 255, (60, 28, 28), np.uint8)
    write_part(folder, "train", noise, [n % 10 for n in range(60)])
    write_part(folder, "t10k", noise[:20], [n % 10 for n in range(20)])
    contents = {name: (folder / name).read_bytes() for name in NAMES}
    small = {
        name: PublishedFile(len(data), content_of(gzip.decompress(data)))
        for name, data in contents.items()
    }
    monkeypatch.setattr(fashion_mnist, "FILES", small)
    monkeypatch.setattr(fashion_mnist, "DEBIAN_FOLDER", tmp_path / "not installed")
    return folder


@pytest.fixture
def server(published: Path) -> Iterator[Server]:
    server = Server(published)
    yield server
    server.close()


def test_files_are_downloaded_with_progress(server: Server, tmp_path: Path) -> None:
    steps: list[tuple[int, int]] = []
    folder = tmp_path / "workspace" / "fashion-mnist"
    assert fetch(folder, base_url=server.url, progress=lambda *step: steps.append(step))
    assert is_present(folder)
    assert {path.name for path in folder.iterdir()} == set(NAMES)
    total = sum(path.stat().st_size for path in folder.iterdir())
    assert steps[0] == (0, total)
    assert steps[-1] == (total, total)
    assert steps == sorted(steps)
    assert len(steps) > 8
    images, labels = load(folder, Part.TRAIN)
    assert images.shape == (60, 28, 28)
    assert labels.tolist()[:3] == [0, 1, 2]


def test_only_what_is_missing_or_damaged_is_fetched_again(server: Server, tmp_path: Path) -> None:
    folder = tmp_path / "fashion-mnist"
    fetch(folder, base_url=server.url)
    (folder / NAMES[1]).unlink()
    (folder / NAMES[2]).write_bytes(b"damaged")
    server.asked.clear()
    assert fetch(folder, base_url=server.url)
    assert server.asked == [NAMES[1], NAMES[2]]
    server.asked.clear()
    assert fetch(folder, base_url=server.url)
    assert server.asked == []


def test_a_cancelled_fetch_keeps_what_was_whole_and_goes_on_later(
    server: Server, tmp_path: Path
) -> None:
    folder = tmp_path / "fashion-mnist"
    assert not fetch(folder, base_url=server.url, cancelled=lambda: len(server.asked) == 3)
    assert {path.name for path in folder.iterdir()} == set(NAMES[:2])
    server.asked.clear()
    assert fetch(folder, base_url=server.url)
    assert server.asked == list(NAMES[2:])


def test_a_download_that_breaks_off_is_told_and_leaves_nothing(
    server: Server, tmp_path: Path
) -> None:
    server.cut_at = 100
    with pytest.raises(DatasetError, match=f"{NAMES[0]} cannot be downloaded: .*broke off"):
        fetch(tmp_path / "fashion-mnist", base_url=server.url)
    assert not (tmp_path / "fashion-mnist").exists()


def test_a_server_that_drips_is_cancelled_at_once_and_given_up_in_the_end(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.drips.set()
    folder = tmp_path / "fashion-mnist"
    cancelled_s = time.monotonic() + 0.5
    assert not fetch(folder, base_url=server.url, cancelled=lambda: time.monotonic() > cancelled_s)
    assert time.monotonic() - cancelled_s < 2.0
    monkeypatch.setattr(download, "_LONGEST_S", 0.5)
    with pytest.raises(DatasetError, match="the server is too slow"):
        fetch(folder, base_url=server.url)


def test_a_server_that_sends_more_than_the_file_has_is_believed_no_longer(
    server: Server, tmp_path: Path
) -> None:
    (server.folder / NAMES[0]).write_bytes(bytes(10 << 20))
    with pytest.raises(DatasetError, match="the server sends more than the"):
        fetch(tmp_path / "fashion-mnist", base_url=server.url)


def test_a_file_that_is_not_the_published_one_is_refused(server: Server, tmp_path: Path) -> None:
    folder = tmp_path / "fashion-mnist"
    (server.folder / NAMES[3]).write_bytes(gzip.compress(b"something else"))
    with pytest.raises(DatasetError, match=f"{NAMES[3]} is incomplete or damaged: .*SHA-256"):
        fetch(folder, base_url=server.url)
    assert {path.name for path in folder.iterdir()} == set(NAMES[:3])


def test_a_server_that_refuses_or_is_not_there_is_told(server: Server, tmp_path: Path) -> None:
    (server.folder / NAMES[0]).unlink()
    with pytest.raises(DatasetError, match=r"the server refuses \(404\)"):
        fetch(tmp_path / "fashion-mnist", base_url=server.url)
    server.close()
    with pytest.raises(DatasetError, match="cannot be reached"):
        fetch(tmp_path / "fashion-mnist", base_url=server.url)


def test_files_are_taken_from_a_folder_that_is_named(published: Path, tmp_path: Path) -> None:
    folder = tmp_path / "fashion-mnist"
    assert fetch(folder, source=published)
    for name in NAMES:
        assert (folder / name).read_bytes() == (published / name).read_bytes()


def test_a_named_folder_with_a_missing_or_truncated_file_is_refused(
    published: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "fashion-mnist"
    path = published / NAMES[2]
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(DatasetError, match=f"{NAMES[2]} is incomplete or damaged"):
        fetch(folder, source=published)
    path.unlink()
    with pytest.raises(DatasetError, match=f"{NAMES[2]} is not in .*published"):
        fetch(folder, source=published)


def test_debians_folder_is_used_without_being_named(
    published: Path, server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fashion_mnist, "DEBIAN_FOLDER", published)
    assert fetch(tmp_path / "fashion-mnist", base_url=server.url)
    assert server.asked == []


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="a system without named pipes")
def test_a_pipe_in_the_place_of_a_file_is_not_waited_for(
    published: Path, server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    keras, folder = tmp_path / "datasets" / "fashion-mnist", tmp_path / "fashion-mnist"
    for place in (keras, folder):
        place.mkdir(parents=True)
        os.mkfifo(place / NAMES[0])
    with pytest.raises(DatasetError, match=f"{NAMES[0]} cannot be read .it is a device or a pipe"):
        load(folder, Part.TRAIN)
    assert fetch(folder, base_url=server.url)
    assert server.asked == list(NAMES)
    assert len(load(folder, Part.TRAIN)[0]) == 60


def test_a_small_file_that_unpacks_to_much_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(idx, "MOST_BYTES", 1 << 20)
    (tmp_path / NAMES[0]).write_bytes(gzip.compress(bytes(2 << 20)))
    with pytest.raises(DatasetError, match=f"{NAMES[0]} is damaged"):
        load(tmp_path, Part.TRAIN)


def test_a_full_disk_is_told_and_leaves_nothing(
    published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(DatasetError, match=f"{NAMES[0]} cannot be saved in .*No space left"):
        fetch(tmp_path / "fashion-mnist", source=published)
    assert list((tmp_path / "fashion-mnist").iterdir()) == []


def test_a_missing_file_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"missing in .*cnn-studio datasets fetch fashion-mnist"):
        load(tmp_path, Part.TEST)


@pytest.mark.parametrize(
    "damaged",
    [
        b"",
        b"no gzip at all",
        gzip.compress(b""),
        gzip.compress(b"\0\0\x08\x03" + bytes(12) + b"more"),
        gzip.compress(b"\0\0\x08\x01" + bytes(4)),
        gzip.compress(b"\0\0\x08\x03" + b"\xff" * 12),
    ],
    ids=["empty", "not gzip", "no header", "too long", "wrong kind", "promises too much"],
)
def test_a_damaged_file_is_refused_by_name(published: Path, tmp_path: Path, damaged: bytes) -> None:
    path = published / "train-images-idx3-ubyte.gz"
    path.write_bytes(damaged)
    with pytest.raises(DatasetError, match=f"{path.name} is damaged.*fetch"):
        load(published, Part.TRAIN)


def test_every_truncation_is_refused(published: Path) -> None:
    path = published / "t10k-labels-idx1-ubyte.gz"
    whole = path.read_bytes()
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        with pytest.raises(DatasetError, match="damaged"):
            load(published, Part.TEST)


def test_parts_that_do_not_belong_together_are_refused(published: Path) -> None:
    (published / "train-labels-idx1-ubyte.gz").write_bytes(
        (published / "t10k-labels-idx1-ubyte.gz").read_bytes()
    )
    with pytest.raises(DatasetError, match="60 images, 20 labels"):
        load(published, Part.TRAIN)


@pytest.mark.slow
@has_debian_package
def test_the_real_dataset_is_fetched_and_read(tmp_path: Path) -> None:
    assert fetch(tmp_path, source=fashion_mnist.DEBIAN_FOLDER)
    images, labels = load(tmp_path, Part.TRAIN)
    assert images.shape == (60000, 28, 28)
    assert np.bincount(labels).tolist() == [6000] * 10
    assert labels[:4].tolist() == [9, 0, 0, 3]
    images, labels = load(tmp_path, Part.TEST)
    assert images.shape == (10000, 28, 28)
    assert np.bincount(labels).tolist() == [1000] * 10


@pytest.mark.slow
@has_debian_package
def test_both_published_wrappings_hold_the_same_bytes() -> None:
    # What Zalando serves is Debian's file with a name and this time in gzip's header.
    name = "t10k-labels-idx1-ubyte.gz"
    debian = (fashion_mnist.DEBIAN_FOLDER / name).read_bytes()
    time_and_system = (1504176627).to_bytes(4, "little") + b"\x00\x03"
    original = b"\x1f\x8b\x08\x08" + time_and_system + name[:-3].encode() + b"\0" + debian[10:]
    for wrapping in (debian, original):
        assert content_of(gzip.decompress(wrapping)) == FILES[name].content
    assert len(original) == FILES[name].size_bytes
