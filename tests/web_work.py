"""Work for worker processes in tests: it sleeps, it dies, it fills the memory."""

import mmap
import os
import time


def ready():
    pass


def work(payload):
    match payload:
        case "who":
            return os.getpid()
        case "die":
            os._exit(9)
        case "fill":
            try:
                return len(mmap.mmap(-1, 5 << 30))  # more than the limit; nothing is written into it
            except OSError:
                return "no memory"
        case float(seconds):
            time.sleep(seconds)
    return payload
