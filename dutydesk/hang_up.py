"""A line that drops, and a desk that is told to end: what is typed is kept, and no process stays."""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import os
import select
import signal
import sys
import threading
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from textual.app import App

GRACE_SECONDS = 2.0
HANGUP_STATUS = 129
TERMINATED_STATUS = 143


class _Watch:
    """Saves and ends the desk when its terminal goes away or it is told to end."""

    def __init__(
        self, app: App[Any], save_and_leave: Callable[[], Awaitable[None]], last_words: Callable[[], None]
    ) -> None:
        self.app = app
        self.save_and_leave = save_and_leave
        self.last_words = last_words
        self.loop = asyncio.get_running_loop()
        self.fd = sys.__stdin__.fileno() if sys.__stdin__ is not None else -1
        self.wake_read, self.wake_write = os.pipe()
        os.set_blocking(self.wake_write, False)
        self.saved = threading.Event()
        self.tasks: set[asyncio.Future[None]] = set()

    def terminate(self, *_: object) -> None:
        """SIGTERM: wake the thread; nothing else is safe in a signal handler."""
        with contextlib.suppress(OSError):
            os.write(self.wake_write, b"T")

    def run(self) -> None:
        """The thread: sleeps in poll() until hang-up or SIGTERM. Touches no widget."""
        poll = select.poll()
        poll.register(self.wake_read, select.POLLIN)
        if self.fd >= 0:
            poll.register(self.fd, 0)  # hang-up and errors are reported without asking
        while True:
            for fd, happened in poll.poll():
                if fd == self.wake_read:
                    self.leave(TERMINATED_STATUS)
                elif happened & (select.POLLHUP | select.POLLERR | select.POLLNVAL):
                    self.leave(HANGUP_STATUS)

    def leave(self, status: int) -> None:
        """Ask the loop to save and leave; when it does not within two seconds, write the last words. Ends."""
        if status == HANGUP_STATUS:
            driver_exit = getattr(self.app._driver, "exit_event", None)
            if driver_exit is not None:  # else its input thread spins on end-of-file
                driver_exit.set()
        atexit.register(os._exit, status)  # the main thread may end first, and must end with this status too
        with contextlib.suppress(RuntimeError):
            self.loop.call_soon_threadsafe(self._ask)
        if self.saved.wait(GRACE_SECONDS):
            threading.main_thread().join(GRACE_SECONDS)
        else:
            with contextlib.suppress(BaseException):  # nobody is left to tell
                self.last_words()
        os._exit(status)

    def _ask(self) -> None:
        task = asyncio.ensure_future(self._save())
        self.tasks.add(task)

    async def _save(self) -> None:
        await self.save_and_leave()
        self.saved.set()


def watch_for_hangup(
    app: App[Any], save_and_leave: Callable[[], Awaitable[None]], last_words: Callable[[], None]
) -> None:
    """From now on a hang-up or SIGTERM saves and ends the process (exit 129, 143). Call it in the app's `on_mount`.

    `save_and_leave` runs on the event loop and returns when all is saved; it may call `app.exit()`. `last_words` runs
    on a thread, two seconds later, only when the loop did not get there: it must use no widget and no database
    connection of the loop's, but the plain copy of the draft. Suspending (SIGTSTP, SIGCONT) is switched off, because
    the kernel sends SIGCONT on hang-up and Textual would start a second set of threads.
    """
    watch = _Watch(app, save_and_leave, last_words)
    for number in (signal.SIGHUP, signal.SIGTSTP, signal.SIGCONT):
        signal.signal(number, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, watch.terminate)
    threading.Thread(target=watch.run, name="hangup", daemon=True).start()
