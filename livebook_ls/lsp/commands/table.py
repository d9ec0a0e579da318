"""What a user can ask for by name; without a URI the document last touched is meant.

Failures are told in a message: the user asked.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from livebook_ls.lsp.commands import cell_edits as edits
from livebook_ls.lsp.commands import (
    cursor,
    importing,
    inserting_files,
    livebooks,
    merges,
    new_notebook,
    outputs,
    runs,
    sessions,
    texts,
)
from livebook_ls.lsp.features import actions, run_buttons
from livebook_ls.lsp.features.cell_editing.edits import BEGIN, CHANGE_LANGUAGE, EDITS, CellEdit
from livebook_ls.lsp.server import NotebookServer

Command = Callable[..., Awaitable[object]]


def _editing(edit: CellEdit) -> Command:
    async def run(ls: NotebookServer, *arguments: object) -> object:
        return await edits.edit_cells(ls, edit, *arguments)

    return run


COMMANDS: dict[str, Command] = {
    actions.OPEN: sessions.open_session,
    actions.OPEN_ANYWAY: sessions.open_anyway,
    actions.OPEN_AT_SECTION: sessions.open_at_section,
    actions.SYNC: sessions.sync,
    actions.SYNC_ANYWAY: sessions.sync_anyway,
    actions.ALWAYS_SYNC_ANYWAY: sessions.always_sync_anyway,
    actions.HOLD_AGAIN: sessions.hold_back_again,
    actions.TWO_STEPS: sessions.sync_in_two_steps,
    actions.FORMAT: texts.format_,
    # Livebook stamps nothing but its own form.
    actions.RESTAMP: texts.format_,
    actions.RESTORE: texts.restore,
    actions.RESTORE_VERSION: texts.restore_version,
    actions.RESTORE_BROWSER: texts.restore_browser_version,
    actions.MERGE: merges.merge,
    actions.TAKE_MINE: merges.take_mine,
    actions.TAKE_BROWSERS: merges.take_browsers,
    actions.TAKE_BOTH: merges.take_both,
    actions.SHOW_BROWSERS: merges.show_browser_version,
    actions.STATUS: sessions.status,
    actions.DOCTOR: livebooks.doctor,
    actions.SETTINGS: livebooks.open_settings,
    actions.ATTACH: sessions.attach,
    actions.NEXT_CELL: cursor.next_cell,
    actions.PREVIOUS_CELL: cursor.previous_cell,
    BEGIN: new_notebook.begin_notebook,
    actions.IMPORT: importing.import_file,
    actions.INSERT_FILE: inserting_files.insert_file,
    actions.START: livebooks.start,
    actions.STOP: livebooks.stop,
    run_buttons.RUN_CELL: runs.run_cell,
    run_buttons.RUN_ABOVE: runs.run_above,
    run_buttons.RUN_BELOW: runs.run_below,
    run_buttons.RUN_SECTION: runs.run_section,
    run_buttons.RUN_ALL: runs.run_all,
    run_buttons.RUN_STALE: runs.run_stale,
    run_buttons.STOP_RUN: runs.stop_run,
    run_buttons.START_RUNTIME: runs.start_runtime,
    run_buttons.RESTART_RUNTIME: runs.restart_runtime,
    run_buttons.SHOW_OUTPUT: outputs.show_output,
    run_buttons.FOLD_OUTPUTS: outputs.output_folds,
    CHANGE_LANGUAGE: edits.change_cell_language,
    **{it.command: _editing(it) for it in EDITS},
}
