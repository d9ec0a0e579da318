"""Code actions: pure and instant, since editors ask at every move of the cursor."""

from __future__ import annotations

from lsprotocol import types

from livebook_ls.sync.telling.findings import Finding, Mend

OPEN = "livebook.open"
OPEN_ANYWAY = "livebook.openAnyway"
SYNC = "livebook.sync"
SYNC_ANYWAY = "livebook.syncAnyway"
ALWAYS_SYNC_ANYWAY = "livebook.alwaysSyncAnyway"
TWO_STEPS = "livebook.syncInTwoSteps"
FORMAT = "livebook.format"
RESTAMP = "livebook.restamp"
RESTORE = "livebook.restore"
RESTORE_BROWSER = "livebook.restoreBrowserVersion"
STATUS = "livebook.status"
DOCTOR = "livebook.doctor"
SETTINGS = "livebook.openSettings"
ATTACH = "livebook.attach"
NEXT_CELL = "livebook.nextCell"
PREVIOUS_CELL = "livebook.previousCell"
START = "livebook.start"
STOP = "livebook.stop"
_MENDS = {
    Mend.TRY_AGAIN: ("Try again", SYNC),
    Mend.OPEN: ("Open in Livebook", OPEN),
    Mend.OPEN_ANYWAY: ("Open anyway", OPEN_ANYWAY),
    Mend.OPEN_SETTINGS: ("Open Livebook's settings page", SETTINGS),
    Mend.SYNC_ANYWAY: ("Sync anyway", SYNC_ANYWAY),
    Mend.ALWAYS_SYNC_ANYWAY: ("Sync anyway for this notebook", ALWAYS_SYNC_ANYWAY),
    Mend.TWO_STEPS: ("Sync in two steps", TWO_STEPS),
    Mend.RESTAMP: ("Restamp", RESTAMP),
    Mend.RESTORE: ("Restore my version", RESTORE),
    Mend.RESTORE_BROWSER: ("Restore the browser's version", RESTORE_BROWSER),
    Mend.START: ("Start Livebook", START),
}


def mend_actions(
    uri: str, findings: tuple[Finding, ...], context: types.CodeActionContext
) -> list[types.CodeAction]:
    """The mends of what is shown here."""
    if not wants(context, types.CodeActionKind.QuickFix):
        return []
    shown = {item.code: item for item in context.diagnostics if item.source == "livebook"}
    return [
        _action(uri, *_MENDS[mend], fixes=shown[finding.code])
        for finding in findings
        if finding.code in shown
        for mend in finding.mends
    ]


def notebook_actions(uri: str, context: types.CodeActionContext) -> list[types.CodeAction]:
    """What is offered everywhere in a notebook."""
    # Without a kind they stand in the plain menu of every editor, not under “Source Action”.
    if context.only is not None:
        return []
    return [
        _action(uri, "Open in Livebook", OPEN),
        _action(uri, "Sync to Livebook now", SYNC),
    ]


def code_lenses(uri: str, title: types.Range) -> list[types.CodeLens]:
    """The same commands over the title."""
    return [
        types.CodeLens(range=title, command=_command(uri, name, command))
        for name, command in (("Open in Livebook", OPEN), ("Sync", SYNC))
    ]


def wants(context: types.CodeActionContext, kind: types.CodeActionKind) -> bool:
    """Whether the client asked for actions of this kind, or for all."""
    return context.only is None or any(
        asked == "" or kind.value == asked or kind.value.startswith(f"{asked}.")
        for asked in context.only
    )


def _action(
    uri: str, title: str, command: str, fixes: types.Diagnostic | None = None
) -> types.CodeAction:
    return types.CodeAction(
        title=title,
        kind=types.CodeActionKind.QuickFix if fixes else None,
        diagnostics=[fixes] if fixes else None,
        command=_command(uri, title, command),
    )


def _command(uri: str, title: str, command: str) -> types.Command:
    return types.Command(title=title, command=command, arguments=[uri])
