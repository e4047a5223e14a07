"""What clocks of phones and watches get wrong, and the few repairs that stay honest.

Samples keep their own times wherever those are usable. Nothing is interpolated: rows are put in order, dropped
when they are copies, or, when a spreadsheet or a coarse clock took the digits away, counted anew.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from gait.errors import ClockError
from gait.io.arrays import repeats_row, thin
from gait.language import gettext as _
from gait.language import ngettext
from gait.recording import Flag

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_MAX_BLOCKS = 20
_MIN_TAKE_S = 2.0
_FEW_BACKWARD = 1e-3
_FEW_REPEATED = 0.01


@dataclass
class Repair:
    """A clock that rises strictly.

    Attributes
    ----------
    rows : ndarray of int
        Rows of the file to keep, in order of time.
    time_s : ndarray
        Their times, from 0 [s].
    cuts_s : list of float
        Times at which two takes were joined [s].
    flags : list of Flag
        What was repaired.
    notes : list of str
        The same as sentences for the assumptions.
    untouched : bool
        Whether all rows are kept in their order.
    """

    rows: Ints
    time_s: Floats
    cuts_s: list[float] = field(default_factory=list)
    flags: list[Flag] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    untouched: bool = False

    def say(self, code: str, message: str, remedy: str = "", *, note: str = "") -> None:
        """Add a warning, and a sentence to the assumptions."""
        self.flags.append(Flag(code, "warning", message, remedy))
        if note:
            self.notes.append(note)


def repair_clock(time_s: Floats, acc: Floats) -> Repair:
    """Make the times of a recording rise strictly.

    Parameters
    ----------
    time_s : ndarray, shape (n,)
        Times as read, NaN where a row has none [s].
    acc : ndarray, shape (n, 3)
        Acceleration of the same rows, finite.

    Returns
    -------
    Repair
        Rows to keep and their times.

    Raises
    ------
    ClockError
        If the times cannot be trusted.
    """
    rows = np.arange(len(time_s), dtype=np.int64)
    if len(rows) > 2 and np.isfinite(time_s).all():
        steps = np.diff(time_s)
        if steps.min() > 0 and _tiny_share(thin(steps)) < 0.1:
            return Repair(rows, time_s if time_s[0] == 0 else time_s - time_s[0], untouched=True)
    rows = rows[np.isfinite(time_s)]
    work = Repair(rows, time_s[rows])
    if len(rows) < 2 or (work.time_s == work.time_s[0]).all():
        raise ClockError(
            _("all time stamps are equal, as after saving in a spreadsheet"),
            _("Give the file as the app exported it, or remove the time column and give --rate"),
        )
    _order(work, acc)
    _drop_copies(work, acc)
    _spread(work, acc)
    work.time_s = work.time_s - work.time_s[0]
    return work


def _order(work: Repair, acc: Floats) -> None:
    """Deal with time that runs backward."""
    back = np.flatnonzero(np.diff(work.time_s) < 0)
    if not len(back):
        return
    if back[-1] == len(work.rows) - 2 and len(back) == 1:
        work.rows, work.time_s = work.rows[:-1], work.time_s[:-1]
        work.say("truncated", _("The last row has a broken time stamp and was dropped."))
        return
    edges = np.r_[0, back + 1, len(work.rows)]
    spans = [(int(a), int(b)) for a, b in itertools.pairwise(edges)]
    long_takes = all(work.time_s[b - 1] - work.time_s[a] >= _MIN_TAKE_S for a, b in spans)
    if len(back) <= max(1, _FEW_BACKWARD * len(work.rows)) and _local(work.time_s, back):
        order = np.argsort(work.time_s, kind="stable")
        work.rows, work.time_s = work.rows[order], work.time_s[order]
        message = ngettext("{n} row was out of order by its time stamp and was put in its place.",
                           "{n} rows were out of order by their time stamps and were sorted.", len(back))  # fmt: skip
        work.say("backward_time", message)
        return
    if len(spans) <= _MAX_BLOCKS and long_takes:
        _join_takes(work, spans, acc)
        return
    raise ClockError(
        _("time runs backward {n} times in {rows} rows", n=len(back), rows=len(work.rows)),
        _("Give the file as the app exported it; if several recordings were put together, give them one by one"),
    )


def _local(time_s: Floats, back: Ints) -> bool:
    """Whether the steps back are small: neighbours that changed places, not a clock that was set."""
    steps = np.diff(time_s)
    return bool(-steps[back].min() <= max(1.0, 50 * float(np.median(steps[steps > 0]))))


def _join_takes(work: Repair, spans: list[tuple[int, int]], acc: Floats) -> None:
    """Put blocks of rows in order of time, or one after the other when their times overlap."""
    ranges = sorted((work.time_s[a], work.time_s[b - 1], a, b) for a, b in spans)
    apart = all(first[1] < second[0] for first, second in itertools.pairwise(ranges))
    if apart:
        order = np.concatenate([np.arange(a, b) for _, _, a, b in ranges])
        work.rows, work.time_s = work.rows[order], work.time_s[order]
        work.say(
            "backward_time",
            _("The rows stood in {n} blocks in the wrong order and were sorted by time.", n=len(spans)),
            _("Check that the file is one recording."),
            note=_("The rows stood in {n} blocks in the wrong order; they were sorted by their time stamps.",
                   n=len(spans)),
        )  # fmt: skip
        return
    kept = [spans[0]]
    for a, b in spans[1:]:
        first, last = kept[-1]
        same = b - a == last - first and (acc[work.rows[a:b]] == acc[work.rows[first:last]]).all()
        if not same:
            kept.append((a, b))
    times, cuts, offset = [], [], 0.0
    for number, (a, b) in enumerate(kept):
        take = work.time_s[a:b] - work.time_s[a]
        if number:
            offset += float(np.median(np.diff(work.time_s[a:b])))
            cuts.append(offset)
        times.append(take + offset)
        offset = float(times[-1][-1])
    work.rows = np.concatenate([work.rows[a:b] for a, b in kept])
    work.time_s = np.concatenate(times)
    work.cuts_s = cuts
    if len(kept) < len(spans):
        message = ngettext("{n} block of rows is a copy of another and was dropped.",
                           "{n} blocks of rows are copies of others and were dropped.",
                           len(spans) - len(kept))  # fmt: skip
        work.say("duplicates", message)
    if cuts:
        work.say(
            "joined_takes", _("The file holds {n} takes one after the other; each starts its time again.", n=len(kept)),
            _("Give the takes as separate files if they belong to different runs."),
            note=_("The clock starts {n} times: the takes were put one after the other and are analysed separately; "
                   "the pauses between them are not known.", n=len(kept)),
        )  # fmt: skip


def _drop_copies(work: Repair, acc: Floats) -> None:
    """Drop rows that repeat both time stamp and values, and the few that repeat only the stamp."""
    again = np.r_[False, np.diff(work.time_s) == 0]
    if not again.any():
        return
    values = acc[work.rows]
    copies = again & np.r_[False, repeats_row(values)]
    doomed = again if again.mean() <= _FEW_REPEATED else copies if copies.sum() > 0.5 * again.sum() else None
    if doomed is None:
        return
    work.rows, work.time_s = work.rows[~doomed], work.time_s[~doomed]
    message = ngettext("{n} row repeats the time stamp of the row before and was dropped.",
                       "{n} rows repeat the time stamp of the row before and were dropped.",
                       int(doomed.sum()))  # fmt: skip
    work.say("duplicates", message)


def _spread(work: Repair, acc: Floats) -> None:
    """Count rows anew where the clock is too coarse or delivers samples in bursts."""
    repeated = float((np.diff(work.time_s) == 0).mean())
    if repeated == 0 and not _bursts(work, acc):
        return
    time_s = _each_take(work, _counted_times if repeated else _counted_packets)
    if time_s is not None:
        rate = 1 / float(np.median(np.diff(time_s)))
        why = _coarse(repeated)
        work.time_s = time_s
        work.say(
            "clock_rebuilt",
            _(
                "The clock was rebuilt from the number of rows ({rate:.4g} per second) because {why}.",
                rate=rate,
                why=why,
            ),
            _("Give the file as the app exported it, not saved again by a spreadsheet."),
            note=_("The times are counted anew, {rate:.4g} rows per second, because {why}.", rate=rate, why=why),
        )
        return
    time_s = _between_stamps(work.time_s) if repeated else None
    if time_s is not None:
        work.time_s = time_s
        work.say(
            "duplicates",
            _(
                "{share:.1f} % of the rows repeat a time stamp; they were set between their neighbours.",
                share=100 * repeated,
            ),
        )
        return
    raise ClockError(
        _("the time stamps are too coarse: {why} and the rows between them are not even", why=_coarse(repeated)),
        _("Give the file as the app exported it, not saved again by a spreadsheet"),
    )


def _coarse(repeated: float) -> str:
    if repeated:
        return _("{share:.0f} % of the time stamps repeat", share=100 * repeated)
    return _("the samples are stamped in bursts")


def _bursts(work: Repair, acc: Floats) -> bool:
    """Whether samples arrive in packets: many tiny intervals between samples that differ."""
    if _tiny_share(np.diff(work.time_s)) < 0.1:
        return False
    changed = np.r_[True, ~repeats_row(acc[work.rows])]
    return _tiny_share(np.diff(work.time_s[changed])) >= 0.2


def _tiny_share(steps: Floats) -> float:
    """Share of intervals below a fifth of the mean one, gaps left aside."""
    steps = steps[steps < 1.0]
    return float((steps < 0.2 * steps.mean()).mean()) if len(steps) > 10 else 0.0


def _each_take(work: Repair, rebuild: Callable[[Floats], Floats | None]) -> Floats | None:
    """Apply a repair to each stretch without a gap."""
    steps = np.diff(work.time_s)
    rate = len(steps) / max(float(work.time_s[-1] - work.time_s[0]), 1e-9)
    distinct = steps[steps > 0]
    gap = max(2.0, 5 / rate, 3 * float(np.percentile(distinct, 99)))
    edges = np.r_[0, np.flatnonzero(steps > gap) + 1, len(work.time_s)]
    parts = []
    for a, b in itertools.pairwise(edges):
        part = rebuild(work.time_s[a:b])
        if part is None:
            return None
        parts.append(part)
    joined = np.concatenate(parts)
    return joined if (np.diff(joined) > 0).all() else None


def _counted_times(time_s: Floats) -> Floats | None:
    """Even times that agree with coarse stamps, or None when no even rate does."""
    starts = np.flatnonzero(np.diff(time_s) > 0) + 1
    if len(starts) < 8:
        return None
    # the clock passed the middle between two stamps when the second one first appears (rounded stamps) or a constant
    # later (stamps cut off): either way these points lie on the line that counts rows
    middles = (time_s[starts] + time_s[starts - 1]) / 2
    slope, origin = np.polyfit(starts - 0.5, middles, 1)
    if slope <= 0:
        return None
    counted = origin + slope * np.arange(len(time_s))
    coarse = np.diff(time_s[np.r_[0, starts]])
    local = np.maximum(coarse, np.r_[coarse[1:], coarse[-1]])
    allowed = np.repeat(np.r_[local[0], local], np.diff(np.r_[0, starts, len(time_s)]))
    off = np.abs(counted - time_s)
    if (off > 1.05 * allowed + 1.5 * slope).mean() > 0.001 or off.max() > 1.5:
        return None
    return np.asarray(counted, dtype=float)


def _counted_packets(time_s: Floats) -> Floats | None:
    """Even times for samples that are stamped when their packet arrives, or None when the packets are not regular."""
    steps = np.diff(time_s)
    if len(steps) < 20:
        return None
    slope, origin = np.polyfit(np.arange(len(time_s)), time_s, 1)
    counted = origin + slope * np.arange(len(time_s))
    allowed = min(1.2 * float(np.percentile(steps, 99.5)), 1.0)
    if slope <= 0 or float(np.abs(counted - time_s).max()) > allowed:
        return None
    return np.asarray(counted, dtype=float)


def _between_stamps(time_s: Floats) -> Floats | None:
    """Set rows with one stamp evenly between this stamp and the next, if the stamps are fine enough for it."""
    starts = np.flatnonzero(np.r_[True, np.diff(time_s) > 0])
    counts = np.diff(np.r_[starts, len(time_s)])
    steps = np.r_[np.diff(time_s[starts]), np.median(np.diff(time_s[starts]))]
    shared = counts > 1
    if counts.max() > 5 or steps[shared].max() > 0.25 or shared.mean() > 0.2:
        return None
    place = np.arange(len(time_s)) - np.repeat(starts, counts)
    return np.asarray(time_s + place * np.repeat(np.where(shared, steps / counts, 0), counts), dtype=float)
