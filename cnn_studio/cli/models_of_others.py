"""What the commands that open a model of others have in common: its pixels, decided and said."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cnn_studio.cli.output import Output
from cnn_studio.paths import Workspace

if TYPE_CHECKING:
    from cnn_studio.models.bundle import Bundle
    from cnn_studio.models.opening.pixel_question import Wanted
    from cnn_studio.models.runs import Run

PixelsOption = Annotated[
    str | None,
    typer.Option(
        metavar="RANGE",
        help="What a pixel is for a model file of others: 0..1, -1..1, 0..255, imagenet (its mean "
        "and spread) or caffe (blue first, less its mean); -bgr behind it puts blue first. It is "
        "kept with the file.",
        show_default="what the file says, or what was decided before",
    ),
]
ImageSizeOption = Annotated[
    int | None,
    typer.Option(
        metavar="PX",
        help="The side of the images for a model file of others that takes any size.",
        show_default="what the file says, else 224",
    ),
]


def model_named(
    workspace: Workspace, name: str, pixels: str | None, image_size: int | None, output: Output
) -> Run:
    """The model that MODEL names; how a file of others is used is said.

    Raises:
        ModelError: There is none of that name, it cannot be used, or it does not say what a pixel
            is for it.
        UsageError: The pixels or the size are none, or the model knows them itself.
    """
    from cnn_studio.models.opening.opened import find_model

    run = find_model(workspace, name, wanted=_wanted(pixels, image_size))
    if run.bundle is not None:
        for sentence in about_use(run.bundle):
            if output.is_json:
                output.warn(f"{run.name}: {sentence}")
            else:
                output.say(f"{run.name}: {sentence}")
    return run


def models_named(
    workspace: Workspace,
    names: tuple[str, str],
    pixels: str | None,
    image_size: int | None,
    output: Output,
) -> list[Run]:
    """Two of them; the pixels are for the files of others, or, with a comma, for one each.

    Raises:
        ModelError, UsageError: See `model_named`.
    """
    from cnn_studio.models.opening.opened import is_of_others

    others = [is_of_others(workspace, name) for name in names]
    first, comma, second = (pixels or "").partition(",")
    each = [first or None, second or None] if comma else [pixels, pixels]
    runs = []
    for name, is_other, range_ in zip(names, others, each, strict=True):
        is_meant = is_other or bool(comma) or not any(others)
        asked = (range_, image_size) if is_meant else (None, None)
        runs.append(model_named(workspace, name, *asked, output))
    return runs


def about_use(bundle: Bundle) -> tuple[str, ...]:
    """How a file of others is used, in sentences; nothing of a model of the studio."""
    return bundle.notes[1:] if bundle.is_of_others else ()


def pixels_of(run: Run) -> object:
    """What a black and a white pixel are for a model, by name or as numbers, for JSON."""
    if run.bundle is None:
        return None
    return run.bundle.pixel_range.name or run.bundle.pixel_range.to_value()


def _wanted(pixels: str | None, image_size: int | None) -> Wanted:
    from cnn_studio.errors import UsageError
    from cnn_studio.models.opening.pixel_question import Wanted
    from cnn_studio.models.pixel_values import pixels_named
    from cnn_studio.vision.preparation import MAX_SIZE, MIN_SIZE

    if image_size is not None and not MIN_SIZE <= image_size <= MAX_SIZE:
        raise UsageError(
            f"The side of the images must be {MIN_SIZE} to {MAX_SIZE} pixels, not {image_size}."
        )
    return Wanted(None if pixels is None else pixels_named(pixels), image_size)
