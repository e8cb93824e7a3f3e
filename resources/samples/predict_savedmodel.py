"""Say what pictures show, with the SavedModel in @MODEL@ and TensorFlow.

pip install -r requirements.txt
python predict_savedmodel.py photo.jpg another.png
"""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # it talks a lot

import tensorflow as tf
from studio_answers import answer, in_a_sentence, load, prepare, read_description, say

with in_a_sentence():
    model = load("@MODEL@", tf.saved_model.load)
    serve = model.signatures["serving_default"]
    description = read_description()


def predict(image):
    """Class, probability and whether it is unknown, of an image (height, width, 3), uint8, RGB."""
    told = serve(image=tf.constant(prepare(image, description["input"])))
    names = [name for name in ("probabilities", "features", "activations") if name in told]
    return answer([told[name].numpy()[0] for name in names], description)


if __name__ == "__main__":
    with in_a_sentence():
        say(predict)
