"""Histories at random: each step is something that people or programs do any day."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from livebook_ls.notebook.merging.conflict import Take
from livebook_ls.settings import (
    CanonicalOnSave,
    MergeMode,
    OpenOnDidOpen,
    Settings,
    TwoStepSync,
)
from livebook_ls.standin.control.faults import Faults
from tests.model.editor import Editor, Writing
from tests.model.world import World

PLACES = st.integers(0, 11)
KINDS = st.sampled_from(["prose", "code", "section", "much"])
# So many lines of what happened are told of a history that went wrong.
_LINES = 200
WHO = st.integers(0, 1)
MOMENTS = st.sampled_from([0.0, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 6.0])
REQUESTS = st.sampled_from(["open", "sync", "sync_anyway", "sync_in_two_steps"])
SETTINGS = st.builds(
    Settings,
    open_on_did_open=st.sampled_from([OpenOnDidOpen.ALWAYS, OpenOnDidOpen.SAFE]),
    two_step_sync=st.sampled_from(list(TwoStepSync)),
    canonical_on_save=st.sampled_from([CanonicalOnSave.SESSION, CanonicalOnSave.NEVER]),
    keep_file=st.booleans(),
    merge=st.sampled_from(list(MergeMode)),
)


class Histories(RuleBasedStateMachine):
    """A world, and what happens in it; at the end nothing may be lost."""

    @initialize(seed=st.integers(0, 2**16), settings=SETTINGS, at_rest=st.booleans())
    def begin(self, seed: int, settings: Settings, at_rest: bool) -> None:
        self.world = World(seed, settings)
        if at_rest:
            self.world.wait(6.0)

    @rule(who=WHO, place=PLACES, kind=KINDS, looks_first=st.booleans(), pause_s=MOMENTS)
    def type_and_save(
        self, who: int, place: int, kind: str, looks_first: bool, pause_s: float
    ) -> None:
        editor = self.editor(who)
        self.world.type(editor, place, kind, looks_first=looks_first)
        self.world.save(editor)
        self.world.wait(pause_s)

    @rule(who=WHO, place=PLACES, kind=KINDS)
    def type(self, who: int, place: int, kind: str) -> None:
        self.world.type(self.editor(who), place, kind)

    @rule(who=WHO, place=PLACES)
    def delete(self, who: int, place: int) -> None:
        self.world.delete(self.editor(who), place)

    @rule(who=WHO, writing=st.sampled_from(Writing))
    def save(self, who: int, writing: Writing) -> None:
        self.world.save(self.editor(who), writing)

    @rule(place=PLACES, kind=KINDS)
    def edit_in_browser(self, place: int, kind: str) -> None:
        self.world.edit_in_browser(place, kind)

    @rule(which=PLACES, adds=st.booleans())
    def check_out(self, which: int, adds: bool) -> None:
        self.world.check_out(which, adds=adds)

    @rule(place=PLACES, pieces_s=st.sampled_from([None, None, 0.001, 0.02]))
    def script(self, place: int, pieces_s: float | None) -> None:
        self.world.script(place, pieces_s)

    @rule(who=WHO)
    def save_half_typed(self, who: int) -> None:
        self.world.save_half_typed(self.editor(who))

    @rule(who=WHO, take=st.sampled_from([None, *Take]))
    def settle(self, who: int, take: Take | None) -> None:
        self.world.settle(self.editor(who), take)

    @rule(who=WHO, request=REQUESTS)
    def ask(self, who: int, request: str) -> None:
        self.world.ask(self.editor(who), request)

    @rule(place=PLACES)
    def hook(self, place: int) -> None:
        self.world.hook(place)

    @rule(who=WHO)
    def rename(self, who: int) -> None:
        self.world.rename(self.editor(who))

    @rule()
    def remove(self) -> None:
        self.world.remove()

    @rule(who=WHO)
    def kill(self, who: int) -> None:
        self.world.kill(self.editor(who))

    @rule(who=WHO)
    def end_in_order(self, who: int) -> None:
        self.world.end_in_order(self.editor(who))

    @rule()
    def watch(self) -> None:
        self.world.watch()

    @precondition(lambda self: len(self.world.editors) < 2)
    @rule()
    def open_second(self) -> None:
        self.world.open_second()

    @rule(is_off=st.booleans())
    def switch_endpoints(self, is_off: bool) -> None:
        self.world.livebook.faults = Faults(is_off=is_off)

    @rule(slowness=st.sampled_from([1.0, 1.0, 5.0, 30.0, 100.0]))
    def slow_livebook(self, slowness: float) -> None:
        self.world.livebook.pace.slowness = slowness

    @rule(away_s=MOMENTS)
    def restart_livebook(self, away_s: float) -> None:
        self.world.restart_livebook(away_s)

    @rule()
    def close_session(self) -> None:
        self.world.close_session()

    @rule(seconds=MOMENTS)
    def wait(self, seconds: float) -> None:
        self.world.wait(seconds)

    def teardown(self) -> None:
        if not hasattr(self, "world"):
            return
        try:
            self.world.rest()
            problems = self.world.oracle.problems()
        finally:
            self.world.close()
        told = [*problems, "", *self.world.chronicle.lines[-_LINES:]]
        assert not problems, "\n".join(told)

    def editor(self, who: int) -> Editor:
        """The first editor, or the second where there is one."""
        return self.world.editors[who % len(self.world.editors)]
