"""Say what pictures show, with @MODEL@ and Keras.

pip install -r requirements.txt
python predict_keras.py photo.jpg another.png
"""

import sys

import keras
from studio_answers import HERE, answer, in_words, prepare, read_description, read_image

model = keras.models.load_model(HERE / "@MODEL@", compile=False)
description = read_description()


def predict(image):
    """Class, probability and whether it is unknown, of an image (height, width, 3), uint8, RGB."""
    outputs = model(prepare(image, description["input"]), training=False)
    return answer([output.numpy()[0] for output in outputs], description)


if __name__ == "__main__":
    for path in sys.argv[1:]:
        print(f"{path}: {in_words(*predict(read_image(path)))}")
