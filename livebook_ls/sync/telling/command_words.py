"""Sentences by the words of a terminal: what whoever has no editor can do, as an agent hasn't."""

from __future__ import annotations

# Sentences stand once, in the words of editors.
_COMMANDS = {
    "“Restore an Earlier Version” has": "`livebook-ls restore` has",
    "“Restore my version” brings": "`livebook-ls restore` brings",
    "“Restore the browser's version” brings it into the editor": (
        "`livebook-ls restore` brings it back"
    ),
    "“Open in Livebook” starts": "`livebook-ls open` starts",
    "“Restamp” signs": "`livebook-ls restamp` signs",
    "“Restamp” in the editor signs": "`livebook-ls restamp` signs",
    "Take mine, the browser's, or both.": "`sync --take` takes mine, theirs or both.",
    "Take mine or the browser's.": "`sync --take` takes mine or theirs.",
    "Sync in two steps, or close the session in Livebook and save again.": (
        "Close the session in Livebook and sync again."
    ),
    "The save is held back from Livebook.": "It was not sent.",
    " The file takes Livebook's form with your next save.": "",
    "Stop it, or wait for it in the editor.": "Stop it in Livebook, or run it again to wait.",
    "Start Livebook, or set livebook.url to where it runs; it is picked up by itself.": (
        "Start Livebook, as by `livebook-ls start`, or say where it runs: --url, or LIVEBOOK_URL."
    ),
    "It is asked again by itself; if it stays so,": "If it stays so,",
    " It is asked again by itself.": "",
    "This one tries again by itself.": "Try again once that is done.",
    "Start Livebook there; it is picked up by itself.": "Start Livebook there.",
    "Set livebook.token to the one of this Livebook.": (
        "Give --url the address that Livebook prints, with ?token=…."
    ),
    "livebook.url or livebook.token": "--url",
    "livebook.password": "LIVEBOOK_PASSWORD",
    "or set livebook.startCommand to what starts it": "or name what starts it: `start PROGRAM`",
    "or set livebook.startCommand to another one": "or name another one: `start PROGRAM`",
    "; livebook.stop ends it": "",
    "set livebook.pathMappings to ": "say so by --map, or set livebook.pathMappings to ",
    "set livebook.pathMappings.": "say so by --map HERE=THERE.",
    'set "livebook.pathMappings": ': 'say so by --map, or set "livebook.pathMappings": ',
    "livebook.url": "--url",
    "livebook.caFile": "--ca-file",
}


def in_terminal_words(sentence: str) -> str:
    """A sentence that names an editor's commands and settings, by those of a terminal."""
    for words, command in _COMMANDS.items():
        sentence = sentence.replace(words, command)
    return sentence
