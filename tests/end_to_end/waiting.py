"""Waiting for something to become true, in tests that look at another process."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")
_INTERVAL_S = 0.05


def eventually(question: Callable[[], Found], what: str, timeout_s: float = 20) -> Found:
    """Ask again and again until the answer is true in Python's sense, and return that answer.

    Args:
        question: What to ask.
        what: What is awaited, in words, for the failure's text.
        timeout_s: When to give up, in seconds.

    Raises:
        AssertionError: It never became true.
    """
    deadline = time.monotonic() + timeout_s
    while not (answer := question()):
        if time.monotonic() > deadline:
            raise AssertionError(f"After {timeout_s:g} s there is still no {what}.")
        time.sleep(_INTERVAL_S)
    return answer
