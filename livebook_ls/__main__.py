"""`python -m livebook_ls`: the same as the `livebook-ls` program."""

import sys

from livebook_ls.cli.main import main

sys.exit(main())
