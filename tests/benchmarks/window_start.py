"""How soon the window is there: from the process's start to its first paint.

    .venv/bin/python tests/benchmarks/window_start.py [--pairs 5] [--tries offscreen xcb]

The studio and a bare PySide6 window are started in turn; the figures are medians. On `xcb` they are
shown on a virtual screen of their own. The end of the first paint counts: when the window's first
paint event, and with it those of all it holds, is done and Qt's loop goes on.
"""

from __future__ import annotations

import json
import os
import sys
import time

# What stands here is loaded by the measured processes as well, so that it is next to nothing.
_HEAVY = ("tensorflow", "keras", "matplotlib", "matplotlib.pyplot", "sklearn", "ai_edge_litert")
_STARTED = "BENCHMARK_STARTED_S"


def _report_first_paint(window_class: type) -> None:
    """Have a class of windows print how long it took, and end the process."""
    from PySide6.QtCore import QTimer

    paint = window_class.paintEvent  # type: ignore[attr-defined]

    def report() -> None:
        took_s = time.monotonic() - float(os.environ[_STARTED])
        loaded = [name for name in _HEAVY if name in sys.modules]
        print(json.dumps({"seconds": took_s, "loaded": loaded}), flush=True)
        os._exit(0)

    def paint_and_report(self: object, event: object) -> None:
        paint(self, event)
        QTimer.singleShot(0, report)

    window_class.paintEvent = paint_and_report  # type: ignore[attr-defined]


def _be_the_studio(workspace: str) -> int:
    from cnn_studio.cli import main
    from cnn_studio.gui.main_window import MainWindow

    _report_first_paint(MainWindow)
    return main(["--workspace", workspace])


def _be_a_bare_window() -> int:
    from PySide6.QtWidgets import QApplication, QLabel, QMainWindow

    class Bare(QMainWindow):
        pass

    _report_first_paint(Bare)
    application = QApplication(sys.argv[:1])
    window = Bare()
    window.setCentralWidget(QLabel("Hello"))
    window.resize(1280, 800)
    window.show()
    return application.exec()


def _measure(kind: str, workspace: str, environment: dict[str, str]) -> tuple[float, list[str]]:
    import subprocess

    command = [sys.executable, __file__, kind, workspace]
    variables = {**environment, _STARTED: str(time.monotonic())}
    done = subprocess.run(command, env=variables, capture_output=True, text=True, timeout=120)
    if done.returncode != 0 or not done.stdout:
        sys.exit(f"The {kind} window did not open: {done.stderr}")
    result = json.loads(done.stdout)
    return result["seconds"], result["loaded"]


def _compare(platform: str, environment: dict[str, str], pairs: int, workspace: str) -> None:
    from statistics import median

    kinds = ("bare", "studio")
    for kind in kinds:  # the first of each fills the disk's cache
        _measure(kind, workspace, environment)
    seconds: dict[str, list[float]] = {kind: [] for kind in kinds}
    loaded: list[str] = []
    for _ in range(pairs):
        for kind in kinds:
            took_s, modules = _measure(kind, workspace, environment)
            seconds[kind].append(took_s)
            loaded = modules if kind == "studio" else loaded
    studio, bare = median(seconds["studio"]), median(seconds["bare"])
    ratios = [s / b for s, b in zip(seconds["studio"], seconds["bare"], strict=True)]
    print(
        f"{platform}: first paint of the studio after {studio:.2f} s, of a bare window after ",
        end="",
    )
    print(f"{bare:.2f} s, ratio {median(ratios):.2f} (median of {pairs} pairs, ", end="")
    print(f"slowest studio {max(seconds['studio']):.2f} s)")
    print(f"{platform}: loaded by then of {', '.join(_HEAVY)}: {', '.join(loaded) or 'none'}")


def main() -> int:
    """Measure on each platform."""
    import argparse
    import tempfile

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--tries", nargs="+", default=["offscreen", "xcb"], metavar="PLATFORM")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = {f"XDG_{name}_HOME": f"{folder}/{name.lower()}" for name in ("CONFIG", "DATA")}
        for platform in options.tries:
            if platform == "xcb":
                from tests.screen import Screen, missing_programs

                if missing_programs():
                    print(f"xcb: left out, these are missing: {', '.join(missing_programs())}")
                    continue
                with Screen() as screen:
                    _compare(platform, {**screen.environment, **home}, options.pairs, folder)
            else:
                variables = {**os.environ, **home, "QT_QPA_PLATFORM": platform}
                _compare(platform, variables, options.pairs, folder)
    return 0


if __name__ == "__main__":
    if sys.argv[1:2] == ["studio"]:
        sys.exit(_be_the_studio(sys.argv[2]))
    sys.exit(_be_a_bare_window() if sys.argv[1:2] == ["bare"] else main())
