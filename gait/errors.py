"""What can go wrong, as types.

::

    GaitError                  a sentence for the user: "file: problem. Remedy."
    ├── RecordingError         the file cannot be used as an acceleration recording
    │   ├── NotFoundError      no such file or folder
    │   ├── WrongKindError     readable, but not acceleration (gyroscope, GPS, step table, ...)
    │   ├── UnknownUnitError   the unit is neither stated nor certain, or statement and evidence disagree
    │   ├── ClockError         no usable time, and no rate given
    │   └── ArchiveError       a zip or folder that is too large, nested, unsafe or ambiguous
    └── UsageError             the options contradict each other or the recording (exit status 2)

    GaitWarning                something was repaired or withheld; the analysis goes on
"""


class GaitError(Exception):
    """Base of all errors of this package: names the file, the problem and the remedy.

    Parameters
    ----------
    problem : str
        What is wrong, without a full stop.
    remedy : str
        What the user can do, without a full stop.
    path : str, optional
        The file or folder concerned.
    """

    def __init__(self, problem: str, remedy: str = "", *, path: str | None = None) -> None:
        self.problem = problem.rstrip(".")
        self.remedy = remedy.rstrip(".")
        self.path = path
        super().__init__(problem, remedy)

    def __str__(self) -> str:
        where = f"{self.path}: " if self.path else ""
        remedy = f" {self.remedy}." if self.remedy else ""
        return f"{where}{self.problem}.{remedy}"


class RecordingError(GaitError):
    """The file cannot be used as an acceleration recording."""


class NotFoundError(RecordingError):
    """There is no such file or folder."""


class WrongKindError(RecordingError):
    """The file is readable but holds something else than acceleration samples."""


class UnknownUnitError(RecordingError):
    """The unit of acceleration is unknown, or what is stated contradicts the numbers."""


class ClockError(RecordingError):
    """There is no usable time in the file and no rate was given, or the rate is too low."""


class ArchiveError(RecordingError):
    """A zip or folder is too large, nested, unsafe or ambiguous."""


class UsageError(GaitError):
    """The options contradict each other or the recording."""


class GaitWarning(UserWarning):
    """Something was repaired or withheld; the analysis goes on."""
