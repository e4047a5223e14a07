"""Unit, gravity and sign of acceleration: names and metadata first, evidence second, contradiction is an error.

The evidence (see `Evidence`) rests on one fact: gravity survives averaging while motion averages out, so the mean
vector of a two-second window has the length 1 g whatever the runner does, if gravity is in the numbers at all.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from gait.errors import RecordingError, UnknownUnitError, WrongKindError
from gait.io.arrays import excerpt, thin_steps, window_starts
from gait.language import gettext as _
from gait.recording import STANDARD_GRAVITY_MS2, Gravity

Floats = NDArray[np.float64]

PER_G = {"g": 1.0, "m/s^2": STANDARD_GRAVITY_MS2, "mg": 1000.0, "1/64 g": 64.0, "cm/s^2": 100 * STANDARD_GRAVITY_MS2}
"""How many of each unit make one g."""

RADS_PER = {"rad/s": 1.0, "deg/s": np.pi / 180, "mdeg/s": np.pi / 180_000}
"""Angular rates in rad/s."""

_WINDOW_S = 2.0
# bounds found on 106 real series (68 with gravity, 28 without, 10 gyroscopes): none taken for what it is not
_LOW, _HIGH, _MAX_SPREAD, _MIN_COHERENCE = 0.75, 1.30, 2.5, 0.30


@dataclass(frozen=True)
class Evidence:
    """What the numbers say about unit and gravity.

    Attributes
    ----------
    level : float
        Median over two-second windows of the length of the mean vector, in the file's unit.
    spread : float
        Ratio of the 95th to the 5th percentile of those lengths.
    coherence : float
        `level` divided by the root mean square of all vectors.
    rms : float
        Root mean square length of all vectors, in the file's unit.
    constancy : float
        Standard deviation of the vectors' length over its mean.
    wander : float
        Spread of the vectors around their mean over the mean length.
    brisk_hz : float
        How fast the numbers change: root-mean-square frequency, median over windows [Hz].
    roughness : float
        Change from sample to sample over the spread in a window, median over windows; 1.4 for noise.
    """

    level: float
    spread: float
    coherence: float
    rms: float
    constancy: float
    wander: float
    brisk_hz: float
    roughness: float

    def seen_unit(self, coherence: float = _MIN_COHERENCE) -> str | None:
        """The unit in which the numbers look like acceleration with gravity, or None."""
        if self.spread >= _MAX_SPREAD or self.coherence < coherence:
            return None
        fits = [unit for unit in ("g", "m/s^2", "mg") if _LOW <= self.level / PER_G[unit] <= _HIGH]
        return fits[0] if fits else None

    def looks_measured(self) -> bool:
        """Whether the numbers change as quickly as an accelerometer's: positions and smoothed directions do not."""
        if self.roughness >= 0.6:
            return True  # slow sampling leaves no other sign
        return self.brisk_hz >= 1.2 and (self.brisk_hz >= 3.2 or self.constancy >= 0.08)


def weigh(time_s: Floats, acc: Floats) -> Evidence:
    """Collect the evidence on unit and gravity.

    Parameters
    ----------
    time_s : ndarray, shape (n,)
        Rising times [s].
    acc : ndarray, shape (n, 3)
        Finite values in the file's unit.

    Returns
    -------
    Evidence
        Statistics over windows of two seconds.
    """
    some = excerpt(len(time_s))
    time_s, acc = time_s[some], acc[some]
    starts, counts = window_starts(time_s, _WINDOW_S)
    means = np.add.reduceat(acc, starts, axis=0) / counts[:, None]
    squares = np.einsum("ij,ij->i", acc, acc)
    changes = np.zeros(len(acc))
    steps = np.diff(acc, axis=0)
    changes[1:] = np.einsum("ij,ij->i", steps, steps)
    power = np.add.reduceat(squares, starts) / counts - np.einsum("ij,ij->i", means, means)
    change = np.add.reduceat(changes, starts) / counts
    full = counts >= 0.5 * np.median(counts)
    lengths = np.sqrt(np.einsum("ij,ij->i", means, means))[full]
    interval_s = float(np.median(thin_steps(time_s)))
    with np.errstate(divide="ignore", invalid="ignore"):
        rough = np.sqrt(change / np.maximum(power, 0))[full]
    rough = rough[np.isfinite(rough)]
    roughness = float(np.median(rough)) if len(rough) else 0.0
    low, level, high = np.percentile(lengths, [5, 50, 95])
    rms = float(np.sqrt(squares.mean()))
    length = np.sqrt(squares)
    mean_length = float(length.mean())
    return Evidence(
        level=float(level),
        spread=float(high / low) if low > 0 else np.inf,
        coherence=float(level / rms) if rms > 0 else 0.0,
        rms=rms,
        constancy=float(length.std() / mean_length) if mean_length > 0 else 0.0,
        wander=float(np.sqrt(acc.var(axis=0).sum()) / mean_length) if mean_length > 0 else 0.0,
        brisk_hz=roughness / (2 * np.pi * interval_s),
        roughness=roughness,
    )


@dataclass(frozen=True)
class Verdict:
    """What the acceleration is taken for.

    Attributes
    ----------
    unit : str
        Unit of the numbers in the file.
    gravity : {"included", "removed", "unknown"}
        Whether they hold gravity.
    notes : tuple of str
        What was decided and why.
    surprise : str
        Empty, or how gravity differs from what the names say.
    """

    unit: str
    gravity: Gravity
    notes: tuple[str, ...] = ()
    surprise: str = ""


def judge(
    evidence: Evidence,
    *,
    unit: str,
    unit_from: str,
    kind: Literal["acceleration", "linear", "bare"],
) -> Verdict:
    """Decide unit and gravity from what is stated and what is seen.

    Parameters
    ----------
    evidence : Evidence
        What the numbers say.
    unit : str
        Unit stated, ``""`` when none is.
    unit_from : str
        Where the unit is stated, for the sentences.
    kind : {"acceleration", "linear", "bare"}
        What the names say: acceleration, gravity-removed acceleration, or nothing but x, y, z.

    Returns
    -------
    Verdict
        Unit and gravity, with the reasons.

    Raises
    ------
    UnknownUnitError
        If the unit is neither stated nor certain, or stated and contradicted by the numbers.
    WrongKindError
        If the numbers cannot be those of an accelerometer.
    """
    _check_is_motion(evidence, kind)
    if not unit:
        return _judge_unstated(evidence, kind)
    per_g = PER_G[unit]
    share = evidence.level / per_g
    seen = evidence.seen_unit(0.6 if kind == "linear" else _MIN_COHERENCE)
    if seen and seen != unit and not (unit in {"1/64 g", "cm/s^2"} and _LOW <= share <= _HIGH):
        raise UnknownUnitError(
            _(
                "{unit_from} says {unit}, but the mean of two seconds is {level:.4g}, which is 1 g in {seen}",
                unit_from=unit_from,
                unit=unit,
                level=evidence.level,
                seen=seen,
            ),
            _("Give the right unit, for example --unit {seen}", seen=seen),
        )
    if share > 2.5 or evidence.rms / per_g > 6:  # a foot that swings reaches 1.6 g in the mean
        raise UnknownUnitError(
            _(
                "{unit_from} says {unit}, but then the mean acceleration would be {share:.3g} g and its root mean "
                "square {rms:.3g} g, which no runner's body does",
                unit_from=unit_from,
                unit=unit,
                share=share,
                rms=evidence.rms / per_g,
            ),
            _("Check that the columns are acceleration and give the right unit with --unit or --scale"),
        )
    return _judge_gravity(evidence, unit, share, kind)


def _judge_gravity(evidence: Evidence, unit: str, share: float, kind: str) -> Verdict:
    """Whether gravity is in numbers whose mean over two seconds is `share` [g]."""
    included = share >= 0.5 and evidence.coherence >= _MIN_COHERENCE
    if kind == "linear":
        if _LOW <= share <= _HIGH and evidence.coherence >= 0.6 and evidence.spread < 2.0:
            surprise = _("the names say that gravity is removed, but the numbers hold {share:.2f} g of it", share=share)
            return Verdict(unit, "included", (_("Gravity is in the numbers: {why}.", why=surprise),), surprise)
        return Verdict(unit, "removed")
    if included:
        return Verdict(unit, "included")
    if share < 0.5 and evidence.coherence < _MIN_COHERENCE:
        surprise = _("the mean acceleration is {share:.2f} g, so gravity has been removed although no name says so",
                     share=share)  # fmt: skip
        return Verdict(unit, "removed", (_("Gravity is taken as removed: {why}.", why=surprise),), surprise)
    surprise = _("the mean acceleration is {share:.2f} g, which is neither with gravity (1 g) nor without (0 g)",
                 share=share)  # fmt: skip
    return Verdict(unit, "unknown", (_("Whether gravity is included is not known: {why}.", why=surprise),), surprise)


def _check_is_motion(evidence: Evidence, kind: str) -> None:
    if evidence.wander == 0:
        raise RecordingError(
            _("the acceleration never changes, so the sensor was off or stuck"),
            _("Record again with the accelerometer switched on"),
        )
    # the stillest real accelerometer varies in length by 0.1 % as well, a calculated direction of gravity only turns
    if evidence.constancy < 1e-4 and (kind == "bare" or evidence.wander > 0.02):
        raise WrongKindError(
            _("the vector turns but its length never changes, so this is the direction of gravity, not acceleration"),
            _("Give the file with the accelerometer, or the whole export folder or zip"),
        )


def _judge_unstated(evidence: Evidence, kind: str) -> Verdict:
    seen = evidence.seen_unit()
    if seen in {"g", "m/s^2"} and kind != "linear" and (kind != "bare" or evidence.looks_measured()):
        note = _(
            "The unit is not stated; {unit} is taken because the mean of two seconds is {level:.4g}, which is 1 g in "
            "{unit}.",
            unit=seen, level=evidence.level,
        )  # fmt: skip
        return Verdict(seen, "included", (note,))
    if kind == "bare":
        raise WrongKindError(
            _(
                "the columns x, y, z have no name or unit that says what they are, and the numbers do not look like "
                "acceleration with gravity (they could be a gyroscope, a magnetometer or gravity-free acceleration)"
            ),
            _("If they are acceleration, give --acc-columns and --unit; else give the accelerometer's file"),
        )
    raise UnknownUnitError(
        _(
            "the unit of acceleration is not stated, and the numbers do not settle it (mean of two seconds "
            "{level:.4g})",
            level=evidence.level,
        ),
        _("Give it with --unit (g, m/s^2 or mg) or with --scale (counts per g)"),
    )
