"""Refusals of the system that root meets as well as anybody: what a file's mode forbids.

Tests may run as root, whom no mode stops. On Linux it is a capability that lets root pass, and a
thread can do without it for a while.
"""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

_VERSION_3 = 0x20080522
_DAC_OVERRIDE, _DAC_READ_SEARCH = 1, 2

needs_refusals = pytest.mark.skipif(
    sys.platform == "win32"
    or (sys.platform != "linux" and getattr(os, "geteuid", lambda: 1)() == 0),
    reason="nothing is refused to this user",
)


@contextmanager
def like_anybody() -> Iterator[None]:
    """Have the modes of files hold for this thread, also if it is root's."""
    if sys.platform != "linux" or os.geteuid() != 0:
        yield
        return
    libc = ctypes.CDLL(None, use_errno=True)
    header = (ctypes.c_uint32 * 2)(_VERSION_3, 0)
    before, without = (ctypes.c_uint32 * 6)(), (ctypes.c_uint32 * 6)()
    assert libc.capget(header, before) == 0
    without[:] = before[:]
    without[0] &= ~(1 << _DAC_OVERRIDE | 1 << _DAC_READ_SEARCH)  # of those in effect
    assert libc.capset(header, without) == 0
    try:
        yield
    finally:
        assert libc.capset(header, before) == 0
