"""The mailbox: only the newest frame, for whoever asks or waits."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from cnn_studio.camera.mailbox import Mailbox
from cnn_studio.camera.source import Frame
from cnn_studio.errors import CameraError


def _frame(sequence: int) -> Frame:
    return Frame(np.zeros((2, 3, 3), np.uint8), sequence, 0.0)


def test_only_the_newest_frame_is_kept() -> None:
    mailbox = Mailbox()
    assert mailbox.latest() is None
    for sequence in (1, 2, 3):
        mailbox.put(_frame(sequence))
    newest = mailbox.latest()
    assert newest is not None
    assert newest.sequence == 3


def test_waiting_ends_with_a_newer_frame_and_not_with_the_one_that_was_seen() -> None:
    mailbox = Mailbox()
    mailbox.put(_frame(5))
    assert mailbox.wait_for_newer(5, 0.01) is None
    seen: list[Frame | None] = []
    waiting = threading.Thread(target=lambda: seen.append(mailbox.wait_for_newer(5, 20)))
    waiting.start()
    mailbox.put(_frame(6))
    waiting.join()
    assert [frame.sequence for frame in seen if frame] == [6]


def test_a_newer_frame_that_is_there_already_comes_at_once() -> None:
    mailbox = Mailbox()
    mailbox.put(_frame(9))
    frame = mailbox.wait_for_newer(2, 0)
    assert frame is not None
    assert frame.sequence == 9


def test_a_cleared_mailbox_has_no_frame() -> None:
    mailbox = Mailbox()
    mailbox.put(_frame(1))
    mailbox.clear()
    assert mailbox.latest() is None
    assert mailbox.wait_for_newer(0, 0.01) is None


@pytest.mark.parametrize("shape", [(4, 4), (4, 4, 1), (4, 4, 4)])
def test_a_frame_is_rgb(shape: tuple[int, ...]) -> None:
    with pytest.raises(CameraError, match="3 colours"):
        Frame(np.zeros(shape, np.uint8), 1, 0.0)
