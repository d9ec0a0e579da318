"""Why a notebook is not edited as was asked: what users read."""

from __future__ import annotations

from livebook_ls.notebook.editing.outcome import Refusal

NO_CELL = Refusal("There is no cell here. Put the cursor into one.")
NO_SECTION = Refusal("There is no section here. Put the cursor below a section's heading.")
SETUP = Refusal("The setup cell stays where and what it is: Livebook keeps it above all sections.")
FIRST_CELL = Refusal("This is the first cell of the notebook already.")
LAST_CELL = Refusal("This is the last cell of the notebook already.")
FIRST_SECTION = Refusal("This is the first section already.")
LAST_SECTION = Refusal("This is the last section already.")
NO_NEXT = Refusal("There is no cell below this one in its section to join it with.")
OTHER_KIND = Refusal(
    "Only two Markdown cells, or two code cells of one language, can be joined. "
    "Convert one of them."
)
SMART = Refusal("A smart cell's code is written by Livebook. Convert it to a code cell first.")
SMART_TO_MARKDOWN = Refusal(
    "A smart cell can't become Markdown in one step. Convert it to a code cell first."
)
NOT_IN_TEXT = Refusal("A cell is split inside its text. Put the cursor where it shall end.")
ONE_BLOCK = Refusal(
    "What is here would not be Markdown cells once it is split. "
    "Put the cursor between two paragraphs, not into code or HTML."
)
NOT_IN_PROSE = Refusal(
    "A link to a file belongs into text. Put the cursor into a Markdown cell or on an empty line."
)
IS_MARKDOWN = Refusal("This is a Markdown cell already.")
IS_CODE = Refusal("This is a code cell already.")
NO_CODE = Refusal("This is a Markdown cell and has no language. Convert it to a code cell first.")
UNWRITABLE = Refusal(
    "Livebook would not read this text back as one cell as it is written: "
    "it has headings, cells or comments of its own. Nothing was changed."
)
READS_OTHERWISE = Refusal(
    "Livebook would read the notebook otherwise than is meant, so nothing was changed. "
    "Look at the text around the cursor: something there is open or belongs to its neighbour."
)
BROKEN = Refusal(
    "Livebook would do harm to the notebook as it would be then, so nothing was changed."
)
ABOVE_PARENT = Refusal("A branch stays below the section that it branches from.")
HAS_BRANCHES = Refusal(
    "Other sections branch from this one, and Livebook has no branches of branches. "
    "Make those sections of their own first."
)
NO_SECTION_ABOVE = Refusal("There is no section above this one.")
IS_BRANCH = Refusal("This section is a branch already, and Livebook has no branches of branches.")
IS_TOP = Refusal("This stands as high as it can: only the title is above.")
DEEPEST = Refusal("There are no headings below the sixth level.")
NO_HEADING = Refusal("There is no heading here. Put the cursor on one, or below a section's.")


def unknown_language(language: str, known: tuple[str, ...]) -> Refusal:
    """The language is none of Livebook's."""
    return Refusal(f"Livebook has no cells in “{language}”, but in {', '.join(known)}.")
