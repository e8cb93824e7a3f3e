"""Say what pictures show, with @MODEL@ and ONNX Runtime.

pip install -r requirements.txt
python predict_onnx.py photo.jpg another.png
"""

import onnxruntime
from studio_answers import answer, in_a_sentence, load, prepare, read_description, say

CPU = ["CPUExecutionProvider"]
with in_a_sentence():
    session = load("@MODEL@", lambda path: onnxruntime.InferenceSession(path, providers=CPU))
    description = read_description()


def predict(image):
    """Class, probability and whether it is unknown, of an image (height, width, 3), uint8, RGB."""
    batch = prepare(image, description["input"])
    outputs = session.run(None, {"image": batch})
    return answer([output[0] for output in outputs], description)


if __name__ == "__main__":
    with in_a_sentence():
        say(predict)
