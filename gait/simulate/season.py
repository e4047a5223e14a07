"""A season of varied recordings, each athlete with own habits and a known ratio of backward to forward running."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from gait.simulate.model import DIRECTIONS, Device, Direction, Runner, Stretch, tumbled
from gait.simulate.session import Simulation, simulate_session


def random_runner(athlete: int) -> Runner:
    """An athlete with own cadence, contact, ratios and amplitudes; the same number is the same athlete.

    Parameters
    ----------
    athlete : int
        Number of the athlete.
    """
    rng = np.random.default_rng([7919, athlete])
    cadence_spm = float(np.clip(rng.normal(166, 7), 142, 192))
    contact_s = float(np.clip(rng.normal(0.69, 0.035), 0.6, 0.77)) * 60 / cadence_spm
    usual = Runner()
    return replace(
        usual,
        cadence_spm=round(cadence_spm, 2),
        contact_s=round(contact_s, 5),
        cadence_ratio=round(float(np.clip(rng.normal(1.09, 0.04), 1.0, 1.2)), 4),
        effective_contact_ratio=round(float(np.clip(rng.normal(0.86, 0.04), 0.76, 0.97)), 4),
        speed_ms=round(float(rng.uniform(2.5, 3.6)), 2),
        braking_g=usual.braking_g * float(rng.uniform(0.8, 1.3)),
        transient_g=usual.transient_g * float(rng.uniform(0.5, 1.5)),
        surge_g=float(rng.normal(usual.surge_g, 0.08)),
        pitch_rad=usual.pitch_rad * float(rng.uniform(0.6, 1.4)),
        left_right=float(abs(rng.normal(0, 0.02))),
        step_cv=float(rng.uniform(0.014, 0.03)),
        wobble_g=usual.wobble_g * float(rng.uniform(0.6, 1.5)),
    )


def random_session(
    seed: int, *, athlete: int | None = None, placement: str = "lower_back", backward: bool = True
) -> Simulation:
    """One recording of a season: a warm-up walk or none, a forward run, alternating bouts of varied speed and length.

    Parameters
    ----------
    seed : int
        The same seed gives the same recording.
    athlete : int, optional
        Whose; one of twenty by default.
    placement : str
        Where the phone is worn.
    backward : bool
        False for a recording of forward running only.

    Returns
    -------
    Simulation
        Its truth names the athlete and holds in ``ratios`` how the athlete's backward running relates to forward
        running at equal speed, and in ``speeds_ms`` the mean speeds of the bouts.
    """
    rng = np.random.default_rng([104_729, seed])
    athlete = int(rng.integers(20)) if athlete is None else athlete
    runner = random_runner(athlete)
    speed = runner.speed_ms * float(rng.uniform(0.93, 1.07))
    plan = [Stretch("rest", float(rng.uniform(4, 8)))]
    if rng.random() < 0.4:
        plan += [Stretch("walk", float(rng.uniform(20, 40))), Stretch("rest", float(rng.uniform(3, 6)))]
    plan.append(_run(rng, "forward", speed, longer_s=6.0))
    for _ in range(int(rng.integers(2, 5))):
        for direction in DIRECTIONS if backward else DIRECTIONS[1:]:
            plan += [Stretch("rest", float(rng.uniform(5, 12))), _run(rng, direction, speed)]
    plan.append(Stretch("rest", float(rng.uniform(3, 6))))
    device = Device(
        placement,
        tumbled(int(rng.integers(2**31))),
        rate_hz=float(rng.choice([50.0, 100.0, 100.0, 200.0])),
        jitter_s=float(rng.choice([0.0, 0.0002, 0.001])),
        noise_g=float(rng.uniform(0.002, 0.01)),
        bias_g=tuple(rng.normal(0, 0.01, size=3).tolist()),
        clip_g=float(rng.choice([4.0, 8.0, 16.0])),
        drop_share=float(rng.choice([0.0, 0.0, 0.002])),
    )
    made = simulate_session(plan, runner, device, seed, options=("--placement", placement, "--calibrate", "first-run"))
    runs = [stretch for stretch in plan if stretch.kind == "run"]
    speeds = {way: [s.speed_ms for s in runs if s.direction == way and s.speed_ms] for way in ("forward", "backward")}
    made.truth["athlete"] = f"athlete_{athlete:02d}"
    made.truth["speeds_ms"] = {way: round(float(np.mean(values)), 3) for way, values in speeds.items() if values}
    return made


def _run(rng: np.random.Generator, direction: Direction, speed_ms: float, *, longer_s: float = 0.0) -> Stretch:
    duration_s = float(rng.uniform(20, 35)) + longer_s
    return Stretch("run", duration_s, direction, speed_ms=round(speed_ms * float(rng.uniform(0.97, 1.03)), 3))
