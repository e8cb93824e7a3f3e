"""Say what pictures show, with @MODEL@ and ONNX Runtime.

pip install -r requirements.txt
python predict_onnx.py photo.jpg another.png
"""

import sys

import onnxruntime
from studio_answers import HERE, answer, in_words, prepare, read_description, read_image

session = onnxruntime.InferenceSession(str(HERE / "@MODEL@"), providers=["CPUExecutionProvider"])
description = read_description()


def predict(image):
    """Class, probability and whether it is unknown, of an image (height, width, 3), uint8, RGB."""
    batch = prepare(image, description["input"])
    outputs = session.run(None, {"image": batch})  # probabilities, then features
    return answer([output[0] for output in outputs], description)


if __name__ == "__main__":
    for path in sys.argv[1:]:
        print(f"{path}: {in_words(*predict(read_image(path)))}")
