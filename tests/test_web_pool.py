"""Workers: limits, cancelling, and a queue that refuses instead of growing."""

import threading
import time

import pytest

from gait.app.web.pool import Pool, QueueFull, Task
from tests.web_work import ready, work


class Asked:
    """A task whose outcome can be waited for."""

    def __init__(self, payload):
        self.over = threading.Event()
        self.task = Task(payload, self._then)

    def _then(self, *outcome):
        self.outcome = outcome
        self.over.set()

    def wait(self):
        assert self.over.wait(30)
        return self.outcome


@pytest.fixture
def pool():
    made = Pool(work, ready, workers=1, waiting=2, time_limit_s=1.0, memory_limit_bytes=4 << 30)
    yield made
    made.close()


def ask(pool, payload):
    asked = Asked(payload)
    pool.submit(asked.task)
    return asked


def until(condition):
    end = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_a_worker_answers_and_stays(pool):
    first, second = ask(pool, "who").wait(), ask(pool, "who").wait()
    assert first[0] == "done"
    assert first == second


def test_a_worker_that_dies_or_hangs_is_told_and_replaced(pool):
    assert ask(pool, "die").wait() == ("died", None)
    assert ask(pool, 60.0).wait() == ("too long", None)
    assert ask(pool, "fill").wait() == ("done", "no memory")


def test_a_worker_that_is_ended_while_it_waits_is_replaced(pool):
    import psutil

    first = ask(pool, "who").wait()[1]
    psutil.Process(first).kill()
    until(lambda: psutil.Process(first).status() == psutil.STATUS_ZOMBIE)
    ending, second = ask(pool, "who").wait()
    assert ending == "done" and second != first


def test_cancelling_ends_the_worker_and_nobody_else_notices(pool):
    running, waiting, third = ask(pool, 60.0), None, None
    until(lambda: running.task.running)
    waiting, third = ask(pool, "a"), ask(pool, "b")
    before = time.monotonic()
    pool.cancel(waiting.task)
    pool.cancel(running.task)
    assert running.wait() == ("cancelled", None)
    assert waiting.wait() == ("cancelled", None)
    assert third.wait() == ("done", "b")
    assert time.monotonic() - before < 20


def test_a_full_queue_refuses(pool):
    running = ask(pool, 60.0)
    until(lambda: running.task.running)
    assert not pool.full()
    ask(pool, "a"), ask(pool, "b")
    assert pool.full()
    with pytest.raises(QueueFull):
        ask(pool, "c")


def test_closing_leaves_no_process(pool):
    import psutil

    ask(pool, "who").wait()
    ids = pool.worker_ids()
    ask(pool, 60.0)
    pool.close()
    assert ids
    assert not any(psutil.pid_exists(i) for i in ids)
