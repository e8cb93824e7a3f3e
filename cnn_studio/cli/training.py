"""`cnn-studio train` and `resume`: the window's training, in this process without the window."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from cnn_studio.cli.cluster import (
    ClusterOption,
    JoinLimitOption,
    TaskOption,
    chosen_cluster,
    train_in_cluster,
)
from cnn_studio.cli.interrupts import stop_on_interrupt
from cnn_studio.cli.options import (
    DATASET_OPTION,
    DatasetArgument,
    JsonOption,
    OwnDatasetOption,
    WorkspaceOption,
    chosen_workspace,
    name_them,
)
from cnn_studio.cli.output import Output
from cnn_studio.cli.told_training import Teller
from cnn_studio.errors import StudioError

if TYPE_CHECKING:
    from cnn_studio.data.catalog import Dataset
    from cnn_studio.paths import Workspace
    from cnn_studio.training.cluster import Cluster
    from cnn_studio.training.recipe import Recipe
    from cnn_studio.training.request import TrainingRequest


RecipeOption = Annotated[
    str | None,
    typer.Option(
        metavar="RECIPE",
        show_default="best, or pretrained with --network pretrained",
        help="pretrained, best, classic (the textbook's), thorough, quick, a recipe of the "
        "workspace, a recipe file or a run's recipe.json. The options below count more than what "
        "it says.",
    ),
]
NetworkOption = Annotated[
    Literal["cnn", "pretrained"] | None,
    typer.Option(
        help="cnn learns to see from these images alone; pretrained has learned to see before, and "
        "needs ten photos a class and seconds.",
        show_default="as the recipe says",
    ),
]
_of_recipe = partial(typer.Option, show_default="as the recipe says")
EpochsOption = Annotated[int | None, _of_recipe(help="Passes over the training images.")]
BatchSizeOption = Annotated[
    int | None,
    typer.Option(
        help="Images a step.", show_default="as the recipe says, fewer where there are few images"
    ),
]
LearningRateOption = Annotated[float | None, _of_recipe(help="Of the Adam optimizer.")]
ImageSizeOption = Annotated[
    int | None,
    typer.Option(
        help="Height and width in pixels.", show_default="as the recipe or the dataset's card says"
    ),
]
ValidationOption = Annotated[
    float | None,
    _of_recipe(help="The share of images held back to measure on, 0 to 0.5."),
]
AugmentationOption = Annotated[
    str | None,
    _of_recipe(
        metavar="HOW",
        help="Vary training images at random: off, symmetries, light, strong, or kinds such as "
        "flip=sideways,turns=all,shift=0.1,rotate=0.05,zoom=0.1,brightness=0.2,contrast=0.2,"
        "erase=0.1; also light,turns=quarter. turns=quarter is exact turns by 90 degrees, "
        "turns=all mirrors them as well. A bare name takes all turns where the dataset's card says "
        'orientation = "any".',
    ),
]
ScheduleOption = Annotated[
    Literal["constant", "cosine"] | None,
    _of_recipe(help="How the learning rate goes."),
]
WarmupOption = Annotated[
    float | None,
    _of_recipe(metavar="EPOCHS", help="Let the rate rise over so many epochs at first."),
]
EmaOption = Annotated[
    float | None,
    _of_recipe(help="Average the weights, keeping this share a step; 0 is off."),
]
SmoothingOption = Annotated[
    float | None,
    _of_recipe(help="Take so much certainty from the labels."),
]
DecayOption = Annotated[float | None, _of_recipe(help="Shrink the weights a little each step.")]
PatienceOption = Annotated[
    int | None,
    _of_recipe(
        metavar="EPOCHS", help="Stop after so many epochs without a better one; 0 trains all."
    ),
]
ClassWeightsOption = Annotated[
    bool | None,
    _of_recipe("--class-weights/--no-class-weights", help="Let images of rare classes count more."),
]
FinalFitOption = Annotated[
    bool | None,
    _of_recipe(
        "--final-fit/--no-final-fit",
        help="Once measured, learn from all images, those held back as well.",
    ),
]
GivenSplitOption = Annotated[
    bool | None,
    _of_recipe(
        "--given-split/--redraw-split",
        help="Hold back the validation images that came with the dataset, or draw them again.",
    ),
]
SeedOption = Annotated[int | None, _of_recipe(help="One seed gives one result on one machine.")]
LimitOption = Annotated[
    int | None,
    typer.Option(metavar="N", help="Take only so many images.", show_default="all of them"),
]
TensorBoardOption = Annotated[
    bool,
    typer.Option("--tensorboard", help="Write event files for TensorBoard into the run's folder."),
]
OutOption = Annotated[
    Path | None,
    typer.Option(
        metavar="DIR", help="The run's folder.", show_default="a new one in the workspace's runs"
    ),
]


def train(
    context: typer.Context,
    dataset: DatasetArgument,
    recipe: RecipeOption = None,
    network: NetworkOption = None,
    epochs: EpochsOption = None,
    batch_size: BatchSizeOption = None,
    learning_rate: LearningRateOption = None,
    image_size: ImageSizeOption = None,
    validation: ValidationOption = None,
    augmentation: AugmentationOption = None,
    schedule: ScheduleOption = None,
    warmup: WarmupOption = None,
    ema: EmaOption = None,
    label_smoothing: SmoothingOption = None,
    weight_decay: DecayOption = None,
    patience: PatienceOption = None,
    class_weights: ClassWeightsOption = None,
    final_fit: FinalFitOption = None,
    given_split: GivenSplitOption = None,
    seed: SeedOption = None,
    limit: LimitOption = None,
    out: OutOption = None,
    tensorboard: TensorBoardOption = False,
    cluster: ClusterOption = None,
    task: TaskOption = None,
    join_limit: JoinLimitOption = 120.0,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Train the network on a dataset; every training is a run of its own.

    Ctrl+C stops it and keeps the best model so far; pressed again it ends at once. So does SIGTERM
    where a model takes too long to save: resume goes on after the last epoch. With --json each
    event is a line; the last one is "finished", or "failed" with a message.
    """
    from cnn_studio.data.catalog import find_dataset
    from cnn_studio.models.networks import NetworkKind
    from cnn_studio.training.presets import first_preset
    from cnn_studio.training.request import TrainingRequest

    place = chosen_workspace(context, workspace)
    chosen = find_dataset(place, dataset)
    said = {
        "epochs": epochs,
        "batch_size": batch_size,
        "learning_rate": learning_rate,
        "image_size": image_size,
        "validation_share": validation,
        "augmentation": augmentation,
        "schedule": schedule,
        "warmup_epochs": warmup,
        "ema": ema,
        "label_smoothing": label_smoothing,
        "weight_decay": weight_decay,
        "patience": patience,
        "class_weights": class_weights,
        "final_fit": final_fit,
        "given_split": given_split,
        "seed": seed,
        "limit": limit,
        "network": network,
    }
    usual = first_preset(NetworkKind(network or NetworkKind.CNN)).name
    made = _recipe_for(chosen, place, recipe or usual, said)
    request = TrainingRequest(chosen, made, place.runs, out, tensorboard=tensorboard)
    _run(request, Output(as_json), chosen_cluster(cluster, task), join_limit)


def resume(
    context: typer.Context,
    run: Annotated[
        str, typer.Argument(metavar="RUN", help="A run's name, or its folder.", show_default=False)
    ],
    epochs: Annotated[
        int, typer.Option(metavar="N", help="Add so many epochs.", show_default="none")
    ] = 0,
    dataset: OwnDatasetOption = None,
    cluster: ClusterOption = None,
    task: TaskOption = None,
    join_limit: JoinLimitOption = 120.0,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Go on with a training that was stopped, closed or killed, or add epochs to a finished one.

    It goes on with its own images, split and random numbers, so it ends as if it had never
    stopped. Added epochs start the recipe's schedule again: at a constant rate they go on at that
    rate, with a cosine the rate starts again at the recipe's and falls. With a cluster
    every machine needs the run's folder. With --json each event is a line, as with train.
    """
    from cnn_studio.models.run_dataset import ImagesGoneError
    from cnn_studio.training.resuming import request_to_resume

    place = chosen_workspace(context, workspace)
    try:
        request = request_to_resume(place, run, epochs, dataset)
    except ImagesGoneError as error:
        raise ImagesGoneError(f"{error} {name_them(DATASET_OPTION)}") from error
    _run(request, Output(as_json), chosen_cluster(cluster, task), join_limit)


def _run(
    request: TrainingRequest,
    output: Output,
    cluster: Cluster | None = None,
    join_limit_s: float = 0.0,
) -> None:
    from cnn_studio.training.events import Failed
    from cnn_studio.training.networks import network_of

    network = network_of(request.recipe.network)
    what = "Getting TensorFlow ready" if network.needs_tensorflow else "Reading images"
    what = what if cluster is None else "Waiting for the other workers"
    with stop_on_interrupt() as stop, output.progress(what) as bar:
        teller = Teller(output, bar, stop, request.runs_folder)
        try:
            if cluster is not None:
                train_in_cluster(request, cluster, join_limit_s, teller.tell, stop)
            else:
                network.trainer(request, teller.tell, stop)
        except StudioError as error:
            output.line(Failed(str(error)).to_dict())
            raise
    teller.conclude()


def _recipe_for(
    dataset: Dataset, place: Workspace, name_or_file: str, said: Mapping[str, Any]
) -> Recipe:
    """The named recipe as it suits the dataset, and with what was said on the command line."""
    from cnn_studio.training.presets import find_preset

    overriding = {key: value for key, value in said.items() if value is not None}
    preset, card = find_preset(place, name_or_file), dataset.card
    size, orientation = card.input.size, card.orientation
    made = preset.recipe(None, size, overriding, orientation)
    suited = _batch_size_for(dataset, made.validation_share, made.limit)
    return preset.recipe(suited, size, overriding, orientation)


def _batch_size_for(dataset: Dataset, validation: float, limit: int | None) -> int:
    from cnn_studio.data.image_sets import count_images
    from cnn_studio.training.recipe import suggested_batch_size

    count = sum(count_images(dataset).values())
    return suggested_batch_size(round(min(count, limit or count) * (1 - validation)))
