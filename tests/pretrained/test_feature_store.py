"""Features are kept by what an image holds; whatever happens to the file, none are ever wrong."""

from __future__ import annotations

import hashlib
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnn_studio.paths import cache_folder
from cnn_studio.pretrained.efficientnet_lite import FEATURES
from cnn_studio.pretrained.feature_store import (
    FEATURES_NAME,
    FeatureStore,
    StoredFeatures,
    image_key,
    preparation_key,
)
from cnn_studio.vision.preparation import Fit, InputSpec, Polarity

SPEC = InputSpec(224)


def entry(seed: int) -> StoredFeatures:
    """Features as an image may have them."""
    random = np.random.default_rng(seed)
    features = random.uniform(0, 6, FEATURES).astype(np.float16)
    return StoredFeatures(features, int(random.integers(1 << 63)) * 2 + 1, 4_000_000_000 + seed)


def key(number: int, spec: InputSpec = SPEC) -> bytes:
    return image_key(hashlib.sha256(bytes([number])).digest(), preparation_key(spec))


def _same(found: StoredFeatures | None, expected: StoredFeatures) -> bool:
    return (
        found is not None
        and np.array_equal(found.features, expected.features)
        and (found.prepared, found.checksum) == (expected.prepared, expected.checksum)
    )


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A store with two images."""
    path = tmp_path / "cache" / "features.sqlite"
    with FeatureStore(path) as store:
        store.keep({key(number): entry(number) for number in (1, 2)})
    return path


def test_what_is_kept_is_found_after_a_restart(path: Path) -> None:
    with FeatureStore(path) as store:
        found = store.known([key(number) for number in (1, 2, 3)])
        assert set(store.known([key(3), key(1), key(4)])) == {key(1)}
    assert set(found) == {key(1), key(2)}
    assert all(_same(found[key(number)], entry(number)) for number in (1, 2))


def test_more_than_a_query_can_name_are_found(path: Path) -> None:
    keys = [image_key(number.to_bytes(32, "big"), b"") for number in range(1201)]
    with FeatureStore(path) as store:
        store.keep({each: entry(number) for number, each in enumerate(keys)})
        assert len(store.known([*keys, key(9)])) == 1201
        assert set(store.known([*keys, key(9)])) == set(keys)
        assert store.known([]) == {}


def test_it_lies_in_the_cache_folder() -> None:
    with FeatureStore() as store:
        store.keep({key(1): entry(1)})
    assert (cache_folder() / FEATURES_NAME).is_file()


@pytest.mark.parametrize(
    "other",
    [
        replace(SPEC, size=192),
        replace(SPEC, channels=1),
        replace(SPEC, fit=Fit.STRETCH),
        replace(SPEC, polarity=Polarity.LIGHT_ON_DARK),
    ],
)
def test_another_preparation_has_features_of_its_own(path: Path, other: InputSpec) -> None:
    with FeatureStore(path) as store:
        assert store.known([key(1, other)]) == {}


def _set(path: Path, column: str, value: object) -> None:
    with sqlite3.connect(path) as database:
        database.execute(f"UPDATE features SET {column} = ? WHERE key = ?", (value, key(1)))
    database.close()


def _blob(change: Callable[[np.ndarray], None]) -> bytes:
    features = entry(1).features.copy()
    change(features)
    return features.tobytes()


def _put(value: float) -> Callable[[np.ndarray], None]:
    def change(features: np.ndarray) -> None:
        features[7] = value

    return change


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("features", b""),
        ("features", entry(1).features.tobytes()[:-1]),
        ("features", entry(1).features.tobytes() + b"\0"),
        ("features", None),
        ("features", "text"),
        ("features", 5),
        ("features", _blob(_put(np.nan))),
        ("features", _blob(_put(np.inf))),
        ("features", _blob(_put(-0.5))),
        ("features", _blob(_put(60000))),
        ("prepared", b"123456789"),
        ("prepared", b""),
        ("prepared", None),
        ("prepared", 7),
        ("checksum", -1),
        ("checksum", 1 << 32),
        ("checksum", "one"),
        ("checksum", None),
        ("checksum", 1.5),
    ],
)
def test_a_row_that_is_damaged_is_not_found_and_can_be_kept_again(
    path: Path, column: str, value: object
) -> None:
    _set(path, column, value)
    with FeatureStore(path) as store:
        assert set(store.known([key(1), key(2)])) == {key(2)}
        store.keep({key(1): entry(1)})
        assert _same(store.known([key(1)]).get(key(1)), entry(1))


def _empty(path: Path) -> None:
    path.write_bytes(b"")


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _overwrite(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[:4096] + b"\x07" * (len(content) - 4096))


def _of_another_version(path: Path) -> None:
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA user_version = 99")
    database.close()


def _no_database(path: Path) -> None:
    path.write_bytes(b"this is no database" * 1000)


@pytest.mark.parametrize("damage", [_empty, _cut, _overwrite, _of_another_version, _no_database])
def test_a_damaged_file_is_made_again_and_kept_from_then_on(
    path: Path, damage: Callable[[Path], None]
) -> None:
    damage(path)
    with FeatureStore(path) as store:
        assert store.known([key(1), key(2)]) == {}
        store.keep({key(3): entry(3)})
    with FeatureStore(path) as store:
        assert set(store.known([key(1), key(2), key(3)])) == {key(3)}


def test_a_folder_that_cannot_be_written_to_does_no_harm(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    path = tmp_path / "file" / "features.sqlite"
    with FeatureStore(path) as store:
        store.keep({key(1): entry(1)})
        assert _same(store.known([key(1)]).get(key(1)), entry(1))
    assert (tmp_path / "file").read_bytes() == b""


_ON_A_FULL_DISK = """
import resource, signal, sys
from pathlib import Path
from cnn_studio.pretrained.feature_store import FeatureStore
from tests.pretrained.test_feature_store import entry, key

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, resource.RLIM_INFINITY))
with FeatureStore(Path(sys.argv[1])) as store:
    for number in range(3, 203):
        store.keep({key(number): entry(number)})
    print(len(store.known([key(number) for number in range(203)])))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="limits files as POSIX does")
def test_a_full_disk_keeps_what_there_is(path: Path) -> None:
    command = [sys.executable, "-c", _ON_A_FULL_DISK, str(path)]
    root = Path(__file__).parents[2]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert 2 < int(done.stdout) < 100
    with FeatureStore(path) as store:  # and there is room again
        assert _same(store.known([key(1)]).get(key(1)), entry(1))
        store.keep({key(250): entry(250)})
        assert _same(store.known([key(250)]).get(key(250)), entry(250))


_ONE_OF_TWO = """
import sys
from pathlib import Path
from cnn_studio.pretrained.feature_store import FeatureStore
from tests.pretrained.test_feature_store import entry, key

first = int(sys.argv[2])
print("ready", flush=True)
sys.stdin.readline()
with FeatureStore(Path(sys.argv[1])) as store:
    for number in range(first, first + 100):
        store.keep({key(number): entry(number)})
"""


def test_two_programs_keep_features_at_the_same_time(tmp_path: Path) -> None:
    path, root = tmp_path / "cache" / "features.sqlite", Path(__file__).parents[2]
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    programs = [
        subprocess.Popen(
            [sys.executable, "-c", _ONE_OF_TWO, str(path), str(first)], cwd=root, **pipes
        )
        for first in (0, 60)
    ]
    for program in programs:
        assert program.stdout.readline() == "ready\n"
    for program in programs:
        program.stdin.write("\n")
        program.stdin.flush()
    for program in programs:
        program.communicate()
        assert program.returncode == 0
    with FeatureStore(path) as store:
        found = store.known([key(number) for number in range(160)])
    assert len(found) == 160
    assert all(_same(found[key(number)], entry(number)) for number in range(160))


def test_it_is_bounded(path: Path) -> None:
    with FeatureStore(path) as store:
        store.keep({key(number): entry(number) for number in range(200)})
    size = path.stat().st_size
    with FeatureStore(path, most_bytes=size) as store:
        assert len(store.known([key(1)])) == 1
    with FeatureStore(path, most_bytes=size - 1) as store:
        assert store.known([key(1)]) == {}
        store.keep({key(1): entry(1)})
    assert path.stat().st_size < size / 4
    assert size / 200 < 3100  # bytes an image, the first pages among them
