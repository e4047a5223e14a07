"""A few worker processes behind a bounded queue: a task has limits of time and memory and can be ended."""

from __future__ import annotations

import multiprocessing
import os
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any, Literal

Ending = Literal["done", "cancelled", "too long", "died"]
Work = Callable[[Any], Any]

_START_S = 120.0
"""Longest time a worker may need before it is ready [s]."""
_TASKS_PER_WORKER = 50
"""A worker is replaced after so many tasks, so that its memory does not grow."""
_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


class QueueFull(Exception):
    """Too much is waiting already."""


@dataclass
class Task:
    """One piece of work, and what became of it.

    Attributes
    ----------
    payload : object
        What the worker gets; must be picklable.
    then : callable
        Is told the ending and the worker's answer (None unless "done"), in a thread of the pool.
    running : bool
        Whether a worker has begun with it.
    cancelled : bool
        Whether somebody no longer wants it.
    over : threading.Event
        Is set when it has ended, in whatever way.
    """

    payload: Any
    then: Callable[[Ending, Any], None]
    running: bool = False
    cancelled: bool = False
    worker: Any = field(default=None, repr=False)
    over: threading.Event = field(default_factory=threading.Event, repr=False)


class Pool:
    """Worker processes that stay ready, each doing one task at a time.

    Parameters
    ----------
    work : callable
        A function of a module; called in the worker with the payload of each task.
    prepare : callable
        A function of a module; called once in each worker before its first task, to load what takes long.
    workers : int
        Processes at one time.
    waiting : int
        Tasks that may wait.
    time_limit_s : float
        A task that takes longer is ended [s].
    memory_limit_bytes : int
        Address space of a worker, where the system can limit it.
    """

    def __init__(
        self,
        work: Work,
        prepare: Callable[[], None],
        *,
        workers: int,
        waiting: int,
        time_limit_s: float,
        memory_limit_bytes: int,
    ) -> None:
        self._how = (work, prepare, memory_limit_bytes)
        self._time_limit_s = time_limit_s
        self._queue: queue.Queue[Task | None] = queue.Queue(waiting)
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._processes: dict[_Seat, Any] = {}
        self._seats = [threading.Thread(target=self._sit, name=f"gait-seat-{k}", daemon=True) for k in range(workers)]
        for seat in self._seats:
            seat.start()

    def submit(self, task: Task) -> None:
        """Put a task into the queue.

        Raises
        ------
        QueueFull
            If too many are waiting.
        """
        try:
            self._queue.put_nowait(task)
        except queue.Full as error:
            raise QueueFull from error

    def full(self) -> bool:
        """Whether the next task would be refused."""
        return self._queue.full()

    def cancel(self, task: Task) -> None:
        """End a task, also one that is running; its worker is replaced. Returns once the worker is gone."""
        with self._lock:
            task.cancelled = True
            worker = task.worker
            if worker is not None:
                worker.kill()
        if worker is not None:
            task.over.wait(10)  # only the seat itself waits for its process: two waiting would confuse each other

    def worker_ids(self) -> list[int]:
        """Process ids of the workers."""
        with self._lock:
            return [process.pid for process in self._processes.values() if process.pid]

    def close(self) -> None:
        """End all workers."""
        self._over.set()
        while True:  # nobody waits for what is left in the queue
            try:
                self._queue.get_nowait()
            except queue.Empty:
                break
        for _ in self._seats:
            self._queue.put(None)
        with self._lock:
            processes = list(self._processes.values())
        for process in processes:
            process.kill()
        for seat in self._seats:
            seat.join(10)

    def _sit(self) -> None:
        seat = _Seat(self._how)
        while True:
            self._keep_ready(seat)
            task = None if self._over.is_set() else self._queue.get()
            if task is None:
                break
            self._keep_ready(seat)  # it may have been ended while it waited
            with self._lock:
                task.running = not task.cancelled
                task.worker = seat.process if task.running else None
            ending: Ending = "cancelled"
            answer = None
            if task.running:
                ending, answer = seat.run(task.payload, self._time_limit_s)
            with self._lock:
                task.worker = None
                task.running = False
            if task.cancelled or seat.tasks >= _TASKS_PER_WORKER:
                seat.leave()
            task.over.set()
            if not self._over.is_set():
                task.then("cancelled" if task.cancelled else ending, answer)
        seat.leave()

    def _keep_ready(self, seat: _Seat) -> None:
        process = seat.ready()
        with self._lock:
            self._processes[seat] = process


class _Seat:
    """A place for one worker process, which is replaced when it ends."""

    def __init__(self, how: tuple[Work, Callable[[], None], int]) -> None:
        self._how = how
        self.process: Any = None
        self._line: Connection | None = None
        self._prepared = False
        self.tasks = 0

    def ready(self) -> Any:
        """Return a process that lives. Only this thread may wait for its end."""
        if self.process is None or not self.process.is_alive():
            self.leave()
            context = multiprocessing.get_context("spawn")
            self._line, theirs = context.Pipe()
            self.process = context.Process(target=_serve, args=(theirs, *self._how), daemon=True)
            self.process.start()
            theirs.close()
            self._prepared, self.tasks = False, 0
        return self.process

    def run(self, payload: Any, limit_s: float) -> tuple[Ending, Any]:
        """Let the worker do one task."""
        assert self._line is not None
        self.tasks += 1
        try:
            if not self._prepared:
                if not self._line.poll(_START_S):
                    self.leave()
                    return "died", None
                self._line.recv()
                self._prepared = True
            self._line.send(payload)
            if not self._line.poll(limit_s):
                self.leave()
                return "too long", None
            return "done", self._line.recv()
        except (EOFError, OSError):
            self.leave()
            return "died", None

    def leave(self) -> None:
        """End the process."""
        if self.process is not None:
            self.process.kill()
            self.process.join(10)
            self.process = None
        if self._line is not None:
            self._line.close()
            self._line = None


def _end_after(parent: Any) -> None:
    parent.join()
    os._exit(1)


def _serve(line: Connection, work: Work, prepare: Callable[[], None], memory_limit_bytes: int) -> None:
    """Do tasks until the line is closed; the life of a worker process."""
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the server ends its workers itself
    for name in _THREADS:
        os.environ[name] = "1"
    parent = multiprocessing.parent_process()
    if parent is not None:  # a server that was killed leaves no worker behind
        threading.Thread(target=_end_after, args=(parent,), daemon=True).start()
    _limit_memory(memory_limit_bytes)
    prepare()
    line.send("ready")
    while True:
        try:
            payload = line.recv()
        except (EOFError, OSError):
            return
        line.send(work(payload))


def _limit_memory(limit_bytes: int) -> None:
    try:
        import resource
    except ImportError:  # not on Windows
        return
    resource.setrlimit(resource.RLIMIT_AS, (limit_bytes, limit_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # samples must not land in a core file
