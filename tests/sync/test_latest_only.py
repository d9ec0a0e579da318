"""Jobs of one notebook in a row, the newest first; what must end does so."""

from __future__ import annotations

import asyncio

from livebook_ls.sync.latest_only import Job, LatestOnly


class Jobs:
    """Makes jobs that wait until they are let go, and notes those that ended."""

    def __init__(self) -> None:
        self.queue = LatestOnly()
        self.go = asyncio.Event()
        self.ended: list[str] = []

    def named(self, name: str) -> Job:
        async def job() -> None:
            await self.go.wait()
            self.ended.append(name)

        return job


def test_the_newest_takes_the_place_of_what_waits() -> None:
    async def act() -> list[str]:
        jobs = Jobs()
        for name in ("first", "second", "third"):
            jobs.queue.submit("n", jobs.named(name))
            await asyncio.sleep(0)
        jobs.go.set()
        await jobs.queue.idle("n")
        return jobs.ended

    assert asyncio.run(act()) == ["first", "third"]


def test_a_cancel_stops_all_but_what_must_end() -> None:
    async def act() -> list[str]:
        jobs = Jobs()
        jobs.queue.submit("a", jobs.named("attach"))
        jobs.queue.submit("b", jobs.named("save"), must_end=True)
        jobs.queue.submit("c", jobs.named("attach, then"))
        await asyncio.sleep(0)
        jobs.queue.submit("c", jobs.named("save behind it"), must_end=True)
        for key in "abc":
            jobs.queue.cancel(key)
        jobs.go.set()
        for key in "abc":
            await jobs.queue.idle(key)
        return sorted(jobs.ended)

    assert asyncio.run(act()) == ["attach, then", "save", "save behind it"]


def test_what_need_not_end_is_stopped_also_after_what_must() -> None:
    async def act() -> list[str]:
        jobs = Jobs()
        jobs.go.set()
        jobs.queue.submit("n", jobs.named("saved"), must_end=True)
        await asyncio.sleep(0)
        jobs.go.clear()
        jobs.queue.submit("n", jobs.named("looked"))
        await asyncio.sleep(0)
        jobs.queue.cancel("n")
        await jobs.queue.idle("n")
        return jobs.ended

    assert asyncio.run(asyncio.wait_for(act(), 30)) == ["saved"]


def test_what_comes_right_after_a_cancel_runs() -> None:
    async def act() -> list[str]:
        jobs = Jobs()
        jobs.queue.submit("n", jobs.named("look"))
        await asyncio.sleep(0)
        # An editor that loads a file anew tells of a close and an open.
        jobs.queue.cancel("n")
        jobs.queue.submit("n", jobs.named("attach"))
        jobs.go.set()
        await jobs.queue.idle("n")
        return jobs.ended

    assert asyncio.run(act()) == ["attach"]


def test_what_must_end_is_not_replaced_by_a_lesser_job_but_goes_first() -> None:
    async def act() -> list[str]:
        jobs = Jobs()
        jobs.queue.submit("n", jobs.named("attach"))
        await asyncio.sleep(0)
        jobs.queue.submit("n", jobs.named("save"), must_end=True)
        jobs.queue.submit("n", jobs.named("attach again"))
        jobs.go.set()
        await jobs.queue.idle("n")
        return jobs.ended

    assert asyncio.run(act()) == ["attach", "save", "attach again"]


def test_a_close_lets_what_must_end_run_for_a_while_only() -> None:
    async def act() -> list[str]:
        jobs = Jobs()
        jobs.queue.submit("a", jobs.named("attach"))
        jobs.queue.submit("b", jobs.named("save"), must_end=True)
        await asyncio.sleep(0)
        closing = asyncio.create_task(jobs.queue.close(60))
        await asyncio.sleep(0)
        jobs.go.set()
        await closing
        jobs.go.clear()
        jobs.queue.submit("c", jobs.named("save that hangs"), must_end=True)
        await asyncio.sleep(0)
        await jobs.queue.close(0.01)
        return jobs.ended

    assert asyncio.run(act()) == ["save"]


def test_only_what_must_end_too_cuts_short_what_must_end() -> None:
    async def act() -> list[bool]:
        jobs = Jobs()
        jobs.queue.submit("n", jobs.named("save"), must_end=True)
        await asyncio.sleep(0)
        jobs.queue.submit("n", jobs.named("another try"))
        seen = [jobs.queue.has_newer("n")]
        jobs.queue.submit("n", jobs.named("newer save"), must_end=True)
        seen.append(jobs.queue.has_newer("n"))
        await jobs.queue.close()
        return seen

    assert asyncio.run(act()) == [False, True]


def test_whatever_comes_cuts_short_what_need_not_end() -> None:
    async def act() -> list[bool]:
        jobs = Jobs()
        jobs.queue.submit("n", jobs.named("a try"))
        await asyncio.sleep(0)
        seen = [jobs.queue.has_newer("n")]
        jobs.queue.submit("n", jobs.named("another"))
        seen.append(jobs.queue.has_newer("n"))
        await jobs.queue.close()
        return seen

    assert asyncio.run(act()) == [False, True]
