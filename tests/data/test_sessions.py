"""Sessions are told by files' names, whatever a copy did to them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from cnn_studio.data.sessions import (
    Session,
    SessionKind,
    is_correction,
    recording_of,
    sequence_of,
    session_of,
)

SESSION = Session(SessionKind.RECORDING, datetime(2026, 11, 22, 21, 5, 20, tzinfo=UTC), "3f9a")


def test_a_name_tells_its_session_and_place() -> None:
    name = SESSION.file_name(42)
    assert name == "r20261122T210520-3f9a-00042.jpg"
    assert session_of(name) == SESSION
    assert sequence_of(name) == 42


@pytest.mark.parametrize("kind", SessionKind)
def test_a_correction_is_a_recording_and_told_from_others(kind: SessionKind) -> None:
    name = f"shoe/Copy of {Session.new(kind).file_name(1)}"
    assert is_correction(name) is (kind is SessionKind.CORRECTION)
    assert bool(recording_of(name)) is (kind is not SessionKind.IMPORT)


def test_more_images_than_five_digits_count_are_told_apart() -> None:
    assert sequence_of(SESSION.file_name(123456)) == 123456


@pytest.mark.parametrize(
    "name",
    [
        "Copy of r20261122T210520-3f9a-00042.jpg",
        "r20261122T210520-3f9a-00042 (1).jpg",
        "r20261122T210520-3f9a-00042-2.jpg",
        "shoe_r20261122T210520-3f9a-00042.png",
        "r20261122T210520-3f9a-00042",
    ],
)
def test_a_copied_or_renamed_file_keeps_its_session(name: str) -> None:
    assert session_of(name) == SESSION
    assert sequence_of(name) == 42


@pytest.mark.parametrize(
    "name",
    [
        "IMG_20261122.jpg",
        "r20261399T210520-3f9a-00042.jpg",
        "r20261122T210520-3f9-00042.jpg",
        "x20261122T210520-3f9a-00042.jpg",
        "hour20261122T210520-3f9a-00042.jpg",
        "",
    ],
)
def test_other_names_tell_nothing(name: str) -> None:
    assert session_of(name) is None
    assert sequence_of(name) is None


def test_a_new_session_begins_now_and_survives_its_name() -> None:
    session = Session.new(SessionKind.IMPORT)
    assert abs(datetime.now(UTC) - session.started) < timedelta(seconds=5)
    assert session_of(session.file_name(1, ".png")) == session


def test_a_session_refuses_what_its_name_could_not_say() -> None:
    with pytest.raises(ValueError, match="whole second"):
        Session(SessionKind.IMPORT, SESSION.started.replace(microsecond=1), "3f9a")
    elsewhere = timezone(timedelta(hours=1))
    with pytest.raises(ValueError, match="UTC"):
        Session(SessionKind.IMPORT, SESSION.started.replace(tzinfo=elsewhere), "3f9a")
    with pytest.raises(ValueError, match=", not 3F9A"):
        Session(SessionKind.IMPORT, SESSION.started, "3F9A")
