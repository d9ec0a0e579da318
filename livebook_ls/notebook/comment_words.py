"""What the words in Livebook's comments mean, said once for whoever points at them."""

from __future__ import annotations

NOTEBOOK = {
    "persist_outputs": "whether text outputs are written into the file.",
    "autosave_interval_s": "seconds between two autosaves; `null` switches autosave off.",
    "default_language": "the language of a new cell.",
    "hub_id": "the workspace whose key signs the notebook's stamp.",
    "deployment_group_id": "the deployment group that the app was last deployed with.",
    "app_settings": "how the notebook runs when it is deployed as an app.",
    "file_entries": "the files that the notebook refers to by name.",
}
APP = {
    "slug": "the app's part of the address.",
    "multi_session": "whether every visitor may start a session of their own.",
    "zero_downtime": "whether a new version is ready before the old one goes.",
    "show_existing_sessions": "whether visitors see the sessions that run.",
    "auto_shutdown_ms": "after how many milliseconds without visitors a session ends.",
    "access_type": "`public`, or `protected` by a password that only the stamp holds.",
    "show_source": "whether visitors may read the source.",
    "output_type": "`all` outputs, or only `rich` ones.",
    "app_folder_id": "the folder in which the app is listed.",
}
SECTION = {
    "branch_parent_index": "the section, counted from 0, whose state this one branches off.",
}
CELL = {
    "reevaluate_automatically": "whether the cell runs again by itself when it is stale.",
    "continue_on_error": "whether the cells below run although this one failed.",
    "output_size": "how wide the output is shown: `wide` or `full`.",
    "livebook_object": "what kind of thing this comment describes.",
    "force_markdown": "keep the next block as Markdown.",
    "break_markdown": "begin a new Markdown cell here.",
    "disable_formatting": "an attribute of older versions, no longer read.",
}
SETUP = {
    "elixir": (
        "**Setup cell**\n\nLivebook runs this cell before all others and on its own: a change of "
        "it restarts the runtime. Packages for `Mix.install/2` belong here."
    ),
    "pyproject.toml": (
        "**Setup cell for Python**\n\nThe packages that Python cells use; `Pythonx` installs them "
        "when the setup runs."
    ),
}
SMART = (
    "Livebook keeps these attributes and writes the code below from them. An edit of the code "
    "alone is lost as soon as the smart cell is used; convert it to a code cell in Livebook to "
    "own the code."
)
STAMP = (
    "**Stamp**\n\nLivebook's signature under {covered} of this file. It guards the names of the "
    "secrets, the access to files and the app's password, which it also holds, encrypted.\n\nIt is "
    "valid only for exactly this text, and only on the Livebook that made it, or for its "
    "organisation. After an edit, saving through livebook-ls or “Restamp” renews it."
)
MARKERS = {
    "force_markdown": (
        "**Stays Markdown**\n\nLivebook leaves the next block in the Markdown cell, where it would "
        "otherwise make a cell of it."
    ),
    "break_markdown": "**New Markdown cell**\n\nThe Markdown below begins a cell of its own.",
    "output": (
        "**Output**\n\nThe text output of the cell above. Livebook keeps it only with "
        "`persist_outputs` in the notebook's first comment, and writes it anew after a run."
    ),
}
