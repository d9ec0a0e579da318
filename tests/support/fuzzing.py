"""Properties driven by what they reach: `python -m tests.support.fuzzing SECONDS FILE...`.

Atheris, which is libFuzzer for Python, makes the bytes and watches which of our code they reach;
Hypothesis makes of them what a property takes, and keeps what breaks one, so that the tests show it
shrunk. What reached something new stays in build/fuzz, where the next run goes on.
"""

from __future__ import annotations

import importlib
import inspect
import subprocess
import sys
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

from tests.support.places import ROOT

_KEPT = ROOT / "build" / "fuzz"


def properties(module: ModuleType) -> Iterator[str]:
    """The names of a module's properties; of those that take more than examples there are none."""
    for name, found in vars(module).items():
        handle = getattr(found, "hypothesis", None)
        if name.startswith("test_") and handle is not None and not _takes_more(found):
            yield name


def _takes_more(test: Callable[..., Any]) -> bool:
    """Whether pytest gives it something, as a case of a table."""
    return bool(inspect.signature(test).parameters)


def _all(seconds: int, files: list[str]) -> int:
    modules = [it.removesuffix(".py").replace("/", ".") for it in files]
    wanted = [(it, name) for it in modules for name in properties(importlib.import_module(it))]
    each_s = max(seconds // max(len(wanted), 1), 1)
    code = 0
    for module, name in wanted:
        print(f"{name}: {each_s} s", flush=True)
        command = (sys.executable, "-m", "tests.support.fuzzing", "--one", module, name)
        done = subprocess.run(
            (*command, str(each_s)), cwd=ROOT, capture_output=True, text=True, check=False
        )
        told = [it for it in done.stderr.splitlines() if "DONE" in it or "Done" in it]
        print(f"  {told[-1] if told else 'it broke: the tests show how'}", flush=True)
        code = code or done.returncode
    return code


def _one(module: str, name: str, seconds: int) -> None:
    import atheris  # of the group `fuzz`, and not of `dev`

    kept = _KEPT / f"{module}.{name}"
    kept.mkdir(parents=True, exist_ok=True)
    with atheris.instrument_imports(include=["livebook_ls"]):
        test = getattr(importlib.import_module(module), name)
    arguments = [
        f"-max_total_time={seconds}",
        "-timeout=60",
        f"-artifact_prefix={kept}.",
        str(kept),
    ]
    atheris.Setup([sys.argv[0], *arguments], test.hypothesis.fuzz_one_input)
    atheris.Fuzz()


if __name__ == "__main__":
    if sys.argv[1] == "--one":
        _one(sys.argv[2], sys.argv[3], int(sys.argv[4]))
    else:
        sys.exit(_all(int(sys.argv[1]), sys.argv[2:]))
