"""Where things lie: the project, and the recorded truth beside it."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parents[2]
# How a real Livebook behaves; absent on users' machines, where its tests skip.
SHARED = ROOT / ".." / "shared" / "livebook"
