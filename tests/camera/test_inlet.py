"""A source that was left puts nothing into the mailbox any more."""

from __future__ import annotations

import numpy as np

from cnn_studio.camera.inlet import Inlet
from cnn_studio.camera.mailbox import Mailbox
from cnn_studio.camera.source import Frame


def _frame(sequence: int) -> Frame:
    return Frame(np.zeros((2, 2, 3), np.uint8), sequence, 0.0)


def test_frames_pass_until_it_is_shut() -> None:
    mailbox = Mailbox()
    inlet = Inlet(mailbox)
    inlet.put(_frame(1))
    assert mailbox.latest() is not None
    inlet.shut()
    assert mailbox.latest() is None
    inlet.put(_frame(2))
    assert mailbox.latest() is None


def test_the_next_source_is_not_disturbed() -> None:
    mailbox = Mailbox()
    first, second = Inlet(mailbox), Inlet(mailbox)
    first.shut()
    second.put(_frame(1))
    first.put(_frame(2))
    latest = mailbox.latest()
    assert latest is not None
    assert latest.sequence == 1
