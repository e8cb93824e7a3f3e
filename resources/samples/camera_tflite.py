"""Say what the camera sees, again and again; made for a Raspberry Pi. Ctrl+C ends it.

pip install -r requirements.txt
python camera_tflite.py              the Raspberry Pi's own camera if there is one, else a webcam
python camera_tflite.py clip.mp4     a video instead
"""

import os
import sys
import time
from pathlib import Path

os.environ.setdefault("OPENCV_LOG_LEVEL", "SILENT")  # what goes wrong is said below
os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")

import cv2
from predict_tflite import predict
from studio_answers import SampleError, in_a_sentence, in_words


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
    if source != 0 and "://" not in source and not Path(source).exists():
        raise SampleError(f"There is no file {source}.")
    capture = cv2.VideoCapture(source)
    if not capture.isOpened() and source != 0:
        raise SampleError(f"{source} is not a video, or a damaged one.")
    if not capture.isOpened():
        raise SampleError("There is no camera, or another program uses it.")
    while True:
        there_is_one, frame = capture.read()
        if not there_is_one:
            return
        yield cv2.cvtColor(frame, cv2.COLOR_BGR2RGB)


def main():
    """Say what it shows whenever that changes."""
    shown = None
    for image in frames(sys.argv[1] if len(sys.argv) > 1 else None):
        begun = time.perf_counter()
        said = predict(image)
        took_ms = 1000 * (time.perf_counter() - begun)
        if (said[0], said[2]) != shown:
            shown = (said[0], said[2])
            print(f"{in_words(*said)}  ({took_ms:.1f} ms)", flush=True)


if __name__ == "__main__":
    with in_a_sentence():
        main()
