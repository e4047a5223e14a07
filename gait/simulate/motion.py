"""Where the body and the device on it go: specific force in the level frame, attitude, and both joined.

The level frame looks where the runner faces: x front, y up, z right. The device sits on a segment (pelvis, chest,
thigh, arm) that turns about that frame; its position on the segment adds what a turning lever feels.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from gait.recording import STANDARD_GRAVITY_MS2
from gait.simulate.model import Floats, Runner, Stretch
from gait.simulate.steps import (
    DOUBLE_SUPPORT_SHARE,
    TRANSIENT_DECAY_S,
    TRANSIENT_DELAY_S,
    TRANSIENT_HZ,
    Steps,
    make_steps,
    transient_impulse,
)

RAMP_S = 0.8
"""How long a bout takes to reach its full amplitude, and to lose it [s]."""
SPEED_UP_S = {"run": 2.5, "walk": 1.2}
"""How long it takes to reach the speed [s]."""
TURN_S = 0.6
"""How long a change of lean takes on either side of a border [s]."""
HALF_STEP_S = 0.002
"""Step of the numerical derivatives of attitude and position [s]."""
TRANSIENT_AP, TRANSIENT_ML = -0.7, 0.45
"""Impact transient along travel and to the side of the foot, as shares of the vertical one."""


@dataclass(frozen=True)
class Bout:
    """One walk or run as it happens.

    Attributes
    ----------
    stretch : Stretch
        Its plan.
    start_s : float
        Start in the recording [s].
    steps : Steps
        Its steps.
    runner : Runner
        The runner as he is in it.
    lopsided_at : float
        Phase of his lopsidedness [steps].
    """

    stretch: Stretch
    start_s: float
    steps: Steps
    runner: Runner
    lopsided_at: float = 0.0

    @property
    def end_s(self) -> float:
        """End [s]."""
        return self.start_s + self.stretch.duration_s

    @property
    def usual_speed_ms(self) -> float:
        """The runner's own speed in this gait [m/s]."""
        return self.runner.speed_ms if self.stretch.kind == "run" else self.runner.walk_speed_ms

    def envelope(self, time_s: Floats) -> Floats:
        """How much of the movement is there: 0 at the borders, 1 inside."""
        inside = np.clip(np.minimum(time_s - self.start_s, self.end_s - time_s) / RAMP_S, 0, 1)
        return np.asarray(0.5 - 0.5 * np.cos(np.pi * inside))

    def phase(self, time_s: Floats) -> Floats:
        """Smooth count of steps: an integer at each initial contact, even at contacts of the right foot."""
        from scipy.interpolate import CubicSpline

        ic, step = self.steps.ic_s, self.steps.step_s
        around = np.arange(1, 4)
        knots = np.r_[ic[0] - step[0] * around[::-1], ic, ic[-1] + step[-1] * around]
        counts = np.arange(len(knots)) - 3.0 + (0.0 if self.steps.side[0] > 0 else 1.0)
        return np.asarray(CubicSpline(knots, counts)(time_s))

    def speeding(self, time_s: Floats) -> Floats:
        """Acceleration along travel while getting up to speed and slowing down [g]."""
        if self.stretch.treadmill:
            return np.zeros(len(time_s))
        ramp_s = min(SPEED_UP_S[self.stretch.kind], self.stretch.duration_s / 4)
        peak = (self.stretch.speed_ms or self.usual_speed_ms) / (ramp_s * STANDARD_GRAVITY_MS2)

        def bump(since_s: Floats) -> Floats:
            return np.where((since_s > 0) & (since_s < ramp_s), 1 - np.cos(2 * np.pi * since_s / ramp_s), 0.0)

        return np.asarray(peak * (bump(time_s - self.start_s) - bump(self.end_s - time_s)))

    def force(self, time_s: Floats) -> Floats:
        """Specific force in the level frame, shape (n, 3) [g]."""
        up, along, right = (_run_force if self.stretch.kind == "run" else _walk_force)(self, time_s)
        size, travel = self.envelope(time_s), self.stretch.travel
        surge = self.runner.surge_g * (1.0 if self.stretch.kind == "run" else 0.15) * self._bounce(time_s)
        front = size * surge + travel * (size * along + self.speeding(time_s))
        lopsided = self.runner.lopsided_g * np.cos(2 * np.pi * (self.phase(time_s) - self.lopsided_at))
        return np.column_stack([front, 1 + size * (up - 1), size * (right + lopsided)])

    @property
    def middle(self) -> float:
        """Phase of mid-stance (running) or of mid double support (walking)."""
        if self.stretch.kind == "walk":
            return DOUBLE_SUPPORT_SHARE / 2
        return float(np.mean((self.steps.tc_s - self.steps.ic_s) / self.steps.step_s)) / 2

    def _bounce(self, time_s: Floats) -> Floats:
        """+1 when the vertical force peaks, -1 half a step later."""
        return np.asarray(np.cos(2 * np.pi * (self.phase(time_s) - self.middle)))

    def turning(self, time_s: Floats, placement: str) -> Floats:
        """Pitch (nose up), roll and yaw of the segment about its mean, shape (n, 3) [rad].

        Parameters
        ----------
        time_s : ndarray, shape (n,)
            Times in the recording [s].
        placement : str
            Where the device is worn.
        """
        who, running = self.runner, self.stretch.kind == "run"
        middle, size = self.middle, self.envelope(time_s)
        phase = self.phase(time_s)
        stride = np.pi * phase
        if placement == "pocket":  # most flexed just before its foot lands; backward, the leg plays in reverse
            swing = who.leg_swing_rad * (1.0 if running else 0.75) * (0.75 if self.stretch.travel < 0 else 1.0)
            pitch = swing * np.cos(stride - np.pi * middle + self.stretch.travel * np.pi * (middle + 0.2))
        elif placement == "wrist":  # the right arm swings with the left leg
            swing = who.arm_swing_rad * (1.0 if running else 0.5)
            pitch = -swing * np.cos(stride - np.pi * middle + self.stretch.travel * np.pi * (middle + 0.2))
            pitch = pitch + 0.12 * swing * np.cos(2 * np.pi * (phase - middle))
        else:
            pitch = who.pitch_rad * (1.0 if running else 0.3) * np.cos(2 * np.pi * (phase - middle))
        roll = who.roll_rad * np.sin(stride - np.pi * middle)
        yaw = who.yaw_rad * self.stretch.travel * np.cos(stride - np.pi * middle)
        return np.column_stack([size * pitch, size * roll, size * yaw])


def _run_force(bout: Bout, time_s: Floats) -> tuple[Floats, Floats, Floats]:
    """Up, along travel, right, of a spring-mass run [g]."""
    steps, who = bout.steps, bout.runner
    row = np.searchsorted(steps.ic_s, time_s, side="right") - 1
    known = row >= 0
    row = np.maximum(row, 0)
    since = time_s - steps.ic_s[row]
    contact, step = (steps.tc_s - steps.ic_s)[row], steps.step_s[row]
    u, w = since / contact, (since - contact) / (step - contact)
    stance, flight = known & (u < 1), known & (w >= 0) & (w < 1)
    push = np.where(stance, np.sin(np.pi * u), 0.0)
    skew = who.skew if bout.stretch.travel > 0 else who.skew_backward
    burst = np.where(known, steps.transient_g[row] * _burst(since), 0.0)
    force = steps.force_g[row] * push * (1 + skew * np.cos(np.pi * u)) + burst
    up = np.where(stance | flight, force - np.where(flight, who.dip_g * np.sin(np.pi * w), 0.0), 1.0)
    refund = -TRANSIENT_AP * transient_impulse(steps.transient_g)[row] * np.pi / (2 * contact)
    along = np.where(stance, -steps.braking_g[row] * np.sin(2 * np.pi * u), 0.0) + refund * push + TRANSIENT_AP * burst
    return up, along, steps.side[row] * (TRANSIENT_ML * burst - who.sway_g * push)


def _walk_force(bout: Bout, time_s: Floats) -> tuple[Floats, Floats, Floats]:
    """Up, along travel, right, of an inverted pendulum: fastest and pressed down most in double support [g]."""
    steps = bout.steps
    phase = bout.phase(time_s)
    angle = 2 * np.pi * (phase - DOUBLE_SUPPORT_SHARE / 2)
    middle = steps.ic_s + 0.5 * DOUBLE_SUPPORT_SHARE * steps.step_s
    bounce, braking = np.interp(time_s, middle, steps.force_g), np.interp(time_s, middle, steps.braking_g)
    row = np.searchsorted(steps.ic_s, time_s, side="right") - 1
    since = time_s - steps.ic_s[np.maximum(row, 0)]
    burst = np.where(row >= 0, steps.transient_g[np.maximum(row, 0)] * _burst(since), 0.0)
    burst = burst - np.mean(transient_impulse(steps.transient_g)) / np.mean(steps.step_s)
    up = 1 + bounce * (np.cos(angle) + 0.3 * np.cos(2 * angle + 2.5)) + burst
    along = -braking * (np.sin(angle) + 0.2 * np.sin(2 * angle)) + TRANSIENT_AP * burst
    return up, along, -bout.runner.sway_g * np.sin(np.pi * (phase - DOUBLE_SUPPORT_SHARE / 2))


def _burst(since_s: Floats) -> Floats:
    late = np.maximum(since_s - TRANSIENT_DELAY_S, 0.0)
    return np.asarray(np.exp(-late / TRANSIENT_DECAY_S) * np.sin(2 * np.pi * TRANSIENT_HZ * late))


LEVER_M = {"hip": (0.0, 0.0, 0.15), "pocket": (0.06, -0.16, 0.05), "wrist": (0.08, -0.3, 0.05)}
"""Where the device sits on its segment, from the point that moves like the pelvis [m]; elsewhere at that point."""
TRUNK_SHARE = {"chest": 0.95}
"""How much of the pelvis' force arrives."""
SHOCK = {"pocket": 1.4, "wrist": 1.2, "chest": 0.7}
"""Impact transient of a loose device, or of one far from the ground, relative to the pelvis."""
LEAN_RAD = {
    "pocket": {"rest": 0.05, "walk": 0.12, "run": 0.25},
    "wrist": {"rest": 0.0, "walk": 0.2, "run": 0.6},
}
"""Mean pitch of thigh and arm [rad]; the trunk leans as the runner says."""


@dataclass(frozen=True)
class Session:
    """Everything that happens to the body in one recording.

    Attributes
    ----------
    plan : tuple of Stretch
        What was planned.
    borders_s : ndarray, shape (n + 1,)
        Starts of the stretches and the end [s].
    bouts : tuple of Bout
        The walks and runs.
    lean_rad : ndarray, shape (n, 3)
        Mean pitch, roll and yaw of each stretch [rad].
    sway : ndarray, shape (6,)
        Random phases of standing [rad].
    placement : str
        Where the device is worn.
    """

    plan: tuple[Stretch, ...]
    borders_s: Floats
    bouts: tuple[Bout, ...]
    lean_rad: Floats
    sway: Floats
    placement: str

    def level_force(self, time_s: Floats) -> Floats:
        """Specific force of the trunk in the level frame, shape (n, 3) [g]."""
        force = np.tile([0.0, 1.0, 0.0], (len(time_s), 1))
        for bout in self.bouts:
            inside = slice(*np.searchsorted(time_s, [bout.start_s, bout.end_s]))
            force[inside] = bout.force(time_s[inside])
        share = TRUNK_SHARE.get(self.placement, 1.0)
        return np.asarray([0.0, 1.0 - share, 0.0] + share * force)

    def attitude_rad(self, time_s: Floats, *, slow: bool = False) -> Floats:
        """Pitch, roll and yaw of the segment, shape (n, 3) [rad].

        Parameters
        ----------
        time_s : ndarray, shape (n,)
            Times in the recording [s].
        slow : bool
            Whether the turning of each step is left out.
        """
        knots = np.sort(np.r_[self.borders_s[1:-1] - TURN_S, self.borders_s[1:-1] + TURN_S])
        values = np.repeat(self.lean_rad, 2, axis=0)[1:-1]
        if len(knots):
            angles = np.column_stack([np.interp(time_s, knots, values[:, axis]) for axis in range(3)])
        else:
            angles = np.tile(self.lean_rad[0], (len(time_s), 1))
        if any(stretch.kind != "table" for stretch in self.plan):
            drift = 2 * np.pi * np.outer(time_s, [0.21, 0.33, 0.17, 0.11, 0.07, 0.05]) + self.sway
            angles += np.sin(drift[:, :3]) * 0.006 + np.sin(drift[:, 3:]) * 0.008
        for bout in () if slow else self.bouts:
            inside = slice(*np.searchsorted(time_s, [bout.start_s, bout.end_s]))
            if inside.stop > inside.start:
                angles[inside] += bout.turning(time_s[inside], self.placement)
        return angles

    def on_segment(self, time_s: Floats) -> tuple[Floats, Floats, Floats]:
        """What a perfect sensor on the segment feels, in the body frame.

        Returns
        -------
        force_g : ndarray, shape (n, 3)
            Specific force [g].
        rate_rads : ndarray, shape (n, 3)
            Angular rate [rad/s].
        up : ndarray, shape (n, 3)
            Unit vector that points up, as a device estimates it: on the trunk and the thigh slow changes only, on the
            wrist every swing.
        """
        from scipy.spatial.transform import Rotation

        def turn(at_s: Floats, *, slow: bool = False) -> Rotation:
            angles = self.attitude_rad(at_s, slow=slow)
            return Rotation.from_euler("YZX", angles[:, [2, 0, 1]])

        before, now, after = turn(time_s - HALF_STEP_S), turn(time_s), turn(time_s + HALF_STEP_S)
        force = self.level_force(time_s)
        lever = LEVER_M.get(self.placement)
        if lever:
            bend = before.apply(lever) - 2 * now.apply(lever) + after.apply(lever)
            force = force + bend / HALF_STEP_S**2 / STANDARD_GRAVITY_MS2
        rate = (before.inv() * after).as_rotvec() / (2 * HALF_STEP_S)
        felt = now if self.placement == "wrist" else turn(time_s, slow=True)
        return now.apply(force, inverse=True), rate, felt.apply([0.0, 1.0, 0.0], inverse=True)


def make_session(plan: Sequence[Stretch], runner: Runner, placement: str, rng: np.random.Generator) -> Session:
    """Lay out a session: borders, steps of each bout, leans.

    Parameters
    ----------
    plan : sequence of Stretch
        What to do, in order.
    runner : Runner
        Who moves.
    placement : str
        Where the device is worn.
    rng : numpy.random.Generator
        Source of all differences.
    """
    runner = replace(runner, transient_g=runner.transient_g * SHOCK.get(placement, 1.0))
    borders = np.r_[0.0, np.cumsum([stretch.duration_s for stretch in plan])]
    bouts = []
    for stretch, start_s in zip(plan, borders, strict=False):
        if stretch.moves:
            steps, today = make_steps(stretch, float(start_s), runner, rng)
            bouts.append(Bout(stretch, float(start_s), steps, today, float(rng.uniform())))
    lean = np.zeros((len(plan), 3))
    for row, stretch in enumerate(plan):
        if stretch.kind == "table":
            continue
        segment = LEAN_RAD.get(placement)
        lean[row] = rng.normal(size=3) * [0.02, 0.015, 0.0]
        if segment:
            lean[row, 0] += segment[stretch.kind]
        elif stretch.kind == "run":
            lean[row, 0] -= runner.lean_rad if stretch.travel > 0 else runner.lean_backward_rad
    return Session(tuple(plan), borders, tuple(bouts), lean, rng.uniform(0, 2 * np.pi, size=6), placement)
