"""The .h5 files of Keras 1 to 3: right answers, or a sentence with the layer's name."""

from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from cnn_studio.errors import ModelError
from cnn_studio.models.opening.opened import open_model
from cnn_studio.models.opening.pixel_question import Wanted
from cnn_studio.models.opening.trial import Trial
from cnn_studio.models.pixel_values import OUR_RANGE
from cnn_studio.models.runs import Run
from cnn_studio.prediction.classifier import Classifier
from tests.models.opening.conftest import says
from tests.models.opening.keras_files import (
    Array,
    Teachable,
    conv,
    convolved,
    dense,
    layer,
    network,
    softmax,
    write_h5,
)

_RANDOM = np.random.default_rng(5)
_SPREAD = _RANDOM.uniform(0, 1, (6, 1, 1, 3)) * _RANDOM.uniform(0, 1, (6, 32, 32, 3))
BYTES = Wanted(OUR_RANGE)
IMAGES = (255 * (_SPREAD + _RANDOM.uniform(0, 1, (6, 1, 1, 3)) * (1 - _SPREAD))).astype(np.uint8)


@pytest.fixture(scope="module")
def trial() -> Iterator[Trial]:
    """One process for the whole file, because it imports TensorFlow."""
    with Trial() as trial:
        with pytest.raises(ModelError):
            trial.network(Path("none.tflite"))  # starts it before a test would seem to
        yield trial


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder with a labels.txt as Teachable Machine writes it."""
    (tmp_path / "labels.txt").write_text("0 Class 1\n1 Täßchen\n2 Class 3\n", encoding="utf-8")
    return tmp_path


def said(run: Run, image: Array) -> Array:
    """The probabilities of a run's model."""
    probabilities = Classifier.open(run.folder).classify(image.astype(np.uint8)).probabilities
    return np.asarray(probabilities, np.float64)


def check(run: Run, expected: list[Array]) -> None:
    """Hold what a run's model says of `IMAGES` against what is right."""
    found = [said(run, image) for image in IMAGES]
    assert np.ptp(expected, axis=0).max() > 0.02  # the images differ
    assert np.abs(np.array(found) - expected).max() < 2e-5


@pytest.mark.parametrize("with_inputs", [True, False])
@pytest.mark.parametrize("where", ["keras_model.h5", "converted_keras.zip"])
def test_teachable_machines_keras_form_says_what_it_should(
    place: Path, trial: Trial, with_inputs: bool, where: str
) -> None:
    made = Teachable(with_inputs=with_inputs)
    path = write_h5(place / "keras_model.h5", made.config(), made.weights())
    if where.endswith(".zip"):
        with zipfile.ZipFile(place / where, "w") as archive:
            for name in ("keras_model.h5", "labels.txt"):
                archive.write(place / name, name)
        path = place / where
    run = open_model(path, trial)
    assert run.bundle is not None
    assert run.bundle.classes == ("Class 1", "Täßchen", "Class 3")
    assert run.bundle.pixel_range.name == "-1..1"
    check(run, [made.answer(image) for image in IMAGES])


def test_weights_whose_names_do_not_tell_go_in_by_their_order(place: Path, trial: Trial) -> None:
    made = Teachable()
    weights = {name: dict(arrays) for name, arrays in made.weights().items()}
    weights["sequential_1"] = {
        f"x{number}/y/{name.split('/')[-1]}": array
        for number, (name, array) in enumerate(weights["sequential_1"].items())
    }
    check(
        open_model(write_h5(place / "net.h5", made.config(), weights), trial),
        [made.answer(image) for image in IMAGES],
    )
    names = list(weights["sequential_1"])
    names[1], names[2] = names[2], names[1]  # gamma and beta, whose shapes are the same
    weights["sequential_1"] = {name: weights["sequential_1"][name] for name in names}
    with pytest.raises(ModelError, match="The weights of sequential_1 are not those of its layers"):
        open_model(write_h5(place / "net.h5", made.config(), weights), trial)


def _plain() -> tuple[dict[str, Array], Any]:
    """The weights of a convolution and a dense layer, and what they say of pixels as they are."""
    random = np.random.default_rng(8)
    kernel, bias = random.normal(0, 0.002, (3, 3, 3, 4)), random.normal(0, 0.2, 4)
    matrix, last = random.normal(0, 0.4, (15 * 15 * 4, 3)) / 12, random.normal(0, 0.2, 3)

    def answer(image: Array) -> Array:
        x = np.maximum(convolved(image.astype(np.float64), kernel) + bias, 0)
        x = x.reshape(15, 2, 15, 2, 4).max(axis=(1, 3))
        return softmax(x.reshape(-1) @ matrix + last)

    return {"kernel": kernel, "bias": bias, "matrix": matrix, "last": last}, answer


def test_a_list_of_layers_as_keras_1_wrote_it_opens(place: Path, trial: Trial) -> None:
    arrays, answer = _plain()
    shape = [None, 32, 32, 3]
    conv_1 = {"nb_filter": 4, "nb_row": 3, "nb_col": 3, "border_mode": "valid", "subsample": [1, 1]}
    config = {
        "class_name": "Sequential",
        "config": [
            {
                "class_name": "Convolution2D",
                "config": {
                    "name": "convolution2d_1",
                    "batch_input_shape": shape,
                    "input_dtype": "float32",
                    "dim_ordering": "tf",
                    "init": "glorot_uniform",
                    "activation": "relu",
                    "bias": True,
                    "W_regularizer": None,
                    "W_constraint": None,
                    **conv_1,
                },
            },
            {
                "class_name": "MaxPooling2D",
                "config": {"name": "pool", "pool_size": [2, 2], "strides": [2, 2]},
            },
            {"class_name": "Dropout", "config": {"name": "dropout_1", "p": 0.25}},
            {"class_name": "Flatten", "config": {"name": "flatten_1", "trainable": True}},
            {
                "class_name": "Dense",
                "config": {
                    "name": "dense_1",
                    "output_dim": 3,
                    "init": "uniform",
                    "input_dim": None,
                },
            },
            {"class_name": "Activation", "config": {"name": "a", "activation": "softmax"}},
        ],
    }
    weights = {
        "convolution2d_1": {
            "convolution2d_1_W:0": arrays["kernel"],
            "convolution2d_1_b:0": arrays["bias"],
        },
        "pool": {},
        "dense_1": {"dense_1_W:0": arrays["matrix"], "dense_1_b:0": arrays["last"]},
    }
    run = open_model(write_h5(place / "old.hdf5", config, weights, "1.2.2"), trial, BYTES)
    assert run.bundle is not None
    assert run.bundle.pixel_range == OUR_RANGE
    check(run, [answer(image) for image in IMAGES])
    path = write_h5(place / "turned.h5", config, weights, "1.2.2", backend="theano")
    with pytest.raises(ModelError, match="with Theano, which turned convolutions"):
        open_model(path, trial)


def _keras_2() -> tuple[dict[str, Any], dict[str, dict[str, Array]], Any]:
    arrays, answer = _plain()
    layers = [
        conv("c", filters=4, padding="valid", activation="relu", use_bias=True),
        layer("MaxPooling2D", "p", pool_size=[2, 2], strides=None, padding="valid"),
        layer("Flatten", "f", data_format="channels_last"),
        dense("d", 3, "softmax"),
    ]
    layers[0]["config"]["batch_input_shape"] = [None, 32, 32, 3]
    # A second one of a name in a program: the file counts on where the layer does not.
    weights = {
        "c": {"c_3/kernel:0": arrays["kernel"], "c_3/bias:0": arrays["bias"]},
        "p": {},
        "f": {},
        "d": {"d_3/kernel:0": arrays["matrix"], "d_3/bias:0": arrays["last"]},
    }
    return network("Sequential", "n", layers), weights, answer


def test_weights_open_with_the_network_in_a_json_file_beside_them(
    place: Path, trial: Trial
) -> None:
    config, weights, answer = _keras_2()
    path = write_h5(place / "digits_weights.h5", None, weights)
    with pytest.raises(ModelError, match=r"weights without their network.*model\.to_json"):
        open_model(path, trial)
    (place / "digits.json").write_text(json.dumps({**config, "keras_version": "2.3.1"}))
    check(open_model(path, trial, BYTES), [answer(image) for image in IMAGES])


def test_a_file_called_keras_that_an_older_keras_wrote_opens(place: Path, trial: Trial) -> None:
    config, weights, answer = _keras_2()
    path = write_h5(place / "old.keras", config, weights)
    check(open_model(path, trial, BYTES), [answer(image) for image in IMAGES])


def test_a_file_of_keras_3_opens(models: Path, trial: Trial) -> None:
    folder = models / "old forms"
    run = open_model(folder / "keras3.h5", trial)
    assert [says(run, colour) for colour in ((200, 0, 0), (0, 0, 200))] == ["red", "blue"]
    run = open_model(folder / "sums.keras", trial)
    assert [says(run, colour) for colour in ((200, 0, 0), (0, 0, 200))] == ["red", "blue"]


def test_scaling_that_was_written_as_sums_is_scaling(place: Path, trial: Trial) -> None:
    """As `mobilenet_v2.preprocess_input` was kept, and x + y without a layer."""
    random = np.random.default_rng(4)
    matrix, last = random.normal(0, 4, (3, 3)), random.normal(0, 0.2, 3)

    def sum_of(name: str, function: str, *node: Any) -> dict[str, Any]:
        made = layer("TFOpLambda", name, function=function)
        return {**made, "inbound_nodes": [list(node)]}

    layers = [
        layer("InputLayer", "i", batch_input_shape=[None, 32, 32, 3], sparse=False, ragged=False),
        layer("RandomFlip", "flip", "i", mode="horizontal", seed=None),
        sum_of("tf.math.truediv", "math.truediv", "flip", 0, 0, {"y": 127.5, "name": None}),
        sum_of("tf.math.subtract", "math.subtract", "tf.math.truediv", 0, 0, {"y": 1.0}),
        layer("ReLU", "r", "tf.math.subtract", max_value=0.5, negative_slope=0.25, threshold=0),
        sum_of("plus", "__operators__.add", "tf.math.subtract", 0, 0, {"y": ["r", 0, 0]}),
        sum_of("rest", "math.subtract", "_CONSTANT_VALUE", -1, 2.0, {"y": ["plus", 0, 0]}),
        layer("GlobalAveragePooling2D", "g", "rest"),
        dense("d", 3, "softmax", "g"),
    ]
    ends = {"input_layers": [["i", 0, 0]], "output_layers": [["d", 0, 0]]}
    config = network("Functional", "n", layers, **ends)
    weights = {"d": {"d/kernel:0": matrix, "d/bias:0": last}}

    def answer(image: Array) -> Array:
        x = image / 127.5 - 1
        x = 2 - (x + np.where(x < 0, x / 4, np.minimum(x, 0.5)))
        return softmax(x.mean(axis=(0, 1)) @ matrix + last)

    run = open_model(write_h5(place / "net.h5", config, weights, "2.9.0"), trial)
    check(run, [answer(image) for image in IMAGES])
    assert run.bundle is not None
    assert run.bundle.pixel_range == OUR_RANGE


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        (layer("Lambda", "my_lambda", function=["4wEAAA==", None, None]), r"my_lambda \(Lambda\)"),
        (layer("Attention9", "mine"), r"The layer mine \(Attention9\) is not opened\. Ask"),
        (layer("LSTM", "memory", units=3), r"The layer memory \(LSTM\)"),
        (layer("TFOpLambda", "tf.nn.relu", function="nn.relu"), r"tf\.nn\.relu \(TFOpLambda\)"),
        (layer("Conv2D", "th", filters=2, data_format="channels_first"), "th .*colours first"),
        (layer("Dense", "d", units=3, kernel_trick="x"), "not known: kernel_trick"),
        (layer("Activation", "hs", activation="hard_sigmoid"), "hs .*old form of hard_sigmoid"),
        (layer("Activation", "own", activation="my_swish"), "activation 'my_swish'"),
        (layer("Dense", "wide", units=10**7), "too large, 'units'"),
        ({"class_name": "Dense", "config": 3}, "damaged: a layer has no options"),
        (network("Sequential", "empty", []), "network empty has no layers"),
        (
            {**layer("Dense", "d", units=3), "module": "os", "registered_name": "system"},
            r"layer d \(Dense\) is not opened",
        ),
    ],
)
def test_what_is_not_opened_is_refused_by_the_layers_name(
    place: Path, trial: Trial, changed: dict[str, Any], sentence: str
) -> None:
    config, weights, _answer = _keras_2()
    config["config"]["layers"].insert(2, changed)
    with pytest.raises(ModelError, match=sentence):
        open_model(write_h5(place / "net.h5", config, weights), trial)


def _nested(levels: int, times: int) -> dict[str, Any]:
    """A network in a network, each of which calls the one within it several times."""
    image = {"batch_input_shape": [None, 32, 32, 3]}
    made: dict[str, Any] = layer("ReLU", "r", max_value=6.0)
    for level in range(levels):
        name, takes = made["name"], f"i{level}"
        nodes = []
        for number in range(times):
            nodes.append([[takes, 0, 0, {}] if number == 0 else [name, number - 1, 0, {}]])
        layers = [layer("InputLayer", takes, **image), {**made, "inbound_nodes": nodes}]
        ends = {"input_layers": [[takes, 0, 0]], "output_layers": [[name, times - 1, 0]]}
        made = network("Functional", f"n{level}", layers, **ends)
    return made


@pytest.mark.parametrize(
    ("config", "sentence"),
    [
        (_nested(5, 10), "call its layers up to 5,000 times"),
        (_nested(30, 1), "nested too deep"),
    ],
)
def test_networks_that_grow_without_end_are_refused(
    place: Path, trial: Trial, config: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(ModelError, match=sentence):
        open_model(write_h5(place / "net.h5", config, {}), trial)


def test_layers_in_a_circle_are_refused(place: Path, trial: Trial) -> None:
    image = layer("InputLayer", "i", batch_input_shape=[None, 32, 32, 3])
    layers = [image, layer("Add", "a", "i", "b"), layer("ReLU", "b", "a")]
    ends = {"input_layers": [["i", 0, 0]], "output_layers": [["b", 0, 0]]}
    with pytest.raises(ModelError, match="Keras cannot build it"):
        open_model(
            write_h5(place / "net.h5", network("Functional", "n", layers, **ends), {}), trial
        )


def _external(file: h5py.File, _place: Path) -> None:
    del file["model_weights/c/c_3/kernel:0"]
    file["model_weights/c/c_3/kernel:0"] = h5py.ExternalLink("other.h5", "/x")


def _soft(file: h5py.File, _place: Path) -> None:
    del file["model_weights/c"]
    file["model_weights/c"] = h5py.SoftLink("/model_weights/d")


def _stored_elsewhere(file: h5py.File, place: Path) -> None:
    (place / "secret.bin").write_bytes(bytes(4 * 108))
    del file["model_weights/c/c_3/kernel:0"]
    outside = [(str(place / "secret.bin"), 0, 4 * 108)]
    group = file["model_weights/c/c_3"]
    group.create_dataset("kernel:0", (3, 3, 3, 4), "f4", external=outside)


def _virtual(file: h5py.File, place: Path) -> None:
    del file["model_weights/c/c_3/kernel:0"]
    layout = h5py.VirtualLayout((3, 3, 3, 4), "f4")
    layout[...] = h5py.VirtualSource(str(place / "other.h5"), "x", (3, 3, 3, 4))
    file["model_weights/c/c_3"].create_virtual_dataset("kernel:0", layout)


def _huge(file: h5py.File, _place: Path) -> None:
    del file["model_weights/d/d_3/kernel:0"]
    file["model_weights/d/d_3"].create_dataset("kernel:0", (1 << 20, 1 << 20), "f4", chunks=(8, 8))


def _bomb(file: h5py.File, _place: Path) -> None:
    del file["model_weights/d/d_3/kernel:0"]
    options = {"chunks": (1 << 14, 1 << 10), "compression": "gzip", "fillvalue": 1}
    made = file["model_weights/d/d_3"].create_dataset(
        "kernel:0", (1 << 18, 1 << 10), "f4", **options
    )
    made[: 1 << 14] = 1


def _wide_chunk(file: h5py.File, _place: Path) -> None:
    del file["model_weights/d/d_3/bias:0"]
    options = {"chunks": (1 << 27,), "maxshape": (None,)}
    file["model_weights/d/d_3"].create_dataset("bias:0", (3,), "f4", **options)


def _texts(file: h5py.File, _place: Path) -> None:
    del file["model_weights/d/d_3/bias:0"]
    file["model_weights/d/d_3"]["bias:0"] = ["a", "b", "c"]


def _other_shape(file: h5py.File, _place: Path) -> None:
    del file["model_weights/d/d_3/bias:0"]
    file["model_weights/d/d_3"]["bias:0"] = np.zeros(4, np.float32)


def _circle(file: h5py.File, _place: Path) -> None:
    del file["model_weights/c"]
    file["model_weights/c"] = file["model_weights"]
    file["model_weights"].attrs["weight_names"] = [b"c/" * 20 + b"kernel:0"]


def _no_weights(file: h5py.File, _place: Path) -> None:
    del file["model_weights/d"]


def _many_names(file: h5py.File, _place: Path) -> None:
    file["model_weights"].attrs["layer_names"] = np.zeros(2000, "S8")


def _no_json(file: h5py.File, _place: Path) -> None:
    file.attrs["model_config"] = "[" * 60_000


def _images(file: h5py.File, _place: Path) -> None:
    for name in list(file.attrs):
        del file.attrs[name]
    del file["model_weights"]
    file["train_set_x"] = np.zeros((3, 8, 8, 3), np.uint8)


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (_external, "kernel:0 is a link in it, which is not followed"),
        (_soft, "c is a link in it"),
        (_stored_elsewhere, "lie in another file"),
        (_virtual, "lie in another file"),
        (_huge, "may have up to 512 MB"),
        (_bomb, "may have up to 512 MB"),
        (_wide_chunk, "packed in a way that is not read"),
        (_texts, "must be numbers"),
        (_other_shape, r"must be \(3,\), not \(4,\)"),
        (_circle, "nested too deeply"),
        (_no_weights, "the layer d has no weights"),
        (_many_names, "layer_names is too long"),
        (_no_json, "Its config is not understood"),
        (_images, "holds no network of Keras"),
    ],
)
def test_a_file_that_is_not_honest_is_refused_before_it_is_read(
    place: Path, trial: Trial, spoil: Any, sentence: str
) -> None:
    config, weights, _answer = _keras_2()
    path = write_h5(place / "net.h5", config, weights)
    with h5py.File(path, "a") as file:
        spoil(file, place)
    process = trial.process_id
    with pytest.raises(ModelError, match=sentence):
        open_model(path, trial)
    assert trial.process_id in (process, None) or process is None  # it has not died


def test_a_file_that_was_cut_off_is_damaged(place: Path, trial: Trial) -> None:
    config, weights, _answer = _keras_2()
    content = write_h5(place / "net.h5", config, weights).read_bytes()
    for share in (0.1, 0.5, 0.9, 0.999):
        (place / "cut.h5").write_bytes(content[: int(len(content) * share)])
        with pytest.raises(ModelError, match=r"cut\.h5 cannot be opened\. It is damaged"):
            open_model(place / "cut.h5", trial)
    (place / "pointer.h5").write_text("version https://git-lfs.github.com/spec/v1\n")
    with pytest.raises(ModelError, match=r"pointer\.h5 is no HDF5 file of Keras"):
        open_model(place / "pointer.h5", trial)
    shutil.copy(place / "net.h5", place / "net.tflite")
    with pytest.raises(ModelError, match=r"under another name\. Let its name end in \.h5"):
        open_model(place / "net.tflite", trial)
