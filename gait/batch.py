"""Many recordings side by side: each for itself, on the workers of dask.distributed.

The same code runs on this computer and on a cluster. A recording that cannot be read, fails, takes too long or takes
its worker down with it becomes a row of the failures; all others go on.
"""

from __future__ import annotations

import dataclasses
import os
import socket
import time
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gait.analysis import package_version
from gait.errors import GaitError, RecordingError, UsageError
from gait.language import gettext as _
from gait.language import in_language
from gait.season import Entry
from gait.settings import AnalysisSettings
from gait.store import (
    REPORTS,
    Store,
    failed_ids,
    keep_only,
    kept_ids,
    open_store,
    recording_id,
    save_analysis,
    save_failure,
    write_whole,
)

if TYPE_CHECKING:
    from distributed import Client, Future

MAX_S = 900.0
"""A recording that takes longer has failed [s]; an hour of running takes about two seconds."""
MEMORY_BYTES = 2 * 2**30
"""Memory of a local worker; 24 hours at 100 readings per second take 1.3 GB."""
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
CONFIG = {
    "distributed.scheduler.allowed-failures": 0,
    "distributed.scheduler.worker-saturation": 1.0,
    "distributed.scheduler.http.routes": [],
    "distributed.worker.http.routes": [],
    "distributed.worker.daemon": True,
    "distributed.worker.memory.target": False,
    "distributed.worker.memory.spill": False,
    "distributed.worker.memory.pause": False,
    "distributed.worker.memory.terminate": 0.95,
    "distributed.nanny.pre-spawn-environ": ONE_THREAD,
    "logging.distributed": "critical",
}
"""One task at a time per worker and no second try: who takes a worker down is tried once more, alone."""

Outcome = tuple[str, str]
"""Id and "done" or "failed"."""


@dataclass(frozen=True)
class Counts:
    """How a batch went.

    Attributes
    ----------
    found, done, failed, known : int
        Recordings found; analysed and failed now; with a result or failure from before.
    """

    found: int
    done: int
    failed: int
    known: int


@dataclass(frozen=True)
class Task:
    """One recording and where its result goes; what is sent to a worker.

    Attributes
    ----------
    key : str
        Name of the result: hash of content, knowledge, settings and version.
    entry : Entry
        The recording.
    content : str
        Hash of its bytes when the task was made.
    root : str
        Address of the results.
    language : str
        Language of the sentences.
    settings : AnalysisSettings
        Thresholds.
    report : str
        File name of the report below the results.
    """

    key: str
    entry: Entry
    content: str
    root: str
    language: str
    settings: AnalysisSettings
    report: str


def run_batch(
    entries: tuple[Entry, ...],
    out: str | os.PathLike[str],
    *,
    workers: int | None = None,
    scheduler: str | None = None,
    language: str = "en",
    settings: AnalysisSettings | None = None,
    again: bool = False,
    max_s: float = MAX_S,
    on_progress: Callable[[Counts, str], None] = lambda counts, source: None,
) -> Counts:
    """Analyse recordings and keep the results; what has a result or a known failure already is left alone.

    Parameters
    ----------
    entries : tuple of Entry
        From `gait.season.find_season`.
    out : path-like or URL
        Results folder.
    workers : int, optional
        Worker processes on this computer; by default one per core.
    scheduler : str, optional
        Address of a running dask scheduler to use instead, such as ``"tcp://host:8786"``. Its workers need this package
        and must see recordings and results under the same paths.
    language : str
        Of sentences and reports.
    settings : AnalysisSettings, optional
        Thresholds.
    again : bool
        Try failures again.
    max_s : float
        Longest time for one recording [s].
    on_progress : callable
        Told after each recording: counts so far, and its source.

    Raises
    ------
    UsageError
        If another batch writes into the folder, or the scheduler cannot be reached or is lost.
    """
    store = open_store(out)
    with _locked(store):
        tasks = _tasks(entries, store, language, settings or AnalysisSettings())
        known = kept_ids(store) | (set() if again else failed_ids(store))
        todo = {task.key: task for task in tasks if task.key not in known}
        counts = Counts(len(entries), 0, 0, len(entries) - len(todo))
        if todo:
            with _client(workers or os.cpu_count() or 1, scheduler) as client:
                for key, outcome in _outcomes(client, store, todo, max_s):
                    counts = dataclasses.replace(counts, **{outcome: getattr(counts, outcome) + 1})
                    on_progress(counts, todo[key].entry.source)
        keep_only(store, {task.entry.source: task.key for task in tasks})
    return counts


def _tasks(entries: tuple[Entry, ...], store: Store, language: str, settings: AnalysisSettings) -> list[Task]:
    version, root = package_version(), str(store.files.unstrip_protocol(store.root))
    tasks = []
    for entry in entries:
        content = entry.content()
        told = dict(entry.known)
        for name in ("labels", "speed"):  # the table itself counts, not its name
            if Path(told.get(name, "")).is_file():
                told[name] = Path(told[name]).read_text(encoding="utf-8", errors="replace")
        told |= {"source": entry.source, "athlete": entry.athlete, "language": language}
        key = recording_id(content, told, settings, version)
        stem = "".join(c if c.isalnum() or c in "-_" else "_" for c in Path(entry.source).name.split(".")[0])
        report = f"{REPORTS}/{stem[:60]}_{key[:8]}.html"
        tasks.append(Task(key, entry, content, root, language, settings, report))
    return tasks


def analyse_task(task: Task) -> Outcome:
    """Read, analyse and keep one recording; runs in a worker."""
    from gait.analysis import analyze
    from gait.io.reader import read_recording

    store, stage = open_store(task.root), "read"
    try:
        with in_language(task.language):
            reading, knowing = _options(task.entry.known)
            recording = read_recording(task.entry.open(), **reading)
            stage = "analyse"
            analysis = analyze(recording, settings=task.settings, **knowing)
            if task.entry.content() != task.content:
                raise RecordingError(
                    _("the file changed while it was read"), _("Run the batch again"), path=task.entry.source
                )
            stage = "write"
            from gait.report.page import render_report

            write_whole(store, task.report, render_report(analysis).encode())
            save_analysis(
                store, analysis, key=task.key, athlete=task.entry.athlete, source=task.entry.source, report=task.report
            )
    except GaitError as error:
        _fail(task, store, stage, error.problem, error.remedy)
    except OSError as error:
        if stage == "write":  # a full disk is nobody's recording: leave it to the next run
            raise
        _fail(
            task, store, stage, f"the file cannot be read ({error.strerror or error})", "Check the file and your rights"
        )
    except MemoryError:
        _fail(task, store, stage, "it needs more memory than there is", "Cut it into parts")
    except Exception as error:
        problem = f"gait failed through a fault of its own ({type(error).__name__}: {error})"
        _fail(task, store, stage, problem, "Please report it; the recording is not to blame")
    else:
        return task.key, "done"
    return task.key, "failed"


def _fail(task: Task, store: Store, stage: str, problem: str, remedy: str) -> None:
    entry = task.entry
    save_failure(
        store, key=task.key, athlete=entry.athlete, source=entry.source, stage=stage, problem=problem, remedy=remedy
    )


def _options(known: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the reader and what the analysis is told."""
    from gait.told import parse_calibrate, parse_speed, read_labels

    reading: dict[str, Any] = {name: known[name] for name in ("placement", "anterior", "unit") if known.get(name)}
    try:
        if known.get("rate"):
            reading["rate_hz"] = float(known["rate"])
        if known.get("scale"):
            reading["scale"] = float(known["scale"])
    except ValueError:
        raise UsageError(_("rate and scale in the table of athletes must be numbers")) from None
    knowing = {
        "calibrate": parse_calibrate(known.get("calibrate") or None), "speed": parse_speed(known.get("speed") or None),
        "labels": read_labels(Path(known["labels"])) if known.get("labels") else None,
        "backward_group": known.get("backward_group") or None,
    }  # fmt: skip
    return reading, knowing


def _outcomes(client: Client, store: Store, todo: dict[str, Task], max_s: float) -> Generator[Outcome, None, None]:
    """Outcomes as they come; recordings whose worker died are tried again at the end, one after the other."""
    suspects = yield from _round(client, store, list(todo.values()), max_s)
    for task in suspects:
        again = yield from _round(client, store, [task], max_s)
        if again:
            _fail(task, store, "worker", "its analysis took the worker process down", "Cut the recording into parts")
            yield task.key, "failed"


def _round(client: Client, store: Store, tasks: list[Task], max_s: float) -> Generator[Outcome, None, list[Task]]:
    """Submit, watch the time, yield outcomes; returns the tasks whose worker died."""
    from distributed import KilledWorker, wait

    futures = {
        client.submit(analyse_task, task, key=f"{task.key}-{time.monotonic_ns()}", pure=False): task for task in tasks
    }
    started: dict[str, float] = {}
    suspects: list[Task] = []
    while futures:
        try:
            done = wait(list(futures), timeout=1.0, return_when="FIRST_COMPLETED").done
        except TimeoutError:
            done = set()
        for future in done:
            task = futures.pop(future)
            outcome = _result(future)
            if isinstance(outcome, KilledWorker):
                suspects.append(task)
            elif isinstance(outcome, BaseException):
                _give_up(outcome)
            else:
                yield outcome
            future.release()
        for future in _overdue(client, futures, started, max_s):
            task = futures.pop(future)
            _stop(client, future)
            _fail(task, store, "worker", f"it took longer than {max_s:.0f} s", "Cut the recording into parts")
            yield task.key, "failed"
    return suspects


def _result(future: Future) -> Any:
    try:
        return future.result()
    except Exception as error:
        return error


def _give_up(error: BaseException) -> None:
    if isinstance(error, OSError) and error.errno is not None:
        problem = _("results cannot be written ({reason})", reason=error.strerror or error)
        raise UsageError(problem, _("Make room and run the same command again; it goes on where it stopped"))
    problem = _("the scheduler or its workers were lost ({reason})", reason=type(error).__name__)
    raise UsageError(problem, _("Run the same command again; it goes on where it stopped")) from error


def _overdue(client: Client, futures: dict[Future, Task], started: dict[str, float], max_s: float) -> list[Future]:
    running = {key for keys in client.processing().values() for key in keys}
    now = time.monotonic()
    for future in futures:
        if future.key in running:
            started.setdefault(future.key, now)
    return [future for future in futures if now - started.get(future.key, now) > max_s]


def _stop(client: Client, future: Future) -> None:
    """End a task that does not end by itself, by starting its worker anew."""
    busy = [address for address, keys in client.processing().items() if future.key in keys]
    client.cancel([future], force=True)
    if busy:
        client.restart_workers(busy, raise_for_error=False)


@contextmanager
def _client(workers: int, scheduler: str | None) -> Iterator[Client]:
    import dask
    from distributed import Client, LocalCluster

    os.environ.update(ONE_THREAD)
    with dask.config.set(CONFIG):
        if scheduler is not None:
            try:
                client = Client(scheduler, timeout=10)
            except (OSError, ValueError) as error:
                raise UsageError(
                    _("there is no scheduler at {scheduler}", scheduler=scheduler), _("Start one with: dask scheduler")
                ) from error
            with client:
                yield client
            return
        with (
            LocalCluster(
                n_workers=workers, threads_per_worker=1, memory_limit=MEMORY_BYTES, dashboard_address="127.0.0.1:0",
                silence_logs=60, host="127.0.0.1",
            ) as cluster,
            Client(cluster) as client,
        ):  # fmt: skip
            yield client


@contextmanager
def _locked(store: Store) -> Iterator[None]:
    """Keep a second batch out of the folder; a lock whose owner is gone does not count."""
    if store.folder is None:
        yield
        return
    lock = store.folder / ".batch.lock"
    owner = f"{socket.gethostname()} {os.getpid()}"
    while True:
        try:
            handle = os.open(lock, os.O_CREAT | os.O_EXCL | os.O_WRONLY)
            break
        except FileExistsError:
            if _alive(lock):
                problem = _("another batch is writing into {folder}", folder=store.root)
                raise UsageError(problem, _("Wait until it is done, or choose another folder")) from None
            lock.unlink(missing_ok=True)
    try:
        os.write(handle, owner.encode())
        os.close(handle)
        yield
    finally:
        lock.unlink(missing_ok=True)


def _alive(lock: Path) -> bool:
    """Whether the owner of a lock still runs; owners on other computers are taken to."""
    try:
        host, number = lock.read_text().split()
    except (OSError, ValueError):
        return False
    if host != socket.gethostname():
        return True
    try:
        os.kill(int(number), 0)
    except (ProcessLookupError, ValueError):
        return False
    except PermissionError:
        return True
    return int(number) != os.getpid()
