"""Say what pictures show, with the SavedModel in @MODEL@ and TensorFlow.

pip install -r requirements.txt
python predict_savedmodel.py photo.jpg another.png
"""

import sys

import tensorflow as tf
from studio_answers import HERE, answer, in_words, prepare, read_description, read_image

model = tf.saved_model.load(str(HERE / "@MODEL@"))
serve = model.signatures["serving_default"]
description = read_description()


def predict(image):
    """Class, probability and whether it is unknown, of an image (height, width, 3), uint8, RGB."""
    told = serve(image=tf.constant(prepare(image, description["input"])))
    names = [name for name in ("probabilities", "features") if name in told]
    return answer([told[name].numpy()[0] for name in names], description)


if __name__ == "__main__":
    for path in sys.argv[1:]:
        print(f"{path}: {in_words(*predict(read_image(path)))}")
