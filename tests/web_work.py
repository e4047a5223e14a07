"""Work for worker processes in tests: it sleeps, it dies, it fills the memory."""

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
                return len(bytearray(1 << 40))
            except MemoryError:
                return "no memory"
        case float(seconds):
            time.sleep(seconds)
    return payload
