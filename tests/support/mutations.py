"""Does a test notice? `python -m tests.support.mutations COUNT [SEED] [FOLDER]`.

In a copy of this checkout one random place after the other of a folder (`livebook_ls/sync` by
itself) says something else: a condition is turned or settled, a step is left out, a number is
another. Told is which test noticed each; 1 where none of the everyday and then of the slow ones
did. A change that can't be seen (a shorter pause, a guard that only spares work) counts like any
other: that is for people to judge.
"""

from __future__ import annotations

import ast
import os
import random
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.support.places import ROOT, SHARED

# The rooms whose tests notice most come first; the first failure ends it.
_TESTS = ("sync", "lsp", "cli", "agents", "model", "running", "mcp")
_STAGES = {"everyday": "not slow and not editor", "slow": "slow and not editor"}
_COPIED = "git -C {} ls-files -z --cached --others --exclude-standard"
_SHOWN = 70
_OPPOSITES: dict[type[ast.AST], str] = {
    ast.Eq: "!=",
    ast.NotEq: "==",
    ast.Lt: "<=",
    ast.LtE: "<",
    ast.Gt: ">=",
    ast.GtE: ">",
    ast.In: "not in",
    ast.NotIn: "in",
    ast.Is: "is not",
    ast.IsNot: "is",
}


@dataclass(frozen=True, slots=True)
class Mutation:
    """Bytes of a file, from `start` on, that say something else; `line` counts from 1."""

    name: str
    line: int
    start: int
    old: str
    new: str

    def apply(self, folder: Path) -> bytes:
        """Do it to the file in a copy of the checkout; what that was before."""
        path = folder / self.name
        before = path.read_bytes()
        rest = before[self.start + len(self.old.encode()) :]
        path.write_bytes(before[: self.start] + self.new.encode() + rest)
        return before

    def __str__(self) -> str:
        old, new = (" ".join(it.split())[:_SHOWN] for it in (self.old, self.new))
        return f"{self.name}:{self.line}: {old} → {new}"


def mutations_of(path: Path) -> Iterator[Mutation]:
    """All that may be done to a module's functions."""
    content = path.read_bytes()
    starts = [0]
    for line in content.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    for function in ast.walk(ast.parse(content)):
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        for node in (it for statement in function.body for it in ast.walk(statement)):
            for place, new in _changes(node):
                start = starts[place.lineno - 1] + place.col_offset
                end = starts[(place.end_lineno or 1) - 1] + (place.end_col_offset or 0)
                old = content[start:end].decode()
                yield Mutation(str(path.relative_to(ROOT)), place.lineno, start, old, new)


def _changes(node: ast.AST) -> Iterator[tuple[ast.expr | ast.stmt, str]]:
    match node:
        case ast.If(test=test) | ast.IfExp(test=test):
            yield from ((test, it) for it in (f"not ({ast.unparse(test)})", "True", "False"))
        case ast.BoolOp(values=values):
            joint = " or " if isinstance(node.op, ast.And) else " and "
            yield node, "(" + joint.join(f"({ast.unparse(it)})" for it in values) + ")"
            yield from ((node, f"({ast.unparse(it)})") for it in values)
        case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in _OPPOSITES:
            yield node, f"({ast.unparse(left)} {_OPPOSITES[type(op)]} {ast.unparse(right)})"
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield node, f"({ast.unparse(operand)})"
        case ast.Expr(value=ast.Call() | ast.Await()) | ast.Raise() | ast.AugAssign():
            yield node, "pass"
        case ast.Assign(targets=[ast.Attribute() | ast.Subscript()]):
            yield node, "pass"
        case ast.Continue():
            yield node, "pass"
        case ast.Return(value=ast.expr() as value) if not isinstance(value, ast.Constant):
            yield node, "return None"
        case ast.Constant(value=bool() as value):
            yield node, str(not value)
        case ast.Constant(value=int() | float() as value):
            yield node, str(value + 1)


def copy_to(folder: Path) -> None:
    """All files of this checkout that belong to it."""
    names = subprocess.run(_COPIED.format(ROOT).split(), check=True, capture_output=True).stdout
    for name in filter(None, names.decode().split("\0")):
        if (ROOT / name).is_file():
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes((ROOT / name).read_bytes())
            target.chmod((ROOT / name).stat().st_mode)


def who_notices(folder: Path, stage: str) -> str:
    """The first test of a stage that fails in the copy; empty where none does."""
    # Its own code is tested, not what is installed; of that nothing compiled before is taken.
    environ = os.environ | {"PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    tests = [f"tests/{it}" for it in _TESTS]
    command = (sys.executable, "-m", "pytest", "-q", "-x", "-n", "2", "--dist", "worksteal")
    ended = subprocess.run(
        (*command, "-m", stage, "-p", "no:cacheprovider", *tests),
        cwd=folder,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )
    if not ended.returncode:
        return ""
    found = re.findall(r"^(?:FAILED|ERROR) (tests.*?)(?: - |$)", ended.stdout, re.MULTILINE)
    return found[0] if found else ended.stdout.strip().splitlines()[-1]


def main(count: int, seed: int, folder: str) -> int:
    """Try so many; 1 where one went unnoticed."""
    chance = random.Random(seed)  # noqa: S311 — a test's dice
    modules = sorted((ROOT / folder).rglob("*.py"))
    places = [it for path in modules for it in mutations_of(path)]
    with tempfile.TemporaryDirectory(prefix="livebook-ls-mutations-") as made:
        copy = Path(made) / ROOT.name
        copy_to(copy)
        if SHARED.is_dir():
            (copy.parent / SHARED.parent.name).symlink_to(SHARED.parent.resolve())
        left = chance.sample(places, count)
        for name, stage in _STAGES.items():
            left = [it for it in left if not is_noticed(it, copy, name, stage)]
    print(f"{len(left)} of {count} went unnoticed (seed {seed}).")
    return min(len(left), 1)


def is_noticed(mutation: Mutation, copy: Path, name: str, stage: str) -> bool:
    """Whether a test of the stage notices it; told with its name."""
    before = mutation.apply(copy)
    noticed = who_notices(copy, stage)
    (copy / mutation.name).write_bytes(before)
    print(f"{mutation}\n  {noticed or f'no {name} test'}", flush=True)
    return bool(noticed)


if __name__ == "__main__":
    sys.exit(
        main(
            int(sys.argv[1]),
            int(sys.argv[2]) if len(sys.argv) > 2 else random.randrange(1_000_000),  # noqa: S311
            sys.argv[3] if len(sys.argv) > 3 else "livebook_ls/sync",
        )
    )
