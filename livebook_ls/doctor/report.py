"""The observations as a text for a bug report: no content, no token, paths shortened."""

from __future__ import annotations

import re
from collections.abc import Iterable

from livebook_ls.doctor.observation import Observation

_TOKEN = re.compile(r"([?&]token=)[^&\s)]+")


def report(observations: Iterable[Observation], *, home: str, secrets: Iterable[str]) -> str:
    """A Markdown list; `home` is the user's folder, `secrets` are never shown."""
    lines = ["### livebook-ls doctor", ""]
    for it in observations:
        mend = f" *{it.mend}*" if it.mend else ""
        lines.append(f"- **{it.level.value}** `{it.code}`: {it.sentence}{mend}")
    text = "\n".join(lines)
    for secret in secrets:
        text = text.replace(secret, "…") if secret else text
    return _TOKEN.sub(r"\1…", _shortened(text, home))


def _shortened(text: str, home: str) -> str:
    folder = home.rstrip("/\\")
    if not folder:
        return text
    return re.sub(rf"{re.escape(folder)}(?=[/\\]|\b)", "~", text)
