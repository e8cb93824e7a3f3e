"""Where a model looks: the parts of an image that speak for a class. No TensorFlow.

The activations times the gradient of the class's logit with respect to them, added up over the
filters (HiResCAM: R. L. Draelos and L. Carin, "Use HiResCAM instead of Grad-CAM for faithful
explanations of convolutional neural networks", arXiv:2011.08891). For a network of dense ReLU
layers after its last picture the gradient has a closed form: the weights into the units that are
active, each times the unit's weight into the class. Over the whole picture these products add up to
the logit without its biases, so that the map shows exactly what was counted.

Where the features are the means of the filters, as in the pretrained network, the gradient is the
class's weights, the same everywhere: the class activation map (B. Zhou et al., "Learning deep
features for discriminative localization", CVPR 2016).

Grad-CAM (R. R. Selvaraju et al., ICCV 2017) takes the gradient's mean over the picture instead. It
costs less and finds less: see docs/decisions/0016-heat-map.md.
"""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from cnn_studio.models.lite import DenseWeights, LiteModel, LiteOutputs

Heat = NDArray[np.float32]

_BINOMIAL = np.array([1, 4, 6, 4, 1], np.float32) / 16


class HeatMap:
    """Finds where a model looks.

    Args:
        weights: What leads from its activations to its classes.
    """

    def __init__(self, weights: DenseWeights) -> None:
        self._into_units = weights.into_units
        self._into_classes = weights.into_classes

    @classmethod
    def of(cls, model: LiteModel) -> HeatMap | None:
        """Make one for a model; None if the model does not tell what is needed.

        The model's weights are copied, 29 MB for a shared CNN at 64x64 pixels.
        """
        weights = model.dense_weights()
        return None if weights is None else cls(weights)

    def heat(self, outputs: LiteOutputs, class_index: int) -> Heat:
        """Where the model finds what speaks for a class.

        Args:
            outputs: What the model said of the image, with features and activations.
            class_index: Which class.

        Returns:
            (height, width), float32, 0 where nothing speaks for the class to 1 where most does.
            It covers all that the network saw, see `vision.preparation.seen_rectangle`. All 0
            where nothing speaks for the class.
        """
        # Convolutions and pooling without padding leave out that much of the image's border.
        more = 0 if self._into_units is None else 1
        heat = _smoothed(np.maximum(self.parts(outputs, class_index), 0), more)
        hottest = float(heat.max())
        return heat / np.float32(hottest) if hottest > 0 else heat

    def parts(self, outputs: LiteOutputs, class_index: int) -> Heat:
        """What each place adds to the class's logit, (height, width), float32."""
        features, activations = outputs.features, outputs.activations
        if features is None or activations is None:
            raise ValueError("The model must tell features and activations.")
        slopes = self._into_classes[class_index]
        if self._into_units is None:
            height, width, _filters = activations.shape
            return np.asarray(activations @ (slopes / np.float32(height * width)), np.float32)
        gradient = np.zeros_like(activations)
        for unit in np.flatnonzero(features > 0):  # few are, and each is read but once
            gradient += slopes[unit] * self._into_units[unit]
        return np.asarray(np.einsum("hwf,hwf->hw", gradient, activations), np.float32)


def _smoothed(heat: Heat, more: int) -> Heat:
    """Each place mixed with its neighbours, and so many more places on every side."""
    beyond = len(_BINOMIAL) // 2 + more
    for axis in (0, 1):
        ends = [(beyond, beyond) if side == axis else (0, 0) for side in (0, 1)]
        windows = sliding_window_view(np.pad(heat, ends, "edge"), len(_BINOMIAL), axis)
        heat = np.asarray(windows @ _BINOMIAL, np.float32)
    return heat
