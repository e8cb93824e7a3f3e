"""What is classified live: the camera, a video or a part of the screen; and what was said of it."""
