"""Every piece of work beside the window is known as an activity, or is over in no time."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from pathlib import Path

import cnn_studio

_GUI = Path(cnn_studio.__file__).parent / "gui"

BRIEF = {
    # What is listed, looked up or read for the screen, and writes nothing.
    "camera_list": "the cameras",
    "images_finder": "a look at the names in one folder",
    "main_window": "the tabs' modules",
    "network_dialog": "a trial of a camera, which its dialog shows and ends",
    "capture/checkup/checkup_flow": "the images of a few recordings",
    "capture/checkup/checkup_runs": "what still holds; the checkup itself says what it is",
    "capture/contents": "the images of a class",
    "capture/editing/trash_flow": "what is in the trash",
    "capture/gallery/alike_flow": "which images are alike, in a tenth of a second",
    "capture/gallery/gallery_flow": "the runs for the chooser",
    "capture/gallery/insights": "128 images at a time; all of them are one activity",
    "capture/gallery/model_offer": "the newest run",
    "capture/gallery/review_flow": "the order of a review, in a second or so",
    "capture/gallery/session_offer": "the sessions of a class",
    "capture/map/map_work": "the first map; arranging says what it is",
    "capture/transfer/broken_off_flow": "what was broken off, and striking it out",
    "capture/transfer/errands": "all errands are one activity",
    "capture/transfer/video_scrub": "one frame",
    "datasets/dataset_counts": "how many images a dataset has; closing the menu ends it",
    "datasets/settings_flow": "one image, and one small file that is written whole or not at all",
    "datasets/trash_flow": "what is in the trash; removing for good says what it is",
    "help/about_dialog": "the versions and licences of what is installed",
    "help/report_dialog": "the versions, and the last lines of the log",
    "pictures/images_ahead": "the next image",
    "prediction/drops": "what is being dragged",
    "prediction/files/file_view": "one image",
    "prediction/model/pixel_flow": "one image, and a model's answers to it under each choice",
    "prediction/live/live_model": "the runs",
    "prediction/retraining/retrain_flow": "a recipe, and what a run was trained with",
    "training/training_tab": "the kept answers of one run, for its own window",
    "training/augmentation/preview_flow": "a few images",
    "training/augmentation/strip_flow": "a few images",
    "training/curves/comparison_line": "what was kept of two runs; judging them says what it is",
    "training/curves/curves_panel": "the curves of runs",
    "training/recipe/recipe_chooser": "recipes, of a few hundred bytes each",
    "training/results/flattering_flow": "what is known of a run; the trial itself says what it is",
    "training/runs/again_flow": "a run's recipe",
    "training/runs/broken_run_flow": "whether the newest run was broken off",
    "training/runs/runs_panel": "the runs",
    "training/start/dataset_panel": "how many images there are",
    # What writes one small file, whole or not at all; closing waits for it.
    "prediction/live/teaching": "one frame",
    "prediction/sources/history_saving": "a table of what was said",
    "training/curves/curves_saving": "a picture or a table",
    # Housekeeping.
    "studio": "what a kill has left, hidden files",
}


def _starts() -> Iterator[tuple[str, int, bool]]:
    """Each place that makes or starts a job: the module, the line, and whether it says what."""
    for path in sorted(_GUI.rglob("*.py")):
        module = path.relative_to(_GUI).with_suffix("").as_posix()
        if module == "jobs":
            continue
        nodes = list(ast.walk(ast.parse(path.read_text("utf-8"))))
        holders = set(_holders(nodes))
        for node in nodes:
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            owner = ast.unparse(node.func.value)
            is_made = node.func.attr == "create" and owner.endswith("jobs")
            is_begun = node.func.attr == "start" and owner in holders
            if is_made or is_begun:
                yield module, node.lineno, len(node.args) + len(node.keywords) > 1


def _holders(nodes: Sequence[ast.AST]) -> Iterator[str]:
    """What holds a `OneJob`."""
    for node in nodes:
        if isinstance(node, ast.Assign) and ast.unparse(node.value).startswith("OneJob("):
            yield from (ast.unparse(target) for target in node.targets)


def test_every_job_says_what_it_is_or_is_known_to_be_brief() -> None:
    starts = list(_starts())
    assert len(starts) > 30  # else they are called otherwise by now
    silent = {module for module, _line, says in starts if not says}
    assert silent - BRIEF.keys() == set(), "Say what these are About, or why they are brief."
    assert BRIEF.keys() - silent == set(), "These are not silent any more."
