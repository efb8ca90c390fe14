"""The line between screens and database: one thread, one connection, and word of what changed elsewhere."""

from __future__ import annotations

import asyncio
import queue
import selectors
import socket
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from time import monotonic
from typing import Any, Concatenate, ParamSpec, TypeVar

from dutydesk.jobs import AFTER, MY_TURN, RECONNECTING, SLOWLY, Clock, Job, done_once, takes_act
from dutydesk.models import connection, database
from dutydesk.models.connection import DatabaseProblem
from dutydesk.models.problems import Away, NewerSchema
from dutydesk.rules import audit, drafts, signing_on
from dutydesk.rules.errors import NotAllowed
from dutydesk.rules.organisation import today
from dutydesk.session import Session
from dutydesk.settings import folders_by_area, folders_of_area, load
from dutydesk.vocabulary import Role

P = ParamSpec("P")
T = TypeVar("T")

_LOOK_EACH = 1.0  # seconds between two looks for what other desks wrote
_BACK_EACH = 2.0  # seconds between two tries to come back to a server that is gone
_AGAIN_EACH = 0.3  # and while somebody waits for what they asked for
_PATIENCE = 3  # a server is waited for so many times as long as a lock: another takes its place within 30 s
_SLOW = 2.5  # seconds after which whoever waits is told that it is the database that takes so long
_TIMES = 3  # so often a write is tried that somebody else's came across


class Desk:
    """The desk's only way to the database. Rules run on its thread; screens await them."""

    def __init__(self, url: str, changed: Callable[[], None] | None = None, key: str = "") -> None:
        """`changed` is called, on the database thread, after each write here or elsewhere.

        `key` is the fingerprint of the key that let its person in: taken away, it ends the desk.
        """
        self.url, self.key = url, key
        self.session: Session | None = None
        self.changed = changed or (lambda: None)
        # called on the database thread with what is being waited for, and when that is over
        self.waits: Callable[[str], None] = lambda _words: None
        self._waiting_for = ""
        self._lost_at = 0.0
        self._ending = threading.Event()
        self._outdated = False  # the schema is newer than this program
        self._jobs: queue.Queue[Job | None] = queue.Queue()
        self._current: Job | None = None
        self._seen = 0
        self._closed = False
        self._clock = Clock()
        self._words_left = False  # drafts lie in files until the database takes them
        self._lost = False  # the server is gone: the next job connects anew, or the next try to come back
        self._said_lost = False  # and somebody was told so; back again, it waits to be told too
        self.came_back = False
        self.put_out = ""  # why whoever sits here may not any more
        self._line: int | None = None  # becomes readable when another desk has written, where that is told
        self._bell, self._wakes = socket.socketpair()
        self._bell.setblocking(False)
        self._waiting = selectors.DefaultSelector()
        self._waiting.register(self._wakes, selectors.EVENT_READ)
        self._thread = threading.Thread(target=self._serve, name="database", daemon=True)
        self._thread.start()

    # -- for screens ----------------------------------------------------------------------------------------

    async def open(self, number: str | None = None, came_from: str = "") -> Session:
        """Connect and sign on. Raises DatabaseProblem or NotAllowed."""
        return await self._await(Job(lambda: self._open(number, came_from), reads=False))

    async def read(self, rule: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a rule that only reads; when the caller is cancelled the query is given up.

        Where the server is gone it waits some time for it to come back, as a write with an act's id does.
        Raises what the rule raises (Refused and its kin), DatabaseProblem for all that the database says.
        """
        return await self._await(
            Job(lambda: rule(self._signed_on(), *args, **kwargs), reads=True, again=True)
        )

    async def run(self, rule: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a rule that writes. Once asked for it is done, whoever waits. Raises as `read` does."""

        def work() -> T:
            if takes_act(rule):
                self._clock.look()
            return rule(self._signed_on(), *args, **kwargs)

        return await self._await(Job(work, reads=False, again=done_once(rule)))

    async def change_person(self, number: str, role: Role | None = None) -> Session:
        """Sign on as somebody else, first of all in this role (a demo's F9).

        Raises NotAllowed where the database is no demo.
        """

        def change() -> Session:
            if not self._signed_on().demo:
                raise NotAllowed("只有演示区可以换人。")
            found = signing_on.sign_on(number, self._signed_on().came_from)
            first = sorted(found.grants, key=lambda grant: grant.role is not role)
            self.session = found._replace(grants=tuple(first))
            return self.session

        return await self._await(Job(change, reads=False))

    def leave_words(self, words: Mapping[str, Mapping[str, Any]]) -> None:
        """Write drafts to files, as the database takes none now; before its next write it takes them in.

        Raises OSError where they cannot be written either.
        """
        if self.session is not None:
            drafts.last_words(load().state, self.session, words)
            self._words_left = True

    def hurry(self, leaving: bool = True) -> None:
        """Somebody is leaving: from now on nothing waits for a server that is gone. Or they stay after all."""
        (self._ending.set if leaving else self._ending.clear)()

    @property
    def cut_off(self) -> bool:
        """Whether nothing can be written: the server is gone, or the schema is newer than this program."""
        return self._lost or self._outdated

    async def close(self) -> None:
        """Finish what is waiting, then disconnect and end the thread."""
        self._closed = True
        self._ending.set()
        self._put(None)
        await asyncio.to_thread(self._thread.join, 5)

    @property
    def unfinished(self) -> int:
        """How many jobs wait or run."""
        return self._jobs.unfinished_tasks

    # -- on the thread --------------------------------------------------------------------------------------

    async def _await(self, job: Job) -> Any:
        if self._closed:
            raise DatabaseProblem("数据库连接已经结束，请退出后重新打开值班台。")
        self._put(job)
        answer = asyncio.wrap_future(job.answer)
        slow = asyncio.get_running_loop().call_later(_SLOW, self._say_slow, job)
        answer.add_done_callback(lambda _done: slow.cancel())
        if not job.reads:
            # it goes on when nobody waits any more; then nobody is there to hear of an error either
            answer.add_done_callback(lambda done: done.cancelled() or done.exception())
            return await asyncio.shield(answer)
        try:
            return await answer
        except asyncio.CancelledError:
            job.abandoned = True
            raise

    def _say_slow(self, job: Job) -> None:
        if not job.answer.done() and not self._waiting_for:
            self._wait_for(SLOWLY)

    def _put(self, job: Job | None) -> None:
        self._jobs.put(job)
        with suppress(BlockingIOError, OSError):  # it rings already, or the thread has ended
            self._bell.send(b".")

    def _signed_on(self) -> Session:
        if self.session is None:
            raise DatabaseProblem("还没有登录，请退出后重新打开值班台。")
        if self.session.day != today():  # roles are dated: after midnight they are asked for again
            self.session = signing_on.sign_on(self.session.number, self.session.came_from)
            self._begin_day(self.session)
        return self.session

    def _open(self, number: str | None, came_from: str) -> Session:
        self._connect()
        self.session = signing_on.sign_on(number, came_from)
        if self.key and (why := signing_on.out(self.session, self.key)):
            raise NotAllowed(why)
        self._begin_day(self.session)
        self._clock.saw(audit.newest())
        if folders_by_area():
            folders_of_area(signing_on.code_of_area(self.session))
        # what cannot be read or kept now stays where it is for the next time
        with suppress(OSError, *connection.ERRORS):
            drafts.take_in(load().state, self.session)
        self._seen = connection.changes_seen()
        return self.session

    def _connect(self) -> None:
        """Connect, anew where there was a line before, and hear of what other desks write."""
        self._disconnect()
        connection.connect(self.url)
        connection.stop_when(self._given_up)
        connection.tell_waiting(self._wait_for)
        self._line = connection.listen()
        if self._line is not None:
            self._waiting.register(self._line, selectors.EVENT_READ)
        self._seen = connection.changes_seen()
        self._lost = False
        self._wait_for("")

    @staticmethod
    def _begin_day(session: Session) -> None:
        """Keep the heads of the audit's chains outside the database; a folder that cannot be written stops nobody."""
        with suppress(OSError):
            audit.anchor_heads(load().state / "audit-heads.tsv", session.day)

    def _given_up(self) -> bool:
        return bool(self._current and self._current.reads and self._current.abandoned)

    def _serve(self) -> None:
        look_at = monotonic() + _LOOK_EACH
        while True:
            self._wait(None if self._line is not None else max(0.0, look_at - monotonic()))
            job = self._next()
            if job is None:
                break
            if isinstance(job, Job):
                self._do(job)
            if self._line is not None or monotonic() >= look_at:  # however busy, it hears of the others
                self._look()
                look_at = monotonic() + (_BACK_EACH if self._lost else _LOOK_EACH)
        self._disconnect()
        for each in (self._waiting, self._bell, self._wakes):
            each.close()

    def _wait(self, seconds: float | None) -> None:
        """Until there is a job, another desk has written, or the time is up."""
        if self._jobs.empty():
            self._waiting.select(seconds)

    def _next(self) -> Job | bool | None:
        """The next job, None for the end, False where there is none."""
        try:
            job = self._jobs.get_nowait()
        except queue.Empty:
            return False
        self._wakes.recv(1)
        return job

    def _disconnect(self) -> None:
        if self._line is not None:
            self._waiting.unregister(self._line)
            self._line = None
        if database.obj is not None and not database.is_closed():
            with suppress(*connection.ERRORS):  # of one that is lost
                database.close()

    def _do(self, job: Job) -> None:
        if not job.answer.set_running_or_notify_cancel():
            self._jobs.task_done()
            return
        self._current = job
        try:
            result = self._done_at_last(job)
        except connection.ERRORS as error:
            self._done()
            self._answer(job, connection.explain(error, self.url))
        except BaseException as error:
            self._done()
            self._answer(job, error)
            if isinstance(error, NewerSchema) and self.session is not None:
                self._put_out(error)
        else:
            self._done()
            if not job.reads:
                self._tell()
            if not job.answer.cancelled():
                job.answer.set_result(result)

    def _done_at_last(self, job: Job) -> Any:
        """What a rule answers. Where the line is lost it is mended first; what may be done twice is done again then.

        The outcome of the first try may be unknown: its act's id tells whether it was done.
        """
        while True:
            try:
                if self._lost:
                    self._connect()
                    self._said_lost = False  # what is asked for tells it
                if not job.reads:
                    self._take_words_in()
                return self._worked(job)
            except (Away, *connection.ERRORS) as error:
                if not isinstance(error, Away) and not connection.is_lost(error):
                    raise
                self._lose()
                if not job.again or not self._may_wait():
                    raise

    def _take_words_in(self) -> None:
        """Drafts that the database did not take before; what it does not take now either stays where it is."""
        if self._words_left and self.session is not None:
            with suppress(OSError, DatabaseProblem, *connection.ERRORS):
                drafts.take_in(load().state, self.session)
                self._words_left = False

    def _may_wait(self) -> bool:
        """Wait a little for the server to come back; False when that has taken too long, or nobody wants it."""
        until = self._lost_at + _PATIENCE * float(load().lock_wait)
        if monotonic() >= until or self._given_up():
            return False
        self._wait_for(RECONNECTING)
        return not self._ending.wait(_AGAIN_EACH)

    def _wait_for(self, words: str) -> None:
        """Tell what is being waited for, once; with "", that it is over."""
        before, self._waiting_for = self._waiting_for, words
        if words != before:
            with suppress(RuntimeError):  # the loop of a desk that is being left is gone already
                self.waits(words or AFTER.get(before, MY_TURN))

    def _put_out(self, newer: NewerSchema) -> None:
        """This program is too old for the database: whoever sits here is sent away with what is typed."""
        self._outdated, self.put_out = True, str(newer)
        self._tell()

    @staticmethod
    def _worked(job: Job) -> Any:
        """What a rule answers; a write that another came across, so that all of it was taken back, is done again."""
        before = connection.kept()
        for _ in range(_TIMES - 1):
            try:
                return job.work()
            except connection.ERRORS as error:
                if job.reads or not connection.is_crossed(error) or connection.kept() != before:
                    raise
        return job.work()

    def _done(self) -> None:
        """Not under way any more, when whoever waits hears of it."""
        if self._waiting_for == SLOWLY:
            self._wait_for("")
        self._current = None
        self._jobs.task_done()

    def _answer(self, job: Job, error: BaseException) -> None:
        self._said_lost = self._said_lost or self._lost
        self._waiting_for = ""  # what is told now takes its place
        if not job.answer.cancelled():
            job.answer.set_exception(error)

    def _lose(self) -> None:
        """The server is gone: wait for nothing from there."""
        self._disconnect()
        if not self._lost:
            self._lost, self._lost_at = True, monotonic()

    def _look(self) -> None:
        """Ask whether another desk has written since; a failure is left to the next job to tell."""
        if self._lost:
            self._come_back()
        if self.session is None or self._lost:
            return
        try:
            seen = connection.changes_seen()
            if seen != self._seen:
                connection.still_ours()
        except NewerSchema as newer:
            self._seen = seen
            self._put_out(newer)
            return
        except connection.ERRORS as error:
            if connection.is_lost(error):
                self._lose()
            return
        if seen != self._seen:
            self._seen = seen
            self._look_who_is_here(self.session)
            self._tell()

    def _look_who_is_here(self, session: Session) -> None:
        """Whose account was stopped or key taken away is out at once; what cannot be asked is asked the next time."""
        with suppress(*connection.ERRORS):
            self.put_out = signing_on.out(session, self.key)

    def _come_back(self) -> None:
        """Connect anew though nobody asks for anything, and have the screens read what they missed."""
        try:
            self._connect()
        except NewerSchema as newer:
            self._put_out(newer)
        except (DatabaseProblem, *connection.ERRORS):
            if not self._said_lost:  # what was asked for meanwhile has told it
                self._wait_for(RECONNECTING)
        else:
            self.came_back, self._said_lost = self._said_lost, False
            if self.session is not None:
                self._look_who_is_here(self.session)
            self._tell()

    def _tell(self) -> None:
        with suppress(RuntimeError):  # the loop of a desk that is being left is gone already
            self.changed()
