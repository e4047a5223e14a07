"""What is simulated: the plan of a session, the runner, the device, and the published figures behind them.

Frames, all right-handed:

=========  =====================================================================================
body       ``x`` the runner's front (``ap``), ``y`` up along the body, ``z`` the runner's right (``ml``)
device     the phone's or watch's own axes; ``Device.mounting`` turns body into device
=========  =====================================================================================

Specific force in g, +1 g on the axis that points up at rest.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gait.errors import UsageError
from gait.recording import check_choice

Floats = NDArray[np.float64]
Kind = Literal["table", "rest", "walk", "run"]
Direction = Literal["forward", "backward"]
Matrix = tuple[tuple[float, float, float], ...]

KINDS: tuple[str, ...] = ("table", "rest", "walk", "run")
DIRECTIONS: tuple[Direction, ...] = ("backward", "forward")
SIMULATED_PLACEMENTS: tuple[str, ...] = ("lower_back", "waist", "hip", "chest", "pocket", "wrist", "unknown")
"""Placements that the simulator can wear; ``unknown`` moves like the lower back."""

MAKER = "simulated by gait"
"""What every file says of itself where its layout has room for it."""

CADENCE_RATIO = 1.10
"""Step frequency backward / forward at equal speed. Higher backward: Cavagna, Legramandi, La Torre 2012 (*J Exp Biol*
215:75-84); Uthoff 2018 (*Sports Med* 48:1083-1096). Both state the sign only; the size is a judgement."""

EFFECTIVE_CONTACT_RATIO = 0.84
"""Time with more than body weight on the ground, backward / forward: pi/sqrt(k/m) of Cavagna et al. 2012 (0.141 s
against 0.167 s, mean of 3 to 17 km/h, n = 9)."""

PUBLISHED_RATIOS = {"stiffness_over_mass": 1.42, "peak_upward_acceleration": 1.19, "aerial_time": 1.36}
"""Further ratios backward / forward of Cavagna et al. 2012 (499/352 1/s², 15.7/13.2 m/s², 0.098/0.072 s).

They are not put in: a sine-shaped contact force that carries body weight on average has two free times. Once cadence
and effective contact are chosen, stiffness follows as 1 / 0.84² = 1.42, peak acceleration as about 1.24 and aerial time
as about 1.15. The measured triple cannot be met by any sine, because real contact forces are not sines."""

WALK_CADENCE_RATIO = 1.05
"""Cadence of walking backward / forward: a judgement."""


@dataclass(frozen=True)
class Stretch:
    """One part of a session.

    Attributes
    ----------
    kind : {"table", "rest", "walk", "run"}
        ``table``: nobody moves; ``rest``: standing, with sway.
    duration_s : float
        How long [s].
    direction : {"forward", "backward"}
        The way of travel against the way the runner faces; without meaning for ``table`` and ``rest``.
    cadence_spm : float, optional
        Steps per minute; otherwise the runner's own, changed with speed.
    speed_ms : float, optional
        Speed [m/s]; otherwise the runner's own.
    treadmill : bool
        On a belt nobody speeds up or slows down against the ground.
    """

    kind: Kind
    duration_s: float
    direction: Direction = "forward"
    cadence_spm: float | None = None
    speed_ms: float | None = None
    treadmill: bool = False

    def __post_init__(self) -> None:
        check_choice("kind", self.kind, KINDS)
        check_choice("direction", self.direction, DIRECTIONS)
        if not 0 < self.duration_s < 86_400:
            raise UsageError(f"a stretch of {self.duration_s:g} s is not possible")
        if self.moves and self.duration_s < 4:
            raise UsageError(f"a {self.kind} of {self.duration_s:g} s is too short", "Give at least 4 s")
        for name, low, high in (("cadence_spm", 40, 260), ("speed_ms", 0.2, 10)):
            value = getattr(self, name)
            if value is not None and not low <= value <= high:
                raise UsageError(f"{name} must lie between {low} and {high}, but is {value:g}")

    @property
    def moves(self) -> bool:
        """Whether somebody walks or runs."""
        return self.kind in {"walk", "run"}

    @property
    def travel(self) -> int:
        """+1 when travelling along the runner's front, -1 along the back."""
        return -1 if self.direction == "backward" else 1


@dataclass(frozen=True)
class Runner:
    """How somebody walks and runs; the defaults are those of a jogger at 3 m/s.

    Forward running at the defaults has a peak of 2.30 body weights (Cavagna et al. 2012: 2.35 as the mean of 3 to
    17 km/h). Amplitudes that no study gives for a sensor at the pelvis (`braking_g` to `wobble_g`) were chosen so that
    simulated recordings and belt-worn ones of real people agree in the spread of the vertical, the share of free fall,
    peaks, and the two parts of the forward-backward acceleration at step frequency.

    Attributes
    ----------
    cadence_spm, contact_s, speed_ms : float
        Forward running: steps per minute, time on the ground [s], speed [m/s].
    cadence_ratio, effective_contact_ratio : float
        Backward / forward.
    braking_g : float
        Peak of braking and of propulsion, along travel [g].
    braking_ratio : float
        The same, backward / forward: a judgement.
    skew, skew_backward : float
        Shape of the contact force sin(pi u) (1 + skew cos(pi u)): positive is a hard landing and a soft take-off,
        negative the reverse (Cavagna, Legramandi, Peyre-Tartaruga 2011, *Proc R Soc B* 278:339-346).
    transient_g, transient_ratio : float
        Impact transient after the initial contact [g], and backward / forward. No study has measured it backward;
        smaller, because the forefoot lands first, is an assumption of this model.
    sway_g : float
        Side-to-side force, towards the middle in each contact [g].
    lopsided_g : float
        Side movement with every step, the same for both feet, in a phase that differs between bouts [g].
    dip_g : float
        How far the pelvis falls short of free fall while the limbs swing [g].
    surge_g : float
        Movement of the pelvis to the runner's front in time with the bounce, the same in either direction [g].
    pitch_rad, roll_rad, yaw_rad : float
        Turning of the pelvis: pitch with the steps (nose up at mid-stance in either direction, so that gravity leaks
        into the front axis and does not flip), roll and yaw with the strides [rad].
    lean_rad, lean_backward_rad : float
        Forward lean of the trunk against standing [rad].
    left_right : float
        Difference of step times between the sides, as a share.
    step_cv, contact_cv, amplitude_cv, bout_cv : float
        Coefficients of variation: step time, contact time, amplitudes from step to step; all of them from bout to bout.
    wobble_g : float
        Movement of the device on the body while running [g].
    walk_cadence_spm, walk_speed_ms, walk_bounce_g : float
        Walking: steps per minute, speed [m/s], amplitude of the vertical at step frequency [g].
    leg_swing_rad, arm_swing_rad : float
        Amplitude of thigh and arm while running [rad].
    """

    cadence_spm: float = 164.0
    contact_s: float = 0.25
    speed_ms: float = 3.0
    cadence_ratio: float = CADENCE_RATIO
    effective_contact_ratio: float = EFFECTIVE_CONTACT_RATIO
    braking_g: float = 0.35
    braking_ratio: float = 1.15
    skew: float = 0.25
    skew_backward: float = -0.15
    transient_g: float = 2.4
    transient_ratio: float = 0.6
    sway_g: float = 0.12
    lopsided_g: float = 0.04
    dip_g: float = 0.04
    surge_g: float = 0.2
    pitch_rad: float = 0.07
    roll_rad: float = 0.05
    yaw_rad: float = 0.08
    lean_rad: float = 0.05
    lean_backward_rad: float = 0.03
    left_right: float = 0.015
    step_cv: float = 0.02
    contact_cv: float = 0.025
    amplitude_cv: float = 0.08
    bout_cv: float = 0.012
    wobble_g: float = 0.09
    walk_cadence_spm: float = 112.0
    walk_speed_ms: float = 1.35
    walk_bounce_g: float = 0.30
    leg_swing_rad: float = 0.3
    arm_swing_rad: float = 0.5

    def __post_init__(self) -> None:
        if not 100 <= self.cadence_spm <= 240:
            raise UsageError(f"a running cadence of {self.cadence_spm:g} steps/min is not possible")
        if not 0.1 <= self.contact_s <= 0.95 * 60 / self.cadence_spm:
            raise UsageError(
                f"a contact of {self.contact_s:g} s leaves no flight at {self.cadence_spm:g} steps/min",
                "Give a shorter contact",
            )


@dataclass(frozen=True)
class Device:
    """The phone or watch and what it does to the signal.

    Attributes
    ----------
    placement : str
        Where it is worn, one of ``SIMULATED_PLACEMENTS``.
    mounting : tuple of three rows
        Device axes in the body frame: ``f_device = mounting @ f_body``; see `mounted` and `tumbled`.
    rate_hz : float
        Nominal sampling rate [Hz].
    jitter_s : float
        Standard deviation of the sampling times [s].
    noise_g : float
        White noise per axis [g].
    gyro_noise_rads : float
        White noise of the angular rate [rad/s].
    bias_g : tuple of three floats
        Constant error per axis [g].
    resolution_g : float
        Smallest step of the converter; 0 for none [g].
    clip_g : float, optional
        Range of the sensor, for example 2, 4, 8 or 16 [g].
    gaps_s : tuple of (float, float)
        Start and length of stretches without samples [s].
    drop_share : float
        Share of rows lost one by one.
    """

    placement: str = "lower_back"
    mounting: Matrix = ((0.0, 0.0, 1.0), (0.0, 1.0, 0.0), (-1.0, 0.0, 0.0))
    rate_hz: float = 100.0
    jitter_s: float = 0.00002
    noise_g: float = 0.006
    gyro_noise_rads: float = 0.01
    bias_g: tuple[float, float, float] = (0.0, 0.0, 0.0)
    resolution_g: float = 1 / 2048
    clip_g: float | None = 8.0
    gaps_s: tuple[tuple[float, float], ...] = ()
    drop_share: float = 0.0

    def __post_init__(self) -> None:
        check_choice("placement", self.placement, SIMULATED_PLACEMENTS)
        matrix = np.asarray(self.mounting, dtype=float)
        turns = matrix.shape == (3, 3) and np.allclose(matrix @ matrix.T, np.eye(3), atol=1e-6)
        if not turns or np.linalg.det(matrix) < 0:
            raise UsageError("mounting must be a rotation of three rows and columns", "Use mounted() or tumbled()")
        if not 1 <= self.rate_hz <= 2000:
            raise UsageError(f"a sampling rate of {self.rate_hz:g} Hz is not possible", "Give 1 to 2000 Hz")
        if not 0 <= self.drop_share < 0.9:
            raise UsageError(f"the share of lost rows must lie between 0 and 0.9, but is {self.drop_share:g}")

    @property
    def anterior_axis(self) -> str | None:
        """Device axis that points exactly to the runner's front, or None."""
        front = np.asarray(self.mounting)[:, 0]
        axis = int(np.argmax(np.abs(front)))
        return f"{'+' if front[axis] > 0 else '-'}{'xyz'[axis]}" if abs(front[axis]) > 1 - 1e-9 else None


def mounted(*, up: str, front: str) -> Matrix:
    """Mounting of a device of which one axis points up and another to the runner's front.

    Parameters
    ----------
    up, front : str
        Device axes, for example ``up="+y", front="-z"``: a phone upright at the small of the back, screen outwards,
        shows its +z axis to the back.

    Returns
    -------
    tuple of three rows
        For ``Device.mounting``.

    Raises
    ------
    UsageError
        When the axes are not known, or both lie along the same one.
    """
    columns = {"+x": (1, 0, 0), "-x": (-1, 0, 0), "+y": (0, 1, 0), "-y": (0, -1, 0), "+z": (0, 0, 1), "-z": (0, 0, -1)}
    check_choice("up", up, tuple(columns))
    check_choice("front", front, tuple(columns))
    if up[1] == front[1]:
        raise UsageError(f"one device axis cannot point up and to the front ({up}, {front})")
    front_vector, up_vector = np.array(columns[front], dtype=float), np.array(columns[up], dtype=float)
    return as_matrix(np.column_stack([front_vector, up_vector, np.cross(front_vector, up_vector)]))


def tumbled(seed: int) -> Matrix:
    """A mounting in any rotation, the same for the same seed (uniform over all rotations, by QR of normal numbers)."""
    values = np.random.default_rng(seed).normal(size=(3, 3))
    turn, upper = np.linalg.qr(values)
    turn = turn * np.sign(np.diag(upper))
    turn[:, 2] *= np.sign(np.linalg.det(turn))
    return as_matrix(turn)


def as_matrix(values: ArrayLike) -> Matrix:
    """Rows of a 3 by 3 matrix as tuples, to nine decimals, so that they print alike everywhere."""
    a, b, c = (np.asarray(values, dtype=float).round(9) + 0.0).tolist()
    return (tuple(a), tuple(b), tuple(c))
