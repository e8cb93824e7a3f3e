"""Which keys do what, read from the window as it is: nothing is listed twice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QKeySequence, QShortcut
from PySide6.QtWidgets import QAbstractButton, QMenu, QWidget

from cnn_studio.gui.widgets.button_key import ButtonKey

_BETWEEN = " / "
_LONGEST_TIP = 90  # a longer one explains; what the button says is enough then
_NATIVE = QKeySequence.SequenceFormat.NativeText
# Keys that are a word by themselves; "Find", "Undo" and their like are on few keyboards.
_NAMED_KEYS = frozenset(
    {"Del", "Return", "Enter", "Esc", "Space", "Backspace", "Tab", "Home", "End"}
)


class Place(StrEnum):
    """Where a key works; tabs have the names that the window knows them by."""

    EVERYWHERE = "everywhere"
    CAPTURE = "capture"
    TRAINING = "training"
    PREDICTION = "prediction"
    DIALOG = "dialog"


@dataclass(frozen=True)
class KeyLine:
    """One line of the sheet of keys.

    Attributes:
        place: Where the keys work.
        keys: The keys as the system writes them, such as "Ctrl+K" or "⌘K".
        text: What they do; empty where nothing says it.
    """

    place: Place
    keys: str
    text: str

    def matches(self, words: Iterable[str]) -> bool:
        """Whether all of these words, in lower case, are in the keys or in what they do."""
        haystack = f"{self.keys} {self.text}".casefold()
        return all(word in haystack for word in words)


def key_lines(root: QWidget, place: Place, but: Iterable[QWidget] = ()) -> list[KeyLine]:
    """The keys of a widget and of everything in it, hidden parts and menus included.

    Args:
        root: The window, or one tab of it.
        place: What to call where they work.
        but: Parts whose keys are listed elsewhere.

    Returns:
        One line for each key and thing it does, in the order in which the parts were made.
    """
    hidden = set(but)
    lines: dict[KeyLine, None] = {}
    for each in [root, *root.findChildren(QObject)]:
        if hidden and any(parent in hidden for parent in _ancestors(each)):
            continue
        for keys, text in _keys_of(each):
            lines.setdefault(KeyLine(place, keys, _with_popup(text, each, root)))
    return _without_repetition(lines)


def without_keys(tip: str, keys: str = "") -> str:
    """A tooltip's first line, without the key in brackets at its end."""
    line = tip.split("\n")[0].strip()
    if line.endswith(")") and "(" in line:
        words, _, inside = line.rpartition("(")
        known = keys.casefold()
        if not keys or inside[:-1].casefold() in {known, *known.split(_BETWEEN)}:
            return words.strip()
    return line


def native(keys: Iterable[QKeySequence]) -> str:
    """Keys as the system writes them; those that no keyboard has, such as "Find", are left out."""
    texts = [each.toString(_NATIVE) for each in keys]
    usual = [text for text in texts if not text.isalpha() or len(text) == 1 or text in _NAMED_KEYS]
    return _BETWEEN.join(list(dict.fromkeys(filter(None, usual)))[:2])


def _keys_of(each: QObject) -> Iterator[tuple[str, str]]:
    hints: Any = getattr(each, "key_hints", None)
    if callable(hints):
        yield from hints()
    if isinstance(each, QShortcut):
        if keys := native(each.keys()):
            described = _described_by(each.parent(), keys)
            is_of_button = isinstance(each, ButtonKey)  # its own words are for want of a tooltip
            yield keys, (is_of_button and described) or each.whatsThis() or described
    elif isinstance(each, QAction):
        if keys := native(each.shortcuts()):
            yield keys, _with_place(_text_of_action(each), each)
    elif isinstance(each, QAbstractButton) and not each.shortcut().isEmpty():
        keys = native([each.shortcut()])
        yield keys, each.whatsThis() or without_keys(each.toolTip(), keys) or _plain(each.text())


def _described_by(parent: QObject | None, keys: str) -> str:
    """What a button says that has no shortcut of its own and names this key in its tooltip."""
    if isinstance(parent, QWidget):
        for button in [parent, *parent.findChildren(QWidget)]:
            if button.toolTip().split("\n")[0].rstrip().endswith(f"({keys})"):
                words = without_keys(button.toolTip())
                text = _plain(button.text()) if isinstance(button, QAbstractButton) else ""
                return text if text and len(words) > _LONGEST_TIP else words
    return ""


def _text_of_action(action: QAction) -> str:
    if action.whatsThis():
        return action.whatsThis()
    text, tip = _plain(action.text()), without_keys(action.toolTip())
    return tip if len(tip) > len(text) and "…" not in text else text.removesuffix("…").strip()


def _with_place(text: str, action: QAction) -> str:
    """A key that works only while a list has the focus is named with that list."""
    if action.shortcutContext() is not Qt.ShortcutContext.WidgetShortcut or not text:
        return text
    for owner in action.associatedObjects():
        if isinstance(owner, QWidget) and not isinstance(owner, QMenu) and owner.accessibleName():
            return f"{text} · {owner.accessibleName()}"
    return text


def _with_popup(text: str, each: QObject, root: QWidget) -> str:
    """A key that works only while a panel is open is named with that panel."""
    owner: QObject | None = each
    while owner is not None and not isinstance(owner, QWidget):
        owner = owner.parent()
    popup = owner.window() if isinstance(owner, QWidget) else root
    is_popup = popup.windowType() == Qt.WindowType.Popup and not isinstance(popup, QMenu)
    if not is_popup or popup is root or not popup.accessibleName() or not text:
        return text
    return f"{text} · {popup.accessibleName()}"


def _plain(text: str) -> str:
    return text.split("\t")[0].replace("&&", "\0").replace("&", "").replace("\0", "&").strip()


def _ancestors(each: QObject) -> Iterator[QObject]:
    parent: QObject | None = each
    while parent is not None:
        yield parent
        parent = parent.parent()


def _without_repetition(lines: Iterable[KeyLine]) -> list[KeyLine]:
    """Digits that do the same as one line; and no line that says nothing beside one that does."""
    described = {line.keys for line in lines if line.text}
    kept = [line for line in lines if line.text or line.keys not in described]
    digits: dict[tuple[Place, str], list[str]] = {}
    for line in kept:
        if line.keys.isdigit():
            digits.setdefault((line.place, line.text), []).append(line.keys)
    found: dict[KeyLine, None] = {}
    for line in kept:
        same = digits.get((line.place, line.text), []) if line.keys.isdigit() else []
        keys = f"{same[0]} … {same[-1]}" if len(same) > 1 else line.keys
        found.setdefault(KeyLine(line.place, keys, line.text))
    return list(found)
