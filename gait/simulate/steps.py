"""Steps of one bout: when each foot touches and leaves the ground, and how hard.

Running is a spring-mass bounce: a contact force A sin(pi u) (1 + k cos(pi u)) over the contact, u = 0 ... 1, then
ballistic flight. The impulse of each contact stops the fall of the flight before it and starts the flight after it, so
that the vertical specific force is exactly 1 g on average from mid-flight to mid-flight.
Walking is an inverted pendulum: vertical force peaks in double support.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from gait.errors import UsageError
from gait.simulate.model import WALK_CADENCE_RATIO, Floats, Runner, Stretch

TRANSIENT_HZ, TRANSIENT_DECAY_S, TRANSIENT_DELAY_S = 15.0, 0.018, 0.02
"""Impact transient at the pelvis: frequency [Hz], decay [s], and delay after the initial contact [s], chosen after the
look of belt-worn recordings; not from a source."""
DOUBLE_SUPPORT_SHARE = 0.22
"""Double support as a share of the step (about 11 % of the stride on either side; Perry & Burnfield 2010)."""
FIRST_STEP_S = 0.15

CADENCE_EXPONENT, CONTACT_EXPONENT = 0.2, -0.45
"""How cadence and contact change with speed, as powers; chosen to follow common running data, not a source."""


@dataclass(frozen=True)
class Steps:
    """One row per step of a bout; `n` steps.

    Attributes
    ----------
    ic_s, tc_s : ndarray, shape (n,)
        Initial contact, and terminal contact of the same foot [s].
    step_s : ndarray, shape (n,)
        Time from this initial contact to the next [s].
    side : ndarray, shape (n,)
        +1 right foot, -1 left foot.
    force_g : ndarray, shape (n,)
        Running: A of the contact force; walking: amplitude at step frequency [g].
    braking_g, transient_g : ndarray, shape (n,)
        Braking and propulsion; impact transient [g].
    """

    ic_s: Floats
    tc_s: Floats
    step_s: Floats
    side: Floats
    force_g: Floats
    braking_g: Floats
    transient_g: Floats

    def __len__(self) -> int:
        return len(self.ic_s)


@dataclass(frozen=True)
class SpringMass:
    """Mean times of one way of running, and what follows from them.

    Attributes
    ----------
    step_s, contact_s : float
        Time per step and on the ground [s].
    """

    step_s: float
    contact_s: float

    @property
    def cadence_spm(self) -> float:
        """Steps per minute."""
        return 60.0 / self.step_s

    @property
    def flight_s(self) -> float:
        """Time in the air per step [s]."""
        return self.step_s - self.contact_s

    @property
    def peak_force_g(self) -> float:
        """Peak of a sine-shaped contact force in body weights: (pi / 2) (step / contact)."""
        return float(np.pi / 2 * self.step_s / self.contact_s)

    @property
    def effective_contact_s(self) -> float:
        """Time with more than body weight on the ground [s]: contact (1 - (2/pi) asin(1 / peak))."""
        return float(self.contact_s * (1 - 2 / np.pi * np.arcsin(1 / self.peak_force_g)))

    @property
    def stiffness_over_mass_s2(self) -> float:
        """(pi / effective contact)² [1/s²] (Cavagna 1988)."""
        return float((np.pi / self.effective_contact_s) ** 2)

    def ratios_to(self, other: SpringMass) -> dict[str, float]:
        """Ratios of this way of running to another, by name."""
        return {
            "cadence_spm": self.cadence_spm / other.cadence_spm,
            "step_time_s": self.step_s / other.step_s,
            "contact_time_s": self.contact_s / other.contact_s,
            "effective_contact_s": self.effective_contact_s / other.effective_contact_s,
            "kvert_over_m": self.stiffness_over_mass_s2 / other.stiffness_over_mass_s2,
            "flight_time_s": self.flight_s / other.flight_s,
            "peak_force_bw": self.peak_force_g / other.peak_force_g,
            "peak_upward_acceleration": (self.peak_force_g - 1) / (other.peak_force_g - 1),
        }


def spring_mass(runner: Runner, direction: str = "forward", *, speed_ms: float | None = None) -> SpringMass:
    """Mean step and contact time of a runner.

    Parameters
    ----------
    runner : Runner
        Who runs.
    direction : {"forward", "backward"}
        Backward, cadence and effective contact are those forward times the runner's ratios; the contact is the one
        whose sine-shaped force has that effective contact.
    speed_ms : float, optional
        Speed [m/s].

    Raises
    ------
    UsageError
        If no sine-shaped contact has the wanted effective contact.
    """
    relative = (speed_ms or runner.speed_ms) / runner.speed_ms
    step_s = 60.0 / (runner.cadence_spm * relative**CADENCE_EXPONENT)
    contact_s = min(runner.contact_s * relative**CONTACT_EXPONENT, 0.95 * step_s)
    forward = SpringMass(step_s, contact_s)
    if direction == "forward":
        return forward
    wanted = forward.effective_contact_s * runner.effective_contact_ratio
    backward_step_s = step_s / runner.cadence_ratio
    shares = np.linspace(0.2, 0.97, 2000)
    effective = shares * (1 - 2 / np.pi * np.arcsin(2 * shares / np.pi))
    share = wanted / backward_step_s
    if not effective[0] <= share <= effective[-1]:
        raise UsageError("cadence_ratio and effective_contact_ratio together leave no flight", "Lower one of them")
    return SpringMass(backward_step_s, float(np.interp(share, effective, shares)) * backward_step_s)


def make_steps(stretch: Stretch, start_s: float, runner: Runner, rng: np.random.Generator) -> tuple[Steps, Runner]:
    """Steps of one bout, and the runner as he is in this bout.

    Parameters
    ----------
    stretch : Stretch
        A walk or run.
    start_s : float
        When it starts [s].
    runner : Runner
        Who moves.
    rng : numpy.random.Generator
        Source of the differences between bouts and between steps.
    """
    vary = 1 + runner.bout_cv * np.clip(rng.normal(size=6), -2.5, 2.5)
    today = replace(
        runner,
        braking_g=runner.braking_g * vary[0] ** 3,
        transient_g=runner.transient_g * vary[1] ** 6,
        pitch_rad=runner.pitch_rad * vary[2] ** 4,
        walk_bounce_g=runner.walk_bounce_g * vary[3] ** 3,
    )
    maker = _run_steps if stretch.kind == "run" else _walk_steps
    return maker(stretch, start_s, today, float(vary[4]), float(vary[5]), rng), today


def _noise(n: int, cv: float, rng: np.random.Generator) -> Floats:
    """Relative deviations of successive steps: normal, slightly correlated, cut at three standard deviations."""
    fresh = rng.normal(size=n + 1)
    return cv * np.clip(0.95 * fresh[1:] + 0.3 * fresh[:-1], -3, 3)


def _times(
    stretch: Stretch, start_s: float, step_s: float, runner: Runner, rng: np.random.Generator
) -> tuple[Floats, Floats, Floats]:
    """Initial contacts, step times and sides that fit into the stretch."""
    n = int(stretch.duration_s / step_s * 1.3) + 4
    side = np.where((np.arange(n) + rng.integers(2)) % 2 == 0, 1.0, -1.0)
    times = step_s * (1 + _noise(n, runner.step_cv, rng)) * (1 + 0.5 * runner.left_right * side)
    ic = start_s + FIRST_STEP_S + np.r_[0.0, np.cumsum(times)[:-1]]
    fits = ic + times * (1 + DOUBLE_SUPPORT_SHARE) < start_s + stretch.duration_s
    return ic[fits], times[fits], side[fits]


def _run_steps(
    stretch: Stretch, start_s: float, runner: Runner, vary_step: float, vary_contact: float, rng: np.random.Generator
) -> Steps:
    backward = stretch.direction == "backward"
    mean = spring_mass(runner, stretch.direction, speed_ms=stretch.speed_ms)
    step_s = 60.0 / stretch.cadence_spm if stretch.cadence_spm else mean.step_s * vary_step
    share = mean.contact_s / mean.step_s
    ic, times, side = _times(stretch, start_s, step_s, runner, rng)
    n = len(ic)
    contact = step_s * share * vary_contact * (1 + _noise(n, runner.contact_cv, rng))
    contact = np.minimum(contact, 0.97 * times)
    flight = times - contact
    around = 0.5 * (np.r_[flight[0], flight[:-1]] + flight)
    softness = runner.transient_ratio if backward else 1.0
    varied = np.maximum(1 + _noise(n, 2 * runner.amplitude_cv, rng), 0.2) * (1 + 2 * runner.left_right * side)
    transient = runner.transient_g * softness * varied
    impulse = contact + around * (1 + runner.dip_g * 2 / np.pi) - transient_impulse(transient)
    braking = runner.braking_g * (runner.braking_ratio if backward else 1.0) * (1 + _noise(n, runner.amplitude_cv, rng))
    return Steps(ic, ic + contact, times, side, impulse * np.pi / (2 * contact), braking, transient)


def _walk_steps(
    stretch: Stretch, start_s: float, runner: Runner, vary_step: float, vary_bounce: float, rng: np.random.Generator
) -> Steps:
    backward = stretch.direction == "backward"
    relative = (stretch.speed_ms or runner.walk_speed_ms) / runner.walk_speed_ms
    cadence = runner.walk_cadence_spm * relative**0.5 * (WALK_CADENCE_RATIO if backward else 1.0)
    step_s = 60.0 / stretch.cadence_spm if stretch.cadence_spm else 60.0 / cadence * vary_step
    ic, times, side = _times(stretch, start_s, step_s, runner, rng)
    n = len(ic)
    bounce = runner.walk_bounce_g * vary_bounce * relative * (1 + _noise(n, runner.amplitude_cv, rng))
    transient = 0.2 * runner.transient_g * relative * np.maximum(1 + _noise(n, 2 * runner.amplitude_cv, rng), 0.2)
    if backward:
        transient = transient * runner.transient_ratio
    return Steps(ic, ic + times * (1 + DOUBLE_SUPPORT_SHARE), times, side, bounce, 0.6 * bounce, transient)


def transient_impulse(transient_g: Floats) -> Floats:
    """Impulse of the damped burst a exp(-t/tau) sin(2 pi f t) [g s]."""
    omega = 2 * np.pi * TRANSIENT_HZ
    return np.asarray(transient_g * omega / (omega**2 + TRANSIENT_DECAY_S**-2))
