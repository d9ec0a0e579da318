"""What is shown as files to clients that show nothing else: private, read-only, gone at the end."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path


class OutputFiles:
    """The files of one server, in a folder that only its user can read."""

    def __init__(self) -> None:
        self._folder: Path | None = None

    def write(self, name: str, text: str) -> Path:
        """Write a text to the file of that name; where it is."""
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="livebook-output-"))
        path = self._folder / name
        path.unlink(missing_ok=True)
        path.write_text(text, encoding="utf-8")
        path.chmod(0o400)
        return path

    def close(self) -> None:
        """Remove them all."""
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None
