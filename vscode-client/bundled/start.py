"""Starts the server out of the libraries beside this file, whatever else the Python has."""

import os
import sys

# Without pathlib, whose loading takes as long as Python's own start.
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "libs"))  # noqa: PTH100, PTH118, PTH120

from livebook_ls.cli.main import main

sys.exit(main())
