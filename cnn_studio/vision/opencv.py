"""OpenCV, imported once and kept quiet.

Everything in the package that needs `cv2` takes it from here, because the switches below are read
by OpenCV when it is loaded. A refused camera or a damaged file is told by us in a sentence;
OpenCV's own lines on stderr would only stand beside it.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENCV_LOG_LEVEL", "SILENT")
os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")  # AV_LOG_QUIET
os.environ.setdefault("OPENCV_VIDEOIO_DEBUG", "0")
# A webcam that hangs blocks one read this long; OpenCV's own default is 10 s.
os.environ.setdefault("OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT", "3")
# More pixels than any camera has; a file of a few kB may promise more than the memory holds.
os.environ.setdefault("OPENCV_IO_MAX_IMAGE_PIXELS", str(2**27))

import cv2

MAX_PIXELS = int(os.environ["OPENCV_IO_MAX_IMAGE_PIXELS"])
"""An image of more is refused before it is decoded."""

# Where somebody else imported cv2 first, it has its own level still.
if os.environ["OPENCV_LOG_LEVEL"] == "SILENT":
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)

__all__ = ["MAX_PIXELS", "cv2"]
