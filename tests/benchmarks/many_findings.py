"""What the checkup's window takes for the findings of 20,000 images, step by step.

    .venv/bin/python tests/benchmarks/many_findings.py [--images 20000]

The findings are made up, and the files are not there: measured is the work of the window's own
thread, in processor time, so a busy machine changes little.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QSettings

from cnn_studio.data.finding_groups import FindingGroup, grouped
from cnn_studio.data.findings import Finding, FindingKind, Fix
from cnn_studio.data.label_doubts import Doubt
from cnn_studio.gui.application import create_application
from cnn_studio.gui.capture.checkup.answer_keys import number_keys
from cnn_studio.gui.capture.checkup.checkup_dialog import CheckupDialog
from cnn_studio.gui.theme import Theme

_CLASSES = ("shoe", "cap", "cellphone", "pencil", "book")
_IN_A_SET = 107  # 20,000 copies of 186 photos
_DOUBTED = 0.05


def main() -> None:
    """Show one kind of findings after the other, and go through what a person does with them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--images", type=int, default=20_000)
    count = parser.parse_args().images
    application = create_application(["many_findings"])
    with tempfile.TemporaryDirectory() as folder:
        settings = QSettings(f"{folder}/settings.ini", QSettings.Format.IniFormat)
        theme = Theme(settings)
        theme.apply()
        dialog = CheckupDialog("Objects", _CLASSES, theme)
        dialog.show()
        application.processEvents()

        def measure(what: str, step: Callable[[], object]) -> None:
            begun_s = time.thread_time()
            step()
            application.processEvents()
            print(f"{what:<52} {1000 * (time.thread_time() - begun_s):6.1f} ms", flush=True)

        for what, step in _steps(dialog, count):
            measure(what, step)
        dialog.close()


def _steps(dialog: CheckupDialog, count: int) -> Iterator[tuple[str, Callable[[], object]]]:
    page, tree = dialog.page, dialog.tree
    paths = [
        Path("/objects") / _CLASSES[number % 5] / f"photo-{number:05}.jpg"
        for number in range(count)
    ]

    def show(groups: tuple[FindingGroup, ...]) -> Callable[[], object]:
        return lambda: dialog.set_findings(groups, count)

    sets = grouped(_sets(paths, _IN_A_SET, across=True))
    yield f"pictures in five classes, {len(sets[0].findings)} of {_IN_A_SET} files", show(sets)
    for finding in sets[0].findings[:2]:
        keys = number_keys(_CLASSES, finding.classes)
        yield "  the next one", partial(dialog.sets.show_set, finding, keys, (1, 2), True)
    pairs = grouped(_sets(paths, 2, across=True))
    yield f"pictures in two classes, {len(pairs[0].findings):,}", show(pairs)
    yield "  unfold them", lambda: tree.expand(tree.model().index(0, 0))
    yield "  one is answered", show(grouped(pairs[0].findings[1:], pairs))
    copies = grouped(_sets(paths, _IN_A_SET, across=False))
    yield f"copies, {len(copies[0].whole.samples):,} images", show(copies)
    yield "  select all", page.view.selectAll
    yield "  select none", page.view.clearSelection
    yield "  one set is deleted", show(grouped(copies[0].findings[1:], copies))
    doubts = grouped(_doubts(paths[: int(count * _DOUBTED)]))
    yield f"doubted labels, {len(doubts[0].whole.samples):,}", show(doubts)
    yield "  a number key", lambda: page.take_away(page.view.selected_samples())
    yield "  select all", page.view.selectAll


def _sets(paths: list[Path], size: int, *, across: bool) -> Iterator[Finding]:
    kind = FindingKind.EXACT_DUPLICATE
    ordered = paths if across else sorted(paths)
    for start in range(0, len(ordered) - size + 1, size):
        some = tuple(ordered[start : start + size])
        classes = tuple(dict.fromkeys(path.parent.name for path in some))
        fix, surplus = (Fix.CHOOSE_CLASS, ()) if across else (Fix.DELETE, some[1:])
        yield Finding(kind, some, "One picture.", classes, (fix,), surplus, 5, across)


def _doubts(paths: list[Path]) -> Iterator[Finding]:
    fixes = (Fix.ACCEPT_SUGGESTION, Fix.CONFIRM_LABEL, Fix.EXCLUDE, Fix.RELABEL)
    for label in _CLASSES:
        some = tuple(path for path in paths if path.parent.name == label)
        other = _CLASSES[_CLASSES.index(label) - 1]
        doubts = (Doubt(f"{label}/{p.name}", "", other, n / 1e6) for n, p in enumerate(some))
        kind = FindingKind.WRONG_LABEL
        yield Finding(kind, some, "?", (label, other), fixes, severity=3, doubts=tuple(doubts))


if __name__ == "__main__":
    main()
