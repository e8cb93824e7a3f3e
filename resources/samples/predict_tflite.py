"""Say what pictures show, with @MODEL@ and LiteRT.

pip install -r requirements.txt
python predict_tflite.py photo.jpg another.png
"""

from ai_edge_litert.interpreter import Interpreter
from studio_answers import answer, in_a_sentence, load, prepare, read_description, say

with in_a_sentence():
    interpreter = load("@MODEL@", lambda path: Interpreter(model_path=path, num_threads=2))
    description = read_description()
interpreter.allocate_tensors()
image_in = interpreter.get_input_details()[0]["index"]
outputs = [output["index"] for output in interpreter.get_output_details()]


def predict(image):
    """Class, probability and whether it is unknown, of an image (height, width, 3), uint8, RGB."""
    interpreter.set_tensor(image_in, prepare(image, description["input"]))
    interpreter.invoke()
    return answer([interpreter.get_tensor(output)[0] for output in outputs], description)


if __name__ == "__main__":
    with in_a_sentence():
        say(predict)
