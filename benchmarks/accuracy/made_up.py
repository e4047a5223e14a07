"""Recordings that ought to be refused, made in code: movement that is no gait, and running that hides its direction."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from scipy.spatial.transform import Rotation

import gait
from gait.recording import ACC_COLUMNS, STANDARD_GRAVITY_MS2
from gait.signal.filters import low_pass
from gait.simulate import Device, Runner, Stretch, simulate_session
from gait.simulate.season import random_runner

RATE_HZ = 100.0
N = 4000
ATHLETES = 20
COUNT = 40
"""Recordings of each kind."""


@dataclass(frozen=True)
class MadeUp:
    """A recording, what the analysis is told, and the true direction of its bouts (None: every claim is wrong)."""

    recording: gait.Recording
    calibrate: str | None = None
    truth: list[tuple[float, float, str | None]] = dataclasses.field(default_factory=list)


def _lying(rng: np.random.Generator, movement_g: np.ndarray) -> MadeUp:
    rest = np.array([0.0, 0.0, 1.0]) + rng.normal(0, 0.01, (N, 3))
    return MadeUp(gait.Recording.from_arrays(rest + movement_g, sampling_rate_hz=RATE_HZ, placement="waist"))


def car(rng: np.random.Generator) -> MadeUp:
    """A car on a rough road: noise below 3 Hz, mostly vertical, and an engine."""
    road = 0.3 * low_pass(rng.normal(0, 1, (N, 3)), rate_hz=RATE_HZ, cutoff_hz=3) * [0.3, 0.3, 1]
    engine = 0.1 * np.sin(2 * np.pi * rng.uniform(10, 14) * np.arange(N) / RATE_HZ)
    return _lying(rng, road + engine[:, None] * [0, 0, 1])


def fidgeting(rng: np.random.Generator) -> MadeUp:
    """Single movements at random times."""
    kicks = np.convolve(rng.normal(0, 1, N) * (rng.random(N) < 0.01), np.hanning(60), "same")
    return _lying(rng, kicks[:, None] * [0.2, 0.1, 0.15])


def shaking(rng: np.random.Generator) -> MadeUp:
    """Light shaking at a step's rhythm."""
    shake = 0.1 * np.sin(2 * np.pi * rng.uniform(1.6, 2.8) * np.arange(N) / RATE_HZ)
    return _lying(rng, shake[:, None] * [0, 0, 1])


def _session(
    rng: np.random.Generator,
    plan: list[Stretch],
    *,
    runner: Runner | None = None,
    device: Device | None = None,
    declared: bool = False,
    turn: Callable[[np.ndarray], Rotation] | None = None,
    turn_from: int = 2,
    direction: bool = True,
) -> MadeUp:
    """A simulated session; from stretch `turn_from` on the device turns by `turn` of its up."""
    runner = runner or random_runner(int(rng.integers(ATHLETES)))
    made = simulate_session(plan, runner, device or Device(), int(rng.integers(2**31)))
    acc = made.samples[ACC_COLUMNS].to_numpy() / STANDARD_GRAVITY_MS2
    intervals = made.truth["intervals"]
    if turn is not None:
        later = made.samples["time_s"].to_numpy() >= intervals[turn_from - 1]["start_s"]
        up = acc[made.samples["time_s"] < intervals[0]["end_s"]].mean(axis=0)
        acc[later] = turn(up / np.linalg.norm(up)).apply(acc[later])
    recording = gait.Recording.from_arrays(
        acc, sampling_rate_hz=RATE_HZ, placement=made.device.placement,
        anterior=made.device.anterior_axis if declared else None,
    )  # fmt: skip
    moving = [i for i in intervals[0 if declared else turn_from :] if i["gait"] in ("walk", "run")]
    truth = [(i["start_s"], i["end_s"], i["direction"] if direction else None) for i in moving]
    return MadeUp(recording, None if declared else "first-run", truth)


def _plan(*runs: Stretch, first_s: float = 20.0) -> list[Stretch]:
    plan = [Stretch("rest", 5.0), Stretch("run", first_s)]
    for stretch in runs:
        plan += [Stretch("rest", 5.0), stretch]
    return [*plan, Stretch("rest", 5.0)]


BOTH = (Stretch("run", 20.0, "backward"), Stretch("run", 20.0))


def refixed(rng: np.random.Generator) -> MadeUp:
    """After the calibrating run the device is fixed again at any tilt; forward cannot be known."""
    turn = Rotation.from_rotvec(_unit(rng) * np.radians(rng.uniform(30, 150)))
    return _session(rng, _plan(*BOTH), turn=lambda up: turn, turn_from=3)


def sideways(rng: np.random.Generator) -> MadeUp:
    """Side-stepping after a calibrating run: to the device the travel has turned by a quarter."""
    angle = np.radians(rng.choice([-1, 1]) * rng.uniform(70, 110))
    return _session(rng, _plan(*BOTH), turn=lambda up: Rotation.from_rotvec(up * angle), turn_from=3, direction=False)


def on_the_spot(rng: np.random.Generator) -> MadeUp:
    """Jumping on the spot: the bounce of running without braking and pushing, front declared."""
    runner = dataclasses.replace(random_runner(int(rng.integers(ATHLETES))), braking_g=0.0, surge_g=0.0)
    plan = [Stretch("rest", 5.0), Stretch("run", 20.0, treadmill=True), Stretch("rest", 5.0)]
    return _session(rng, plan, runner=runner, declared=True, direction=False)


def short_bouts(rng: np.random.Generator) -> MadeUp:
    """Bouts of 4 to 6 s."""
    ways = ("backward", "forward") * 3
    return _session(rng, _plan(*(Stretch("run", float(rng.uniform(4, 6)), way) for way in ways)))


def hard_walks(rng: np.random.Generator) -> MadeUp:
    """Walks so fast and hard that they resemble a slow jog, front declared."""
    runner = dataclasses.replace(random_runner(int(rng.integers(ATHLETES))), walk_bounce_g=float(rng.uniform(0.4, 0.7)))
    walks = [Stretch("walk", 20.0, way, cadence_spm=float(rng.uniform(125, 145))) for way in ("forward", "backward")]
    plan = [Stretch("rest", 5.0), walks[0], Stretch("rest", 5.0), walks[1], Stretch("rest", 5.0)]
    return _session(rng, plan, runner=runner, declared=True)


def noisy_pocket(rng: np.random.Generator) -> MadeUp:
    """A loose phone in the pocket, without gyroscope: weak braking, strong noise."""
    runner = dataclasses.replace(
        random_runner(int(rng.integers(ATHLETES))), braking_g=float(rng.uniform(0.02, 0.12)), wobble_g=0.4
    )
    return _session(rng, _plan(*BOTH), runner=runner, device=Device("pocket", noise_g=0.3))


def _unit(rng: np.random.Generator) -> np.ndarray:
    vector = rng.normal(size=3)
    return vector / np.linalg.norm(vector)


Maker = Callable[[np.random.Generator], MadeUp]
NO_GAIT: tuple[Maker, ...] = (car, fidgeting, shaking)
HARD: tuple[Maker, ...] = (refixed, sideways, on_the_spot, short_bouts, hard_walks, noisy_pocket)


def recordings(kinds: tuple[Maker, ...], count: int = COUNT) -> Iterator[tuple[str, MadeUp]]:
    """`count` recordings of each kind, the same every time."""
    for kind in kinds:
        for seed in range(count):
            yield kind.__name__, kind(np.random.default_rng([seed, len(kind.__name__)]))


def verdicts(made: MadeUp, analysis: gait.Analysis) -> list[str]:
    """For each true stretch: right, unknown or wrong, by the direction that covers most of it."""
    out = []
    for start_s, end_s, word in made.truth:
        cover = {"unknown": 0.0, "forward": 0.0, "backward": 0.0}
        for bout in analysis.bouts.itertuples():
            cover[bout.direction] += max(0.0, min(bout.end_s, end_s) - max(bout.start_s, start_s))
        found = max(cover, key=lambda name: cover[name])
        out.append("unknown" if found == "unknown" else "right" if found == word else "wrong")
    return out
