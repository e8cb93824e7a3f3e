"""Numbers as every tab writes them."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QCoreApplication, QLocale

NONE = "\N{EN DASH}"
_tr = partial(QCoreApplication.translate, "Figures")


def percent(share: float | None, places: int = 1) -> str:
    """A share, 0..1, in percent as the person's language writes it; a dash where there is none."""
    return NONE if share is None else f"{QLocale().toString(share * 100, 'f', places)} %"


def whole(number: int) -> str:
    """A count, grouped as the person writes it: 60,000."""
    return QLocale().toString(number)


def images(count: int) -> str:
    """A number of images in words."""
    if count == 1:
        return _tr("1 image")
    return _tr("{count} images").format(count=whole(count))
