"""Loss and accuracy over the epochs, of one run or of several."""
