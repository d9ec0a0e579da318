"""Starts the server out of the libraries beside this file, whatever else the Python has."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "libs"))

from livebook_ls.cli.main import main

sys.exit(main())
