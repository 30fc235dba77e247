"""Drives a plan: what may go side by side does, what must wait waits, and every call is noted.

The dry run is this too, over a writer that sends nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Any

from reconciler.errors import (
    ConnectionLostError,
    IncompleteError,
    ReconcilerError,
    RefusedError,
    StalePlanError,
    StripeError,
    UnexpectedAnswerError,
)
from reconciler.executor import filling, fresh, guarding
from reconciler.executor.journal import Journal, Record
from reconciler.executor.lease import Lease
from reconciler.executor.looks import Looked, Looks
from reconciler.executor.outcome import Done, Outcome
from reconciler.executor.refusals import explained
from reconciler.executor.resume import Progress, find_out, otherwise, perform
from reconciler.executor.schedule import Schedule
from reconciler.executor.sending import Answer, Sender, Stop
from reconciler.executor.survey import made_by, survey
from reconciler.executor.verify import verify
from reconciler.model.catalog import Account
from reconciler.model.kind import Kind, Kinds
from reconciler.model.plan import Plan, Step
from reconciler.model.snapshot import Live
from reconciler.model.values import Pending
from reconciler.model.world import World, handle_of
from reconciler.observer.account import whole
from reconciler.ports import Reader, Writer

OUTCOME_UNKNOWN = (ConnectionLostError, UnexpectedAnswerError, KeyboardInterrupt)
"""After these nobody knows whether the call was done: a resume has to look."""

WATCH = 5.0
"""Every so many seconds of waiting for answers the lock is seen to."""


Tell = Callable[[Done, int, int], None]
"""Told each call that was made, how many are done, and how many there are."""


def apply(
    plan: Plan,
    kinds: Kinds,
    reader: Reader,
    writer: Writer,
    *,
    journal: Journal,
    clock: Callable[[], float],
    resume: Record | None = None,
    workers: int = 8,
    proof: bool = True,
    tell: Tell | None = None,
    lease: Lease | None = None,
    stop: Stop | None = None,
    allow: Collection[str] = (),
) -> Outcome:
    """Make the calls of `plan`, and no others, and prove that they had their effect.

    `clock` gives seconds that only go forward. With `resume`, what an earlier run did is found
    out first. `lease` is the lock to hold meanwhile; once `stop` is set, the calls in flight are
    waited for and no more are made. `allow` lifts guards that stop what came since the plan was
    made. Raises `BlockedError` where a guard stops the plan or what came since, `LockedError`
    beside another apply, `StalePlanError` if anything it relies on has moved, `IncompleteError`
    if it could not be finished, `VerificationError` if the account is not as planned at the end.
    """
    guarding.refuse_blocked(plan, begun=resume is not None)
    if not plan.steps:
        journal.end("nothing to do")
        return Outcome(run=journal.run, done=(), verified=None, writes=0)
    run = _Run(
        plan=plan,
        kinds=kinds,
        reader=reader,
        writer=writer,
        journal=journal,
        clock=clock,
        tell=tell,
        lease=lease,
        stop=stop,
        allow=allow,
    )
    try:
        if lease is not None:
            lease.take()
        with run.kept():
            run.start(resume)
        if stop is not None and stop.is_set():
            raise ReconcilerError("You stopped it before anything was sent by this run.")
        journal.begin()
        run.drive(workers)
        if proof:
            with run.kept():
                run.prove()
        journal.end("verified" if proof else "applied")
    finally:
        journal.close()
        # A call nobody saw answered may still come: nobody else begins before the lock has ended.
        if lease is not None and not run.unknown:
            lease.release()
    return run.outcome(verified=True if proof else None)


@dataclass(slots=True, kw_only=True)
class _Run:
    plan: Plan
    kinds: Kinds
    reader: Reader
    writer: Writer
    journal: Journal
    clock: Callable[[], float]
    progress: Progress = field(default_factory=Progress)
    expected: World = field(default_factory=World)
    tell: Tell | None = None
    account: Account | None = None
    lease: Lease | None = None
    stop: Stop | None = None
    allow: Collection[str] = ()
    writes: int = 0
    unknown: bool = False
    shown: dict[str, Mapping[str, str]] = field(default_factory=dict)
    looks: Looks = field(init=False)
    sender: Sender = field(init=False)

    def __post_init__(self) -> None:
        self.looks = Looks(self.plan, self.kinds, self.reader, self.clock)
        self.sender = Sender(
            run=self.journal.run,
            kinds=self.kinds,
            writer=self.writer,
            lease=self.lease,
            stop=self.stop,
        )

    def touched(self, *more: str) -> list[Kind]:
        names = {step.kind for step in self.plan.steps} | set(self.plan.seen) | set(more)
        return [kind for name, kind in self.kinds.items() if name in names]

    def start(self, record: Record | None) -> None:
        """Look at every object of the touched kinds, and stop if anything has moved."""
        done = dict(record.done) if record is not None else {}
        kinds = self.touched(*guarding.watched(self.plan, self.kinds))
        wanted = fresh.attached(self.plan, self.kinds, done)
        made = made_by(self.plan, done)
        snapshot = survey(self.plan, self.kinds, self.reader, kinds, made=made, attached=wanted)
        self.looks.all_known()
        self.account = snapshot.account
        fresh.refuse_other_account(self.plan, snapshot.account)
        if record is not None:
            self.progress = find_out(record, self.kinds, snapshot)
            self._note_found(record)
        names = self.progress.names
        self.expected = fresh.planned(self.plan, self.kinds)
        for step in self._done():
            perform(self.expected, self.kinds, step, instead=step.id in self.progress.instead)
        found = list(fresh.differences(self.plan, self.kinds, self.expected, snapshot, names))
        remaining = [step for step in self.plan.steps if step.id not in self.progress.done]
        trial = self.expected.copy()
        seen = fresh.seen_world(snapshot, self.kinds, names)
        found += fresh.reliances(self.plan, self.kinds, remaining, trial, seen)
        fresh.refuse(found)
        guarding.look_again(
            self.plan,
            self.kinds,
            self.reader,
            snapshot,
            made=names.made,
            done=len(self.progress.done),
            allow=self.allow,
        )

    def _note_found(self, record: Record) -> None:
        """Note what was found to be done: once later calls are, nobody could tell any more."""
        for step, object_id in self.progress.done.items():
            if step not in record.done:
                self.journal.answered(step, object_id, {}, instead=step in self.progress.instead)

    def _done(self) -> list[Step]:
        return [step for step in self.plan.steps if step.id in self.progress.done]

    def drive(self, workers: int) -> None:
        """Make every call that is left, each after those it waits for."""
        schedule = Schedule(
            self.plan.steps,
            self.progress.done,
            in_order=workers == 1,
            begun=self.progress.attempts,
        )
        flying: dict[_Flight, Step] = {}
        failure: BaseException | None = None
        with ThreadPoolExecutor(max_workers=workers) as pool:
            while True:
                if failure is None and self.stop is not None and self.stop.is_set():
                    failure = KeyboardInterrupt()
                while failure is None and len(flying) < workers:
                    step = schedule.next()
                    if step is None:
                        break
                    try:
                        flying[self._begin(pool, step)] = step
                    except ReconcilerError as error:
                        failure = error
                self.sender.halted = failure is not None
                if not flying:
                    break
                finished, failure = self._await(flying, failure)
                for future in finished:
                    step = flying.pop(future)
                    try:
                        found = self._result(step, future)
                        if isinstance(found, Answer):
                            self._land(step, found)
                            schedule.landed(step)
                        elif failure is None:
                            failure = self._take_off(pool, flying, step, found)
                    except ReconcilerError as error:
                        self.unknown = self.unknown or isinstance(error, OUTCOME_UNKNOWN)
                        failure = failure or error
        if failure is not None:
            self._stop(failure)

    def prove(self) -> None:
        """Read what was touched once more, and compare it with what the plan led to."""
        try:
            snapshot = survey(
                self.plan,
                self.kinds,
                self.reader,
                self.touched(),
                made=self.progress.made,
                attached=fresh.attached(self.plan, self.kinds, self.progress.done),
                account=self.account,
            )
        except StripeError as error:
            raise IncompleteError(
                f"{error}\n  Every call is done, and could not be verified."
            ) from error
        for live in snapshot:
            self._show(live.kind, live.id, live.raw)
        verify(self.plan, self.kinds, self.expected, snapshot, self.progress.names)

    def _await(
        self, flying: Mapping[_Flight, Step], failure: BaseException | None
    ) -> tuple[set[_Flight], BaseException | None]:
        """Wait for an answer, holding the lock.

        An interrupt lets the calls in flight finish, and starts no more.
        """
        try:
            done = wait(flying, timeout=WATCH, return_when=FIRST_COMPLETED).done
            # A call that is under way may yet be carried out, whatever has failed beside it.
            if not done and self.lease is not None:
                self.lease.check()
        except (KeyboardInterrupt, ReconcilerError) as error:
            return set(), failure or error
        return set(done), failure

    def _begin(self, pool: ThreadPoolExecutor, step: Step) -> _Flight:
        """Let a call go, or first the look at what it relies on, if what is known of that is old.

        Looks go side by side with calls: waiting for one would hold up all the others.
        """
        old = tuple(self.looks.outdated(step))
        if not old:
            return self._launch(pool, step)
        return pool.submit(self.looks.look, old, self.expected, self.progress)

    def _launch(self, pool: ThreadPoolExecutor, step: Step) -> _Flight:
        """Note a call, then let it go."""
        if self.lease is not None:
            self.lease.check()
        object_id, payload = filling.filled(step, self.progress.made)
        attempt = self.progress.attempts.get(step.id, 1)
        key = filling.key(self.journal.run, step, attempt)
        self.journal.intend(step, attempt, key, object_id, payload)
        return pool.submit(self.sender.send, step, object_id, payload, attempt)

    def _take_off(
        self,
        pool: ThreadPoolExecutor,
        flying: dict[_Flight, Step],
        step: Step,
        looked: Looked,
    ) -> ReconcilerError | None:
        """Let a call go if the look before it allows it; return what stops it."""
        try:
            self.looks.take(looked, written=len(self.progress.done))
            flying[self._launch(pool, step)] = step
        except ReconcilerError as error:
            return error
        return None

    def _result(self, step: Step, flight: _Flight) -> Answer | Looked:
        """Return what came back; a refusal is noted."""
        try:
            return flight.result()
        except OUTCOME_UNKNOWN:
            raise  # what became of it is unknown, and the journal says just that
        except RefusedError as error:
            refused = explained(error, self.kinds[step.kind], step, self.expected)
            self.journal.refused(step.id, str(refused))
            raise refused from error
        except StripeError as error:
            self.journal.refused(step.id, str(error))
            raise

    def _land(self, step: Step, answer: Answer) -> None:
        """Note an answer and compare it with what it had to be."""
        kind, handle = self.kinds[step.kind], handle_of(step)
        sent = otherwise(step) if answer.instead else step
        content = answer.content
        object_id = self._object_of(step, content)
        self.journal.answered(step.id, object_id, content or {}, instead=answer.instead)
        self.writes += 1 + answer.instead
        self.progress.land(step, object_id, instead=answer.instead)
        self._show(kind, object_id, content or {})
        body = self.expected.perform(self.kinds, sent)
        if not step.part:  # the answer to those tells of the entry, not of its object
            self.looks.known(handle)
        if content is not None and body is not None:
            names = self.progress.names
            if step.part:
                problems = fresh.entry_differences(kind, step, content, names)
            else:
                live = Live(kind, whole(self.reader, kind, content), self.reader.now())
                problems = fresh.object_differences(self.plan, kind, handle, body, live, names)
            fresh.refuse_answer(step, problems)
        if self.tell is not None:
            self.tell(self._entry(step), len(self.progress.done), len(self.plan.steps))

    def _show(self, kind: Kind, object_id: str, raw: Mapping[str, Any]) -> None:
        """Keep what people will want to know of an object."""
        found = {name: str(raw[name]) for name in kind.shows if raw.get(name)}
        if found:
            self.shown[object_id] = found

    def _object_of(self, step: Step, content: Mapping[str, Any] | None) -> str:
        if isinstance(step.object, str):
            return step.object
        if isinstance(step.object, Pending):
            return self.progress.made.get(step.object.address, str(step.object))
        return str(content["id"]) if content is not None else str(Pending(step.address))

    def _entry(self, step: Step) -> Done:
        return Done(
            step=step.id,
            address=step.address,
            call=step.call,
            object=self.progress.done[step.id],
            instead=step.id in self.progress.instead,
        )

    def kept(self) -> AbstractContextManager[None]:
        """Hold the lock, if there is one, while this thread is busy with reading."""
        return self.lease.kept() if self.lease is not None else nullcontext()

    def outcome(self, *, verified: bool | None) -> Outcome:
        """Return what was done."""
        return Outcome(
            run=self.journal.run,
            done=tuple(self._entry(step) for step in self._done()),
            verified=verified,
            writes=self.writes,
            shown=self.shown,
        )

    def _stop(self, failure: BaseException) -> None:
        """Say what is done, and how to go on."""
        done, total = len(self.progress.done), len(self.plan.steps)
        self.journal.close()
        if isinstance(failure, StalePlanError):
            raise failure
        unknown = isinstance(failure, OUTCOME_UNKNOWN)
        if done == 0 and not unknown:
            raise failure
        what = "You stopped it." if isinstance(failure, KeyboardInterrupt) else str(failure)
        raise IncompleteError(
            f"{what}\n  {done} of {total} calls are done; the journal has them. Nothing is lost."
        ) from failure


_Flight = Future[Answer | Looked]
"""A call that is under way, or the look before it."""
