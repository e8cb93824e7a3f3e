"""What is said of work that is under way: what is done of how much, and the time left."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QCoreApplication

from cnn_studio.gui.activities import Activity, Unit
from cnn_studio.gui.figures import data_size, percent, time_left, whole

_tr = partial(QCoreApplication.translate, "Activities")


def brief(activity: Activity) -> str:
    """How far it is, as short as can be; empty while nothing is known of that."""
    if activity.is_stopping:
        return _tr("Stopping …")
    seconds = activity.seconds_left
    parts = [amount(activity.about.unit, activity.done, activity.total)]
    parts.append("" if seconds is None else time_left(seconds))
    return " · ".join(filter(None, parts)) or activity.stage


def details(activity: Activity) -> str:
    """The same, and what of it is being done; where there is little room, that is cut first."""
    text = brief(activity)
    if activity.is_stopping or text == activity.stage:
        return text
    return " · ".join(filter(None, (text, activity.stage)))


def amount(unit: Unit, done: int, total: int) -> str:
    """What is done of how much; empty while the whole is not known."""
    if not total:
        return ""
    if unit is Unit.SHARE:
        return percent(done / total, 0)
    say = data_size if unit is Unit.BYTES else whole
    return _tr("{done} of {total}").format(done=say(done), total=say(total))
