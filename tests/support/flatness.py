"""What processes take over time, and whether that stays as it is."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from statistics import median

# Python's own memory goes up and down by this much, and by this part of it.
_ROOM_KB = 4_000
_PART = 0.10
_MORE_DESCRIPTORS = 8
_MORE_THREADS = 4
# On a machine that others use, an act costs now more, now less.
_MORE_CPU = 1.6
_LEAST_CPU_MS = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A process at one moment; CPU and acts since its beginning."""

    memory_kb: int
    descriptors: int
    threads: int
    cpu_s: float
    acts: int

    @classmethod
    def of(cls, pid: int, acts: int) -> Sample:
        """The process just now, as Linux tells it."""
        place = Path(f"/proc/{pid}")
        status = dict(
            line.split(":", 1)
            for line in (place / "status").read_text().splitlines()
            if ":" in line
        )
        # Behind the name, which may hold anything: the fields from the third on.
        fields = (place / "stat").read_text().rpartition(")")[2].split()
        return cls(
            memory_kb=int(status["VmRSS"].split()[0]),
            descriptors=len(list((place / "fd").iterdir())),
            threads=int(status["Threads"]),
            cpu_s=(int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK"),
            acts=acts,
        )


def problems(samples: Mapping[str, Sequence[Sample]]) -> list[str]:
    """What is not flat from the first sample on, of all processes together where one alone tells
    little; none is flat that was not measured three times.
    """
    return [*_grown(samples), *_dearer(samples)]


def table(samples: Mapping[str, Sequence[Sample]]) -> list[str]:
    """The same for people: at the beginning, in the middle and at the end."""
    rows = [f"{'':10} {'memory MB':>20} {'descriptors':>14} {'threads':>11} {'CPU s':>18}"]
    for name, its in samples.items():
        columns = (
            (" ".join(f"{it.memory_kb / 1000:6.1f}" for it in its), 20),
            (" ".join(f"{it.descriptors:4}" for it in its), 14),
            (" ".join(f"{it.threads:3}" for it in its), 11),
            (" ".join(f"{it.cpu_s:5.1f}" for it in its), 18),
        )
        rows.append(f"{name:10} " + " ".join(f"{text:>{width}}" for text, width in columns))
    return rows


def _grown(samples: Mapping[str, Sequence[Sample]]) -> list[str]:
    wrong = []
    for name, its in samples.items():
        if len(its) < 3:
            wrong.append(f"{name} was not measured")
            continue
        first, last = its[0], its[-1]
        if last.memory_kb > first.memory_kb * (1 + _PART) + _ROOM_KB:
            wrong.append(f"{name}: memory {first.memory_kb} → {last.memory_kb} KB")
        if last.descriptors > first.descriptors + _MORE_DESCRIPTORS:
            wrong.append(f"{name}: descriptors {first.descriptors} → {last.descriptors}")
        if last.threads > first.threads + _MORE_THREADS:
            wrong.append(f"{name}: threads {first.threads} → {last.threads}")
    return wrong


def _dearer(samples: Mapping[str, Sequence[Sample]]) -> list[str]:
    """Where an act costs more in the last third than in the one before, as the servers go."""
    pairs = [it for it in map(_costs_ms, samples.values()) if it is not None]
    if not pairs:
        return ["no server has done enough to tell what an act costs"]
    before, after = (median(costs) for costs in zip(*pairs, strict=True))
    is_dearer = after > max(before, _LEAST_CPU_MS) * _MORE_CPU
    return [f"CPU of an act: {before:.1f} → {after:.1f} ms"] if is_dearer else []


def _costs_ms(its: Sequence[Sample]) -> tuple[float, float] | None:
    """What an act cost until the middle and until the end."""
    if len(its) < 3 or not its[0].acts < its[1].acts < its[2].acts:
        return None
    costs = [
        (later.cpu_s - former.cpu_s) * 1000 / (later.acts - former.acts)
        for former, later in pairwise(its)
    ]
    return costs[0], costs[1]
