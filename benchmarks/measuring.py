"""Samples taken in turn, and the table that they make.

A machine's speed drifts, and others work on it: what is compared is measured alternately, and the
ratio is taken pair by pair. A median with its quartiles is told; never a mean, never a single run.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Measure:
    """One thing that is measured, of ours and of each peer; samples are in order of the rounds."""

    name: str
    unit: str
    samples: Mapping[str, list[float]]
    ours: str = "livebook-ls"

    def rows(self) -> Iterator[str]:
        """A line of the table for each peer, ours against it."""
        mine = self.samples[self.ours]
        peers = [it for it in self.samples if it != self.ours]
        for peer in peers:
            theirs = self.samples[peer]
            ratios = [a / b for a, b in zip(mine, theirs, strict=False) if b]
            cells = (self.name, _told(mine, self.unit), peer, _told(theirs, self.unit))
            yield _row(*cells, _spread(ratios, "{:.2f}"))
        if not peers:
            yield _row(self.name, _told(mine, self.unit), "", "", "")


@dataclass
class Rounds:
    """Acts that are done in turn, round after round; each gives its figures by name."""

    acts: Mapping[str, Callable[[], Mapping[str, float]]]
    samples: dict[str, dict[str, list[float]]] = field(default_factory=dict)

    def run(self, rounds: int, warm_up: int = 1) -> None:
        """Do all acts so many times; the first rounds don't count."""
        for number in range(rounds + warm_up):
            for who, act in self.acts.items():
                for figure, value in act().items():
                    if number >= warm_up:
                        self.samples.setdefault(figure, {}).setdefault(who, []).append(value)

    def measures(self, units: Mapping[str, str], ours: str = "livebook-ls") -> list[Measure]:
        """What was measured, in the order of `units`."""
        return [
            Measure(figure, unit, self.samples[figure], ours)
            for figure, unit in units.items()
            if ours in self.samples.get(figure, {})
        ]


def table(measures: list[Measure]) -> str:
    """All measures as a Markdown table."""
    head = ("", "ours", "beside", "", "ratio")
    lines = [_row(*head), _row(*["---"] * len(head))]
    return "\n".join([*lines, *(row for it in measures for row in it.rows())])


def _told(values: list[float], unit: str) -> str:
    return f"{_spread(values, '{:.1f}' if max(values) < 100 else '{:.0f}')} {unit}"


def _spread(values: list[float], form: str) -> str:
    """The median, and the quartiles where there are enough samples for them."""
    median = form.format(statistics.median(values))
    if len(values) < 4:
        return median
    low, _, high = statistics.quantiles(values, n=4)
    return f"{median} ({form.format(low)}–{form.format(high)})"


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"
