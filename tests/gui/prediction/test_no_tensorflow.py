"""The window classifies without TensorFlow."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).parents[3]

PROGRAM = """
import json, sys
from pathlib import Path
import numpy as np
import cnn_studio.gui.prediction.prediction_tab
from cnn_studio.prediction.classifier import Classifier
before = set(sys.modules)
top, _ = Classifier.open(Path(sys.argv[1])).classify(np.full((9, 9, 3), (200, 0, 0), np.uint8)).top
heavy = ["tensorflow", "keras", "matplotlib.pyplot", "sklearn"]
late = ["ai_edge_litert"]
print(json.dumps([top, [m for m in heavy if m in sys.modules], [m for m in late if m in before]]))
"""


def test_opening_the_tab_and_a_model_imports_nothing_heavy(models: Path) -> None:
    command = [sys.executable, "-c", PROGRAM, str(models / "colours")]
    done = subprocess.run(command, cwd=REPOSITORY, check=True, capture_output=True)
    assert json.loads(done.stdout) == ["red", [], []]
