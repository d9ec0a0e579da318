"""Code actions: pure and instant, since editors ask at every move of the cursor."""

from __future__ import annotations

from collections.abc import Collection

from lsprotocol import types

from livebook_ls.sync.telling.findings import Finding, Mend

OPEN = "livebook.open"
OPEN_ANYWAY = "livebook.openAnyway"
OPEN_AT_SECTION = "livebook.openAtSection"
SYNC = "livebook.sync"
SYNC_ANYWAY = "livebook.syncAnyway"
ALWAYS_SYNC_ANYWAY = "livebook.alwaysSyncAnyway"
HOLD_AGAIN = "livebook.holdBackAgain"
TWO_STEPS = "livebook.syncInTwoSteps"
FORMAT = "livebook.format"
RESTAMP = "livebook.restamp"
RESTORE = "livebook.restore"
RESTORE_VERSION = "livebook.restoreVersion"
RESTORE_BROWSER = "livebook.restoreBrowserVersion"
MERGE = "livebook.merge"
TAKE_MINE = "livebook.takeMine"
TAKE_BROWSERS = "livebook.takeBrowsers"
TAKE_BOTH = "livebook.takeBoth"
SHOW_BROWSERS = "livebook.showBrowserVersion"
STATUS = "livebook.status"
DOCTOR = "livebook.doctor"
SETTINGS = "livebook.openSettings"
ATTACH = "livebook.attach"
NEXT_CELL = "livebook.nextCell"
PREVIOUS_CELL = "livebook.previousCell"
IMPORT = "livebook.import"
INSERT_FILE = "livebook.insertFile"
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
    Mend.MERGE: ("Merge with the browser's edits", MERGE),
    Mend.TAKE_MINE: ("Take mine", TAKE_MINE),
    Mend.TAKE_BROWSERS: ("Take the browser's", TAKE_BROWSERS),
    Mend.TAKE_BOTH: ("Take both, one after the other", TAKE_BOTH),
    Mend.TAKE_ALL_MINE: ("Take mine everywhere", TAKE_MINE),
    Mend.TAKE_ALL_BROWSERS: ("Take the browser's everywhere", TAKE_BROWSERS),
    Mend.TAKE_ALL_BOTH: ("Take both everywhere", TAKE_BOTH),
    Mend.SHOW_BROWSERS: ("Show the browser's version beside", SHOW_BROWSERS),
}
# Those that mean one of several findings, and are told which.
_OF_ONE = frozenset({Mend.TAKE_MINE, Mend.TAKE_BROWSERS, Mend.TAKE_BOTH})
_EVERYWHERE = (("Open in Livebook", OPEN), ("Sync to Livebook now", SYNC))
_HOLD_AGAIN = ("Hold saves back again", HOLD_AGAIN)


def of_mend(mend: Mend) -> tuple[str, str]:
    """The title and the command that stand for a mend, wherever it is offered."""
    return _MENDS[mend]


def mend_actions(
    uri: str, findings: tuple[Finding, ...], context: types.CodeActionContext
) -> list[types.CodeAction]:
    """The mends of what is shown here."""
    if not wants(context, types.CodeActionKind.QuickFix):
        return []
    shown = [item for item in context.diagnostics if item.source == "livebook"]
    found: dict[tuple[str, str | None], types.CodeAction] = {}
    for finding in findings:
        fixed = next((it for it in shown if _is_of(it, finding)), None)
        for mend in finding.mends if fixed else ():
            about = finding.about if mend in _OF_ONE else None
            title, command = _MENDS[mend]
            found.setdefault((title, about), _action(uri, title, command, fixed, about))
    return list(found.values())


def _is_of(shown: types.Diagnostic, finding: Finding) -> bool:
    """Whether the client shows the finding so; some of one code differ by what they say."""
    is_same = finding.about is None or shown.message == finding.sentence
    return shown.code == finding.code and is_same


def notebook_actions(
    uri: str,
    context: types.CodeActionContext,
    offered: Collection[str],
    *,
    holds_nothing: bool = False,
) -> list[types.CodeAction]:
    """What is offered everywhere in a notebook, but for the titles that are `offered` already."""
    # Without a kind they stand in the plain menu of every editor, not under “Source Action”.
    if not is_asked_for_all(context):
        return []
    everywhere = (*_EVERYWHERE, *((_HOLD_AGAIN,) if holds_nothing else ()))
    return [_action(uri, title, command) for title, command in everywhere if title not in offered]


def code_lenses(uri: str, title: types.Range) -> list[types.CodeLens]:
    """The same commands over the title."""
    return [
        types.CodeLens(range=title, command=_command(uri, name, command))
        for name, command in (("Open in Livebook", OPEN), ("Sync", SYNC))
    ]


def is_asked_for_all(context: types.CodeActionContext) -> bool:
    """Whether somebody asked for whatever can be done, and not for a kind of it.

    An editor that only wants to know whether to show a light bulb asks for nobody.
    """
    is_automatic = context.trigger_kind is types.CodeActionTriggerKind.Automatic
    return context.only is None and not is_automatic


def wants(context: types.CodeActionContext, kind: types.CodeActionKind) -> bool:
    """Whether the client asked for actions of this kind, or for all."""
    return context.only is None or any(
        asked == "" or kind.value == asked or kind.value.startswith(f"{asked}.")
        for asked in context.only
    )


def _action(
    uri: str,
    title: str,
    command: str,
    fixes: types.Diagnostic | None = None,
    about: str | None = None,
) -> types.CodeAction:
    return types.CodeAction(
        title=title,
        kind=types.CodeActionKind.QuickFix if fixes else None,
        diagnostics=[fixes] if fixes else None,
        command=_command(uri, title, command, about),
    )


def _command(uri: str, title: str, command: str, about: str | None = None) -> types.Command:
    arguments: list[types.LSPAny] = [uri] if about is None else [uri, {"conflict": about}]
    return types.Command(title=title, command=command, arguments=arguments)
