"""`hook`: for coding agents, which run it around their edits and read what it answers.

Whatever comes in, an agent's turn goes on: no traceback, and no exit code but 0, or 2 where the
agent takes that for “read this”.
"""

from __future__ import annotations

import sys

from livebook_ls import clock
from livebook_ls.agents.payloads.relevance import may_concern_notebooks, read_bounded

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Callable, Sequence

    from livebook_ls.agents.answers.channels import HookAnswer
    from livebook_ls.settings import Settings

    Remark = Callable[[str], None]

# An agent waits so long at the most; Python's own start and end take a part of it.
WITHIN_S = 2.0
_ENDS_S = 0.4
# And so long for cells that run, where they are to.
RUNS_FOR_S = 50.0
_RUN_CHANGED = "--run-changed"
# Options that say where Livebook is; each takes a value.
_ADDRESS = frozenset({"--url", "--ca-file", "--map"})

EXAMPLES = """examples:
  livebook-ls hook --install claude             in this project; also: codex, cursor, gemini
  livebook-ls hook --install cursor --user      in all of your projects
  livebook-ls hook --install vscode --mcp       notebooks as tools, too; see `livebook-ls mcp`
  livebook-ls hook --install claude --run-changed   and run the cells that an edit changed
  livebook-ls hook --install claude --url http://localhost:8090   and say where Livebook is
  livebook-ls hook --uninstall claude           takes away what --install added, and nothing else
  livebook-ls hook --self-test                  proves the chain, without Livebook or an agent
  livebook-ls hook --print-guide >> CLAUDE.md   how notebooks are written, for the model

Without any of these it reads one payload of an agent on stdin.
"""


def add_arguments(parser: ArgumentParser) -> None:
    """What `hook` takes."""
    from livebook_ls.cli.arguments import livebook_address
    from livebook_ls.cli.arguments.seconds import seconds

    agents = ("claude", "codex", "cursor", "gemini", "vscode")
    livebook_address.add_arguments(parser)
    parser.add_argument("--verbose", action="store_true", help="say on stderr what was done")
    parser.add_argument(
        "--within",
        type=seconds,
        metavar="SECONDS",
        help="the longest that an agent is kept waiting",
    )
    parser.add_argument(
        "--mcp",
        action="store_true",
        help="with --install: also notebooks as tools; with --uninstall: only those",
    )
    parser.add_argument(
        "--allow-run", action="store_true", help="with --mcp: the tools run cells without asking"
    )
    parser.add_argument(
        "--run-changed",
        action="store_true",
        help="run the cells that an edit changed, and what Livebook brings along",
    )
    task = parser.add_mutually_exclusive_group()
    task.add_argument("--install", choices=agents, help="have this agent run the hook")
    task.add_argument("--uninstall", choices=agents, help="undo --install")
    task.add_argument("--self-test", action="store_true", help="prove that it works here")
    task.add_argument(
        "--print-guide", action="store_true", help="rules for CLAUDE.md, AGENTS.md or a Cursor rule"
    )
    scope = parser.add_mutually_exclusive_group()
    scope.add_argument("--project", action="store_true", help="for this folder (the default)")
    scope.add_argument("--user", action="store_true", help="for all of your projects")


def run(options: Namespace) -> int:
    """Do what was asked for, else listen."""
    if options.install or options.uninstall:
        from livebook_ls.cli.hook import install

        _refuse_misuse(options)
        return install.run(options)
    if options.self_test:
        from livebook_ls.cli.hook import self_test

        return self_test.run()
    if options.print_guide:
        from livebook_ls.agents.guide import GUIDE

        print(GUIDE, end="")
        return 0
    return listen(
        settings=lambda: settings(options),
        remark=_say if options.verbose else _be_silent,
        within_s=options.within or WITHIN_S,
        runs_for_s=RUNS_FOR_S if options.run_changed else None,
    )


def settings(options: Namespace) -> Settings:
    """What the options say of Livebook."""
    from livebook_ls.cli.arguments import livebook_address

    return livebook_address.settings(options)


def has_only_address(given: Sequence[str]) -> bool:
    """Whether these arguments say no more than where Livebook is, and whether cells are to run, as
    those of an installed hook mostly do.
    """
    rest = iter(given)
    for it in rest:
        if it == _RUN_CHANGED:
            continue
        if it not in _ADDRESS or next(rest, "-").startswith("-"):
            return False
    return True


def listen_quickly(given: Sequence[str], read: Callable[[], Settings]) -> int:
    """Listen with such arguments, which are `read` only where a payload is about notebooks."""
    return listen(
        settings=read if _ADDRESS.intersection(given) else lambda: None,
        remark=_be_silent,
        within_s=WITHIN_S,
        runs_for_s=RUNS_FOR_S if _RUN_CHANGED in given else None,
    )


def _refuse_misuse(options: Namespace) -> None:
    from livebook_ls.cli.arguments.misuse import Misuse

    if options.install == "vscode" and not options.mcp:
        raise Misuse("VS Code runs no such hooks; --mcp gives it notebooks as tools")
    if options.install == "vscode" and options.run_changed:
        raise Misuse("--run-changed is for hooks, and VS Code runs none")
    # What was installed with it is taken away with it.
    if options.allow_run and options.install and not options.mcp:
        raise Misuse("--allow-run goes with --install and --mcp")


def listen(
    remark: Remark,
    within_s: float,
    runs_for_s: float | None = None,
    settings: Callable[[], Settings | None] = lambda: None,
) -> int:
    """Read one payload on stdin and do what it asks for, in the Livebook that `settings` mean.

    With `runs_for_s`, the cells that an edit changed are run, and waited for so long.
    """
    try:
        if sys.stdin is None:
            return 0
        if sys.stdin.isatty():
            _say("an agent's payload is read on stdin; `livebook-ls hook --help` tells more")
            return 0
        data = read_bounded(sys.stdin.buffer)
        if data is None:
            remark("a payload that is too large")
            return 0
        if not may_concern_notebooks(data):
            remark("nothing about notebooks")
            return 0
        return _hear(data, settings, remark, within_s, runs_for_s)
    # The last resort of a program that must never break an agent's turn.
    except Exception as error:
        remark(f"failed: {type(error).__name__}: {error}")
        return 0


def _hear(
    data: bytes,
    settings: Callable[[], Settings | None],
    remark: Remark,
    within_s: float,
    runs_for_s: float | None,
) -> int:
    import os

    from livebook_ls.agents.hook_run import hear, is_idle

    ends_s = clock.monotonic_s() + within_s - _ENDS_S
    if is_idle(data, os.environ, ends_s):
        remark("no notebook was changed")
        return 0
    runs_until_s = None if runs_for_s is None else ends_s + runs_for_s
    heard = hear(data, settings(), os.environ, ends_s, runs_until_s)
    for line in heard.remarks:
        remark(line)
    code = _write(heard.answer)
    if heard.is_late:
        # A request may hang in a thread, and nobody waits for that.
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    return code


def _write(answer: HookAnswer | None) -> int:
    if answer is None:
        return 0
    # Bytes: what the terminal would take for text is not what an agent reads.
    sys.stdout.buffer.write(answer.stdout.encode())
    sys.stderr.buffer.write(answer.stderr.encode())
    sys.stdout.flush()
    return answer.code


def _say(line: str) -> None:
    if sys.stderr is not None:
        print(f"livebook-ls hook: {line}", file=sys.stderr)


def _be_silent(_: str) -> None:
    """Nobody asked."""
