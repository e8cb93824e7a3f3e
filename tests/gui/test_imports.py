"""The window's process stays free of what belongs to the engine, or would make it slow to open."""

from __future__ import annotations

import json
import subprocess
import sys

IMPORT_EVERYTHING = """
import importlib, json, pkgutil, sys
import cnn_studio.gui
names = [found.name for found in pkgutil.walk_packages(cnn_studio.gui.__path__, "cnn_studio.gui.")]
for name in names:
    importlib.import_module(name)
unwanted = {"tensorflow", "keras", "matplotlib.pyplot", "sklearn", "typer", "ai_edge_litert"}
print(json.dumps({"imported": names, "unwanted": sorted(unwanted & set(sys.modules))}))
"""


def test_the_whole_gui_is_imported_without_what_is_heavy() -> None:
    done = subprocess.run(
        [sys.executable, "-c", IMPORT_EVERYTHING], capture_output=True, text=True, check=True
    )
    found = json.loads(done.stdout)
    assert "cnn_studio.gui.training.training_tab" in found["imported"]
    assert found["unwanted"] == []
