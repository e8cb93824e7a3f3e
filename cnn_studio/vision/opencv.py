"""OpenCV, imported once and kept quiet.

Everything in the package that needs `cv2` takes it from here, because the switches below are read
by OpenCV when it is loaded. A refused camera or a damaged file is told by us in a sentence;
OpenCV's own lines on stderr would only stand beside it.
"""

from __future__ import annotations

import os
import re

os.environ.setdefault("OPENCV_LOG_LEVEL", "SILENT")
os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")  # AV_LOG_QUIET
os.environ.setdefault("OPENCV_VIDEOIO_DEBUG", "0")
# A webcam that hangs blocks one read this long; OpenCV's own default is 10 s.
os.environ.setdefault("OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT", "3")
# More pixels than any camera has; a file of a few kB may promise more than the memory holds.
os.environ.setdefault("OPENCV_IO_MAX_IMAGE_PIXELS", str(2**27))

# What FFmpeg, and so a video or a network camera, may open. By itself it takes lists of other files
# and addresses for videos, and names with a number in them (img%03d.png) for all that fit; none of
# these kinds names others. Redirects are followed by `HttpClient`, on the same device; those of
# rtsp, which FFmpeg has no switch for, do not pass `RtspRelay`. Of two values the later one counts,
# so that nobody's own undo these; what FFmpeg would stumble over, or read on from, is left out.
os.environ["OPENCV_FFMPEG_CAPTURE_OPTIONS"] = "|".join(
    (
        *(
            re.findall(
                r"(?:^|(?<=\|))[^;|'\\\s]+;[^|'\\\s][^|'\\]*(?=\||$)",
                os.environ.get("OPENCV_FFMPEG_CAPTURE_OPTIONS", ""),
            )
            or ["rtsp_flags;prefer_tcp"]
        ),
        "max_redirects;0",
        "protocol_whitelist;file,http,https,httpproxy,rtp,rtsp,tcp,tls,udp",
        "format_whitelist;apng,asf,asf_o,av1,avi,dhav,dv,flv,gif,h264,hevc,ivf,live_flv,m4v,"
        "matroska,mjpeg,mov,mpeg,mpegts,mpegvideo,mpjpeg,mxf,nut,obu,ogg,rm,rtsp,smjpeg,swf,vvc,wtv,"
        "yuv4mpegpipe",
    )
)

import cv2

MAX_PIXELS = int(os.environ["OPENCV_IO_MAX_IMAGE_PIXELS"])
"""An image of more is refused before it is decoded."""

# Where somebody else imported cv2 first, it has its own level still.
if os.environ["OPENCV_LOG_LEVEL"] == "SILENT":
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)

__all__ = ["MAX_PIXELS", "cv2"]
