"""What came of a run, measured on images, and the images themselves."""
