"""Say what pictures show, with @MODEL@ and Keras.

pip install -r requirements.txt
python predict_keras.py photo.jpg another.png
"""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # it talks a lot

import keras
from studio_answers import answer, in_a_sentence, load, prepare, read_description, say

with in_a_sentence():
    model = load("@MODEL@", lambda path: keras.models.load_model(path, compile=False))
    description = read_description()


def predict(image):
    """Class, probability and whether it is unknown, of an image (height, width, 3), uint8, RGB."""
    outputs = model(prepare(image, description["input"]), training=False)
    return answer([output.numpy()[0] for output in outputs], description)


if __name__ == "__main__":
    with in_a_sentence():
        say(predict)
