"""Numbers as every tab writes them."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QCoreApplication, QLocale

NONE = "\N{EN DASH}"
_KILO, _MEGA = 1_000, 1_000_000
_tr = partial(QCoreApplication.translate, "Figures")


def percent(share: float | None, places: int = 1) -> str:
    """A share, 0..1, in percent as the person's language writes it; a dash where there is none."""
    return NONE if share is None else f"{QLocale().toString(share * 100, 'f', places)} %"


def whole(number: int) -> str:
    """A count, grouped as the person writes it: 60,000."""
    locale = QLocale()
    if locale.language() == QLocale.Language.C:  # which groups nothing unless it must
        locale.setNumberOptions(QLocale.NumberOption.DefaultNumberOptions)
    return locale.toString(number)


def short(number: int) -> str:
    """About how many, for where `whole` has no room: 6 k or 1.2 M.

    Whoever shows it has the whole number in a tooltip and for a screen reader.
    """
    if number < _KILO:
        return whole(number)
    is_kilo = number < _MEGA - _KILO / 2  # else it would be 1,000 k
    value = number / (_KILO if is_kilo else _MEGA)
    places = 1 if value < 9.95 and round(value, 1) % 1 else 0
    text = _tr("{number} k") if is_kilo else _tr("{number} M")
    return text.format(number=QLocale().toString(value, "f", places))


def images(count: int) -> str:
    """A number of images in words."""
    if count == 1:
        return _tr("1 image")
    return _tr("{count} images").format(count=whole(count))


def data_size(count: int) -> str:
    """A number of bytes, as exactly as matters."""
    return QLocale().formattedDataSize(count, 1, QLocale.DataSizeFormat.DataSizeSIFormat)


def duration(seconds: float) -> str:
    """How long something takes, as exactly as matters."""
    if seconds < 100:
        return _tr("{count} s").format(count=max(1, round(seconds)))
    minutes = round(seconds / 60)
    if minutes < 60:
        return _tr("{count} min").format(count=minutes)
    return _tr("{hours} h {minutes} min").format(hours=minutes // 60, minutes=minutes % 60)


def time_left(seconds: float) -> str:
    """How long something will still take."""
    return _tr("{time} left").format(time=duration(seconds))
