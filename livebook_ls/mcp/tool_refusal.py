"""Why a tool does nothing: what happened, why, and what to call next, in words for a model."""

from __future__ import annotations

from livebook_ls.livebook.errors import LivebookError
from livebook_ls.notebook.model import JsonValue
from livebook_ls.sync.telling.command_words import in_terminal_words


class ToolRefusal(Exception):
    """Nothing was done. `code` is for programs; `more` is told beside the sentence."""

    def __init__(self, code: str, sentence: str, **more: JsonValue) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence
        self.more = more


NOT_ALLOWED = (
    "Running code in this notebook needs a person's word, and this client can't ask for it. "
    "Nothing was run. A person can allow it by adding --allow-run to the command "
    "`livebook-ls mcp` in this client's configuration, or run the cells in Livebook or the editor."
)
DECLINED = "The person declined, so that nothing was run. Go on without running, or ask them."


def of_error(error: LivebookError) -> ToolRefusal:
    """Livebook's side is in the way."""
    return ToolRefusal(error.code, in_terminal_words(error.sentence))


def too_much_to_show(characters: int, most: int) -> ToolRefusal:
    """A person would be asked about more than they can see."""
    return ToolRefusal(
        "too-much-to-show",
        f"A person is asked about all that runs, which here is {characters} characters, of {most} "
        "at the most, so that nothing was done. Run fewer cells at once, from the top, by `cells`; "
        "make an edit once nothing runs any more. Where one cell alone is too much, ask the person "
        "to run it in Livebook or their editor, or to allow runs by adding --allow-run to the "
        "command `livebook-ls mcp` in this client's configuration.",
    )


def no_such_notebook(shown: str) -> ToolRefusal:
    """There is no such file."""
    return ToolRefusal(
        "no-such-notebook",
        f"There is no notebook {shown}. list_notebooks has those that there are; edit_notebook "
        "makes a new one with create_with_title.",
    )


def not_written(shown: str, reason: str) -> ToolRefusal:
    """The file can't be written, and is as it was."""
    return ToolRefusal("not-written", f"{shown} can't be written: {reason}. Nothing was done.")


def outside(shown: str) -> ToolRefusal:
    """The file is not in the folder that the server works in."""
    return ToolRefusal(
        "outside",
        f"{shown} is not below the folder that this server works in, or a link leads out of it. "
        "Name a notebook by its path from that folder.",
    )


def unknown_version(version: str) -> ToolRefusal:
    """The version was not read from this server, or too long ago."""
    return ToolRefusal(
        "unknown-version",
        f"The version {version} of this notebook isn't known here. Read the notebook again, and "
        "use the version and the handles that read_notebook answers.",
        version=version,
    )
