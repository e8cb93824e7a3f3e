"""What the pretrained network's features make possible at once, without a training.

The features of a dataset's images are at hand (`feature_table`); class means and one covariance of
them (`streaming_lda`) classify as soon as two classes have a few images (`learner`,
`instant_model`). No TensorFlow.
"""

LEAST_OF_A_CLASS = 3
"""Two classes must have so many images before any are told apart."""
