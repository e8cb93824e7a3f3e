"""Say what pictures show, with @MODEL@ and LiteRT.

pip install -r requirements.txt
python predict_tflite.py photo.jpg another.png
"""

import sys

from ai_edge_litert.interpreter import Interpreter
from studio_answers import HERE, answer, in_words, prepare, read_description, read_image

interpreter = Interpreter(model_path=str(HERE / "@MODEL@"), num_threads=2)
interpreter.allocate_tensors()
image_in = interpreter.get_input_details()[0]["index"]
outputs = [output["index"] for output in interpreter.get_output_details()]
description = read_description()


def predict(image):
    """Class, probability and whether it is unknown, of an image (height, width, 3), uint8, RGB."""
    interpreter.set_tensor(image_in, prepare(image, description["input"]))
    interpreter.invoke()
    return answer([interpreter.get_tensor(output)[0] for output in outputs], description)


if __name__ == "__main__":
    for path in sys.argv[1:]:
        print(f"{path}: {in_words(*predict(read_image(path)))}")
