"""Numbers as every tab writes them."""

from __future__ import annotations

from PySide6.QtCore import QLocale

NONE = "\N{EN DASH}"


def percent(share: float | None, places: int = 1) -> str:
    """A share, 0..1, in percent as the person's language writes it; a dash where there is none."""
    return NONE if share is None else f"{QLocale().toString(share * 100, 'f', places)} %"
