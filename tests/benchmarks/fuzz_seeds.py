"""A file of every kind that is right, for fuzz_readers.py to make wrong ones of."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import tarfile
from pathlib import Path

from tests.benchmarks.mutations import packed

REPOSITORY = Path(__file__).parents[2]
DATASET, RUN = "datasets/mugs", "runs/mugs-run"
OTHER_DATASET = "pens"
"""A second one beside it, which nothing that is wrong may touch."""

_ENTRY = "0a1b.json"


def make_seeds(folder: Path) -> None:
    """Write a good file of every kind, in a process of its own because it needs TensorFlow."""
    program = (
        "import sys, pathlib; from tests.benchmarks.fuzz_seeds import write_seeds; "
        "write_seeds(pathlib.Path(sys.argv[1]))"
    )
    command = [sys.executable, "-c", program, str(folder)]
    subprocess.run(command, cwd=REPOSITORY, check=True, capture_output=True)


def write_seeds(folder: Path) -> None:
    """Write a workspace with a dataset and a run, and files as people have them."""
    folder.mkdir(parents=True, exist_ok=True)
    _write_dataset(folder / "workspace" / DATASET)
    _write_dataset(folder / "workspace" / "datasets" / OTHER_DATASET)
    _write_run(folder / "workspace" / RUN)
    _write_incoming(folder)
    studio = (
        folder / "workspace" / f"{DATASET}/.studio"
    )  # now, because whoever opens it goes through it
    (studio / "journal").mkdir()
    (studio / _ENTRY).rename(studio / "journal" / _ENTRY)
    _write_images(folder / "images")
    _write_videos(folder / "videos")


def _write_dataset(folder: Path) -> None:
    from cnn_studio.data.cards import DatasetCard, write_card
    from cnn_studio.data.changes import Change
    from cnn_studio.data.kept_steps import KeptSteps, StepLabel
    from cnn_studio.data.label_doubts import Doubt, LabelDoubts, write_doubts
    from cnn_studio.data.marks import MARKS_NAME, STUDIO_FOLDER, Mark, Marking
    from cnn_studio.data.sort_notes import SortNotes
    from cnn_studio.vision.preparation import InputSpec
    from tests.data.pictures import put_photo

    card = DatasetCard(
        folder.name,
        folder.name.capitalize(),
        ("cup", "pot"),
        input=InputSpec(32, 3),
        disabled=("pot",),
        colours={"cup": "#aa0000"},
        background="pot",
        description="What stands on the table",
    )
    write_card(folder, card)
    for seed in range(4):
        put_photo(folder / ("cup", "pot")[seed % 2] / f"20261130-120000-{seed:04d}.jpg", seed)
    marking = Marking(Mark.TEST, True, ("cup/20261130-120000-0000.jpg",))
    change = Change(
        (("cup/20261130-120000-0000.jpg", "pot/20261130-120000-0000.jpg"),),
        (marking,),
        card,
        card.with_renamed("pot", "can"),
        ((1, 2),),
    )
    studio = folder / STUDIO_FOLDER
    studio.mkdir()
    label = StepLabel("0123-ab", "Move one image", True)
    values = {**change.to_dict(), "step": label.to_dict()}
    KeptSteps(folder).keep(label, change)
    lines = [{"mark": "test", "on": True, "names": ["cup/20261130-120000-0000.jpg"]}]
    lines.append({"moves": [["cup/a.jpg", "cup/b.jpg"]]})  # type: ignore[dict-item]
    (studio / MARKS_NAME).write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    doubt = Doubt("cup/20261130-120000-0000.jpg", "ab" * 32, "pot", 0.02)
    write_doubts(folder, LabelDoubts("key", 4, (doubt,)))
    SortNotes(folder).keep(folder / "cup" / "20261130-120000-0000.jpg", "pot")
    note = {
        "kind": "images",
        "paths": [str(folder)],
        "total": 3,
        "classes": ["cup", "pot"],
        "files": [["cup", str(folder / "cup" / "20261130-120000-0000.jpg")]],
        "session": "20261130-120000",
    }
    (studio / "imports").mkdir()
    (studio / "imports" / "01ab.json").write_text(json.dumps(note))
    (studio / "imports" / "01ab.done").write_text('\n{"of": 1, "is": "cup/x.jpg"}')
    (studio / _ENTRY).write_text(json.dumps(values))


def _write_run(folder: Path) -> None:
    import numpy as np

    from cnn_studio.models.answers import Answers, write_answers
    from cnn_studio.models.flattering import ChangesSince, Flattering, write_flattering
    from cnn_studio.models.learned import ImageHashes, write_hashes
    from cnn_studio.models.run_notes import RunNotes, write_notes
    from cnn_studio.models.runs import HISTORY_FILE, RECIPE_FILE, SPLIT_FILE
    from cnn_studio.training.recipe import Recipe
    from tests.models.small_run import bundle, write_run

    recipe = Recipe().to_dict()
    write_run(folder, recipe=recipe, dataset="mugs")
    classes = bundle().classes
    begun = {"dataset": "mugs", "started": "2026-11-22T20:00:00+00:00", "recipe": recipe}
    (folder / RECIPE_FILE).write_text(json.dumps(begun))
    (folder / SPLIT_FILE).write_text(
        json.dumps({"train": ["cap/a.jpg", "shoe/b.jpg"], "validation": ["shoe/c.jpg"]}).replace(
            "}", ', "notes": ["x"], "grouped": 2}'
        )
    )
    (folder / HISTORY_FILE).write_text(
        "epoch,loss,accuracy,val_loss,val_accuracy,seconds,learning_rate\n1,0.5,0.8,0.6,0.7,2,0.1\n"
    )
    hashes = ImageHashes(np.arange(2, dtype=np.uint64), np.arange(2, dtype=np.uint64))
    write_hashes(folder, {"train": hashes, "validation": hashes})
    write_notes(folder, RunNotes("Good one", "A note", True))
    write_flattering(folder, Flattering(0.8, 50, 0.97, 51, ChangesSince(2, 3, 1), 497))
    probabilities = np.eye(3, dtype=np.float32)[[0, 1, 1]]
    names = ("cap/a.jpg", "pencil/b.jpg", "shoe/c.jpg")
    answers = Answers(names, np.arange(3), probabilities, classes)
    write_answers(folder, "validation", answers)


def _write_incoming(folder: Path) -> None:
    from cnn_studio.data.catalog import find_dataset
    from cnn_studio.data.packing import pack_dataset
    from cnn_studio.paths import Workspace
    from tests.data.pictures import jpeg

    pack_dataset(
        find_dataset(Workspace(folder / "workspace"), OTHER_DATASET), folder / "packed.zip"
    )
    samples = {f"{number}.jpg": jpeg(number) for number in range(2)}
    manifest = {"type": "image", "version": "2.4.7", "appdata": {"trainEpochs": 50}}
    project = {
        "manifest.json": json.dumps(manifest).encode(),
        "cup-samples.zip": packed(samples),
        "pot-!-samples.zip": packed({"0.jpg": jpeg(5)}),
    }
    (folder / "project.tm").write_bytes(packed(project))
    plain = {f"{name}/{n}.jpg": jpeg(n) for n, name in enumerate(("cup", "pot", "cup", "pot"))}
    (folder / "plain.zip").write_bytes(packed(plain))
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for name, data in plain.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    (folder / "plain.tar").write_bytes(target.getvalue())


def _write_images(folder: Path) -> None:
    import cv2
    import numpy as np
    import tifffile
    from PIL import Image

    folder.mkdir()
    rgb = np.random.default_rng(1).integers(0, 255, (24, 32, 3), np.uint8)
    rgba = np.dstack((rgb, rgb[..., :1]))
    deep = rgb.astype(np.uint16) * 200
    for suffix in ("jpg", "png", "bmp", "webp", "tif", "ppm", "pgm", "jp2", "avif"):
        pixels = rgb[..., 0] if suffix == "pgm" else rgb
        cv2.imwrite(str(folder / f"plain.{suffix}"), pixels)
    for name, options in (("progressive.jpg", {"progressive": True}), ("palette.gif", {})):
        Image.fromarray(rgb).save(folder / name, **options)
    frames = [Image.fromarray(np.roll(rgb, n, 0)) for n in range(3)]
    frames[0].save(folder / "moving.gif", save_all=True, append_images=frames[1:])
    Image.fromarray(rgb).convert("CMYK").save(folder / "cmyk.jpg")
    Image.fromarray(rgb).convert("P").save(folder / "palette.png")
    cv2.imwrite(str(folder / "clear.png"), rgba)
    cv2.imwrite(str(folder / "deep.png"), deep)
    cv2.imwrite(str(folder / "clear-deep.png"), np.dstack((deep, deep[..., :1])))
    for name, pixels, options in (
        ("bands.tif", np.dstack((deep, deep)), {"photometric": "minisblack"}),
        ("floats.tif", rgb.astype(np.float32) / 255, {"photometric": "rgb"}),
        ("tiles.tif", deep, {"photometric": "rgb", "tile": (16, 16), "compression": "deflate"}),
        ("big.tif", rgb, {"photometric": "rgb", "bigtiff": True}),
        ("pages.tif", np.stack((rgb, rgb)), {"photometric": "rgb"}),
    ):
        tifffile.imwrite(folder / name, pixels, **options)
    exif = Image.Exif()
    exif[0x0112], exif[0x010F], exif[0x0132] = 6, "Maker", "2026:11:30 12:00:00"
    Image.fromarray(rgb).save(folder / "turned.jpg", exif=exif)
    try:
        import pillow_heif
    except ImportError:
        return
    pillow_heif.from_pillow(Image.fromarray(rgb)).save(folder / "photo.heic")


def _write_videos(folder: Path) -> None:
    from tests.videos import write_video

    folder.mkdir()
    write_video(folder / "mjpeg.avi", range(6))
    write_video(folder / "mpeg4.mp4", range(6), codec="mp4v")
    write_video(folder / "matroska.mkv", range(6), codec="MJPG")
