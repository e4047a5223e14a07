"""Recordings that do harm when a worker opens them."""

import os
import signal
import time
from pathlib import Path
from typing import BinaryIO

from gait.season import Entry


class Killer(Entry):
    """Takes its worker process down, as a crash in a library would."""

    def open(self) -> Path | BinaryIO:
        os.kill(os.getpid(), signal.SIGKILL)
        return self.path


class Endless(Entry):
    """Never ends."""

    def open(self) -> Path | BinaryIO:
        while True:
            time.sleep(0.1)


class Changing(Entry):
    """Is written to while it is read."""

    def open(self) -> Path | BinaryIO:
        with self.path.open("a") as file:
            file.write("\n")
        return self.path
