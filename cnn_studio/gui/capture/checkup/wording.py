"""What the checkup says of its fixes, and of what becomes of the images."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from PySide6.QtCore import QCoreApplication

from cnn_studio.data.contradictions import Fate
from cnn_studio.data.findings import Fix
from cnn_studio.gui.capture.checkup.fix_offers import Offer
from cnn_studio.gui.figures import images, whole

_tr = partial(QCoreApplication.translate, "Checkup")


def fate_text(fate: Fate, class_name: str = "") -> str:
    """What becomes of an image, in a word or two; `class_name` is where one that moves goes."""
    return {
        Fate.STAYS: _tr("stays"),
        Fate.GOES: _tr("to the trash"),
        Fate.LEFT_OUT: _tr("left out"),
        Fate.MOVES: _tr("moves to {name}") if class_name else _tr("moves"),
    }[fate].format(name=class_name)


def offer_text(offer: Offer, class_name: str = "") -> str:
    """What stands on the button of an offer.

    Args:
        offer: What can be done.
        class_name: The class that it is done to, or that images go to; empty where a menu follows,
            or where the offer itself says it.
    """
    count, one = whole(len(offer.samples)), len(offer.samples) == 1
    suggested = {doubt.suggested for doubt in offer.doubts}
    name = class_name or (suggested.pop() if len(suggested) == 1 else "")
    to_one = _tr("Move {count} to {name}")
    return {
        Fix.DELETE: _tr("Move {count} to the trash"),
        Fix.RELABEL: to_one if class_name else _tr("Move {count} to"),
        Fix.EXCLUDE: _tr("Leave {count} out of training"),
        Fix.MERGE_SESSIONS: _tr("Treat as one recording"),
        Fix.DISABLE_CLASS: _tr("Do not train {name}") if name else _tr("Do not train"),
        Fix.CAPTURE: _tr("Record more of {name}") if name else _tr("Record more of"),
        Fix.ACCEPT_SUGGESTION: to_one if name else _tr("Move {count} as suggested"),
        Fix.CONFIRM_LABEL: _tr("It is right") if one else _tr("{count} are right"),
        Fix.CHOOSE_CLASS: _tr("Which is it?"),
    }[offer.fix].format(count=count, name=name)


def offer_question(offer: Offer, class_name: str = "") -> str:
    """The question before an offer is taken that changes many images."""
    suggested = {doubt.suggested for doubt in offer.doubts}
    name = class_name or (suggested.pop() if len(suggested) == 1 else "")
    to_one = _tr("Move {images} to {name}?")
    return {
        Fix.DELETE: _tr("Move {images} to the trash?"),
        Fix.RELABEL: to_one,
        Fix.EXCLUDE: _tr("Leave {images} out of training? They stay in their folders."),
        Fix.MERGE_SESSIONS: _tr(
            "Give {images} the name of one recording? They stay in their folders."
        ),
        Fix.ACCEPT_SUGGESTION: (
            to_one if name else _tr("Move {images}, each to the class that it looks like?")
        ),
        Fix.CONFIRM_LABEL: _tr("Mark {images} as looked at? They stay where they are."),
    }[offer.fix].format(images=images(len(offer.samples)), name=name)


def outcome(found: Iterable[Fate]) -> str:
    """What becomes of the files of a picture once a class is named."""
    fates = list(found)
    texts = {
        Fate.STAYS: (_tr("1 stays"), _tr("{count} stay")),
        Fate.MOVES: (_tr("1 moves here"), _tr("{count} move here")),
        Fate.GOES: (_tr("1 goes to the trash"), _tr("{count} go to the trash")),
    }
    counts = {fate: fates.count(fate) for fate in texts}
    return ", ".join(
        texts[fate][count > 1].format(count=whole(count)) for fate, count in counts.items() if count
    )


def decision_question(found: Iterable[Fate], class_name: str) -> tuple[str, str]:
    """The question before an answer changes many files, and what its button says."""
    fates = list(found)
    moving, going = fates.count(Fate.MOVES), fates.count(Fate.GOES)
    if going:
        question = _tr("Move {images} to the trash? 1 stays in {name}.")
        yes = _tr("Move {count} to the trash")
    else:
        question = _tr("Move {images} to {name}?")
        yes = _tr("Move {count} to {name}")
    count = going or moving
    values = {"images": images(count), "count": whole(count), "name": class_name}
    return question.format(**values), yes.format(**values)
