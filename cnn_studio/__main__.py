"""Run the studio as `python -m cnn_studio`."""

import sys

from cnn_studio.cli import main

if __name__ == "__main__":
    sys.exit(main())
