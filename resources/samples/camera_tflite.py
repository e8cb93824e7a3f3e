"""Say what the camera sees, again and again; made for a Raspberry Pi. Ctrl+C ends it.

pip install -r requirements.txt
python camera_tflite.py              the Raspberry Pi's own camera if there is one, else a webcam
python camera_tflite.py clip.mp4     a video instead
"""

import sys
import time

import cv2
from predict_tflite import in_words, predict


def frames(source):
    """Pictures (height, width, 3), uint8, RGB, one after the other."""
    if source is None:
        try:
            from picamera2 import Picamera2  # comes with Raspberry Pi OS
        except ImportError:
            source = 0  # the first webcam
    if source is None:
        camera = Picamera2()
        # What this library calls BGR888 has red first in memory.
        camera.configure(
            camera.create_preview_configuration({"format": "BGR888", "size": (640, 480)})
        )
        camera.start()
        while True:
            yield camera.capture_array()
    capture = cv2.VideoCapture(source)
    if not capture.isOpened():
        sys.exit("There is no camera, or another program uses it.")
    while True:
        there_is_one, frame = capture.read()
        if not there_is_one:
            return
        yield cv2.cvtColor(frame, cv2.COLOR_BGR2RGB)


if __name__ == "__main__":
    shown = None
    try:
        for image in frames(sys.argv[1] if len(sys.argv) > 1 else None):
            begun = time.perf_counter()
            said = predict(image)
            took_ms = 1000 * (time.perf_counter() - begun)
            if (said[0], said[2]) != shown:  # only when the answer changes
                shown = (said[0], said[2])
                print(f"{in_words(*said)}  ({took_ms:.1f} ms)", flush=True)
    except KeyboardInterrupt:
        pass
