"""The pretrained network loaded and timed ahead of a training."""

from __future__ import annotations

import os
import time

import numpy as np

from cnn_studio.models.scores import score
from cnn_studio.pretrained.backbone import Backbone
from cnn_studio.pretrained.efficientnet_lite import FEATURES
from cnn_studio.training.cross_validation import CrossValidation, deal, unknown_rule
from cnn_studio.training.estimates import StepTimes
from cnn_studio.vision.preparation import InputSpec

_USUAL = InputSpec(224)
_LEARNING_S = 1e-7 * 12  # an image, a class and an epoch, of all layers; measured on one core
_IMAGES = 6


def warm_up() -> None:
    """Read the weights, and learn the smallest layer once: libraries load on first use."""
    pixels = np.zeros(_USUAL.shape, np.uint8)
    features = np.tile(Backbone(_USUAL).features(pixels), (2 * _IMAGES, 1))
    labels = np.arange(len(features), dtype=np.int64) % 2
    groups = [str(place) for place in range(len(features))]
    folds = deal(labels, groups, ("a", "b"), 0.5, 1)
    CrossValidation(features, labels, 2, folds).learn(1, lambda *_pass: True)
    probabilities = np.full((len(labels), 2), 0.5, np.float32)
    unknown_rule(features[:, :FEATURES], labels, folds, probabilities, None)
    score(labels, probabilities, ("a", "b"))


def step_times(input_spec: InputSpec) -> StepTimes:
    """How long an image's features take on all processors, and a pass over them."""
    backbone, pixels = Backbone(input_spec), np.zeros(input_spec.shape, np.uint8)
    backbone.features(pixels)  # the first takes longer
    taken_s = []
    for _ in range(_IMAGES):
        begun_s = time.monotonic()
        backbone.features(pixels)
        taken_s.append(time.monotonic() - begun_s)
    return StepTimes(learning=_LEARNING_S, asking=float(np.median(taken_s)) / (os.cpu_count() or 1))
