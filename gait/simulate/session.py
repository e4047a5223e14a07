"""`simulate_session`: a plan, a runner and a device become samples and their truth."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from gait.errors import UsageError
from gait.recording import ACC_COLUMNS, GYR_COLUMNS, STANDARD_GRAVITY_MS2, Recording
from gait.simulate.model import MAKER, Device, Floats, Runner, Stretch
from gait.simulate.motion import Bout, Session, make_session
from gait.simulate.steps import spring_mass

GRAVITY_COLUMNS = ["grav_x_ms2", "grav_y_ms2", "grav_z_ms2"]
_WOBBLE_HZ = 250.0


@dataclass(frozen=True)
class Simulation:
    """Samples of one simulated recording and everything that is true about them.

    Attributes
    ----------
    samples : pandas.DataFrame
        ``time_s`` from 0, ``acc_x_ms2``, ... specific force, ``gyr_x_rads``, ..., ``grav_x_ms2``, ... the device's
        estimate of gravity; device frame, +9.81 m/s² on the axis that points up at rest.
    truth : dict
        Ready for JSON: ``intervals``, ``contacts``, ``n_steps``, ``placement``, ``anterior_axis`` (of a mounting that
        has one), ``mounting``, ``options`` of ``gait analyze``, ``ratios`` (backward / forward of this runner at equal
        speed, None when only one direction is run), ``runner``, ``device``, ``seed``.
    device : Device
        What recorded it.
    """

    samples: pd.DataFrame = field(repr=False)
    truth: dict[str, Any] = field(repr=False)
    device: Device

    def to_recording(
        self, *, placement: str | None = None, anterior: str | None = None, source: str = "simulation"
    ) -> Recording:
        """The samples as `gait.read_recording` would return them.

        Parameters
        ----------
        placement : str, optional
            By default where the device is worn.
        anterior : str, optional
            Device axis that is declared to point to the runner's front; nothing is declared by default.
        source : str
            Name for reports.
        """
        kept = self.samples[["time_s", *ACC_COLUMNS, *GYR_COLUMNS]]
        rate_hz = float(1 / np.median(np.diff(kept["time_s"])))
        return Recording(
            samples=kept.reset_index(drop=True),
            source=source,
            format="simulation",
            sha256=hashlib.sha256(np.ascontiguousarray(kept.to_numpy()).tobytes()).hexdigest(),
            sampling_rate_hz=rate_hz,
            true_rate_hz=rate_hz,
            placement=placement or self.device.placement,
            anterior_axis=anterior,
            device=MAKER,
            simulated=True,
        )

    def truth_json(self) -> str:
        """The truth as JSON text."""
        return json.dumps(self.truth, indent=1, ensure_ascii=False) + "\n"

    def write_truth(self, path: str | Path) -> Path:
        """Write the truth beside a recording."""
        Path(path).write_text(self.truth_json(), encoding="utf-8")
        return Path(path)


def simulate_session(
    stretches: Sequence[Stretch],
    runner: Runner | None = None,
    device: Device | None = None,
    seed: int = 0,
    *,
    options: Sequence[str] = (),
) -> Simulation:
    """Simulate one recording.

    Parameters
    ----------
    stretches : sequence of Stretch
        What the runner does, in order.
    runner : Runner, optional
        Who.
    device : Device, optional
        With what, and where it is worn.
    seed : int
        The same seed gives the same samples.
    options : sequence of str
        Options of ``gait analyze`` that suit the recording, kept in the truth.

    Returns
    -------
    Simulation
        Samples and truth.

    Raises
    ------
    UsageError
        When there is no stretch.

    Examples
    --------
    >>> plan = [Stretch("rest", 5), Stretch("run", 25), Stretch("rest", 8), Stretch("run", 25, "backward")]
    >>> made = simulate_session(plan, seed=1)
    >>> [interval["direction"] for interval in made.truth["intervals"]]
    ['none', 'forward', 'none', 'backward']
    """
    if not stretches:
        raise UsageError("a session needs at least one stretch")
    runner, device = runner or Runner(), device or Device()
    rng = np.random.default_rng(seed)
    session = make_session(stretches, runner, device.placement, rng)
    time_s = _sample_times(float(session.borders_s[-1]), device, rng)
    force, rate, up = session.on_segment(time_s)
    force += _wobble(session, runner, time_s, rng)
    turn = np.asarray(device.mounting)
    acc_g = force @ turn.T + np.asarray(device.bias_g) + device.noise_g * rng.normal(size=force.shape)
    gyr = rate @ turn.T + device.gyro_noise_rads * rng.normal(size=rate.shape)
    if device.clip_g is not None:
        acc_g = np.clip(acc_g, -device.clip_g, device.clip_g)
    if device.resolution_g:
        acc_g = np.round(acc_g / device.resolution_g) * device.resolution_g
    values = np.column_stack([time_s, acc_g * STANDARD_GRAVITY_MS2, gyr, up @ turn.T * STANDARD_GRAVITY_MS2])
    samples = pd.DataFrame(values, columns=["time_s", *ACC_COLUMNS, *GYR_COLUMNS, *GRAVITY_COLUMNS])
    return Simulation(samples, _truth(session, runner, device, seed, options, samples), device)


def _sample_times(duration_s: float, device: Device, rng: np.random.Generator) -> Floats:
    """Rising times of the samples that were not lost; the first is 0 [s]."""
    n = max(int(duration_s * device.rate_hz), 2)
    jitter = np.clip(device.jitter_s * rng.normal(size=n), -0.45 / device.rate_hz, 0.45 / device.rate_hz)
    lost = rng.random(n) < device.drop_share
    jitter[0], lost[0] = 0.0, False
    time_s = np.round(np.arange(n) / device.rate_hz + jitter, 6)
    for start_s, length_s in device.gaps_s:
        lost |= (time_s >= max(start_s, 1e-9)) & (time_s < start_s + length_s)
    return np.asarray(time_s[~lost])


def _wobble(session: Session, runner: Runner, time_s: Floats, rng: np.random.Generator) -> Floats:
    """Movement of the device on the body: noise below about 15 Hz, strong while moving, weak at rest [g]."""
    n = int(session.borders_s[-1] * _WOBBLE_HZ) + 2
    kernel = np.hanning(17)
    kernel /= np.sqrt((kernel**2).sum())
    noise = np.column_stack([np.convolve(rng.normal(size=n + 16), kernel, mode="valid") for _ in range(3)])
    moves = any(stretch.kind != "table" for stretch in session.plan)
    size = np.full(len(time_s), 0.002 if moves else 0.0)
    loose = {"pocket": 1.8, "wrist": 1.5}.get(session.placement, 1.0)
    for bout in session.bouts:
        share = loose if bout.stretch.kind == "run" else 0.4 * loose
        size += share * runner.wobble_g * bout.envelope(time_s)
    grid = np.arange(n) / _WOBBLE_HZ
    moved = np.column_stack([np.interp(time_s, grid, noise[:, axis]) for axis in range(3)])
    return np.asarray(moved * size[:, None])


def _truth(
    session: Session, runner: Runner, device: Device, seed: int, options: Sequence[str], samples: pd.DataFrame
) -> dict[str, Any]:
    """Everything that is true, ready for JSON."""
    by_start = {bout.start_s: bout for bout in session.bouts}
    intervals = [
        _interval(float(start), float(end), by_start.get(float(start)))
        for start, end in zip(session.borders_s, session.borders_s[1:], strict=False)
    ]
    steps = [bout.steps for bout in session.bouts]
    contacts = {
        "ic_s": [round(float(t), 5) for part in steps for t in part.ic_s],
        "tc_s": [round(float(t), 5) for part in steps for t in part.tc_s],
        "side": ["right" if s > 0 else "left" for part in steps for s in part.side],
    }
    directions = {bout.stretch.direction for bout in session.bouts if bout.stretch.kind == "run"}
    ratios = spring_mass(runner, "backward").ratios_to(spring_mass(runner)) if len(directions) == 2 else None
    return {
        "made_by": MAKER,
        "simulated": True,
        "seed": seed,
        "duration_s": round(float(samples["time_s"].iloc[-1]), 6),
        "placement": device.placement,
        "anterior_axis": device.anterior_axis,
        "mounting": [list(row) for row in device.mounting],
        "options": list(options),
        "intervals": intervals,
        "n_steps": int(sum(len(part) for part in steps)),
        "contacts": contacts if steps else None,
        "ratios": {name: round(value, 4) for name, value in ratios.items()} if ratios else None,
        "runner": dataclasses.asdict(runner),
        "device": dataclasses.asdict(device),
    }


def _interval(start_s: float, end_s: float, bout: Bout | None) -> dict[str, Any]:
    """One stretch, as it came out."""
    kept: dict[str, Any] = {"start_s": round(start_s, 4), "end_s": round(end_s, 4)}
    if bout is None:
        return kept | {"gait": "still", "direction": "none", "cadence_spm": None, "n_steps": None}
    steps = bout.steps
    kept |= {
        "gait": bout.stretch.kind,
        "direction": bout.stretch.direction,
        "cadence_spm": round(60 * (len(steps) - 1) / float(steps.ic_s[-1] - steps.ic_s[0]), 3),
        "n_steps": len(steps),
        "speed_ms": bout.stretch.speed_ms or bout.usual_speed_ms,
        "contact_time_s": round(float(np.mean(steps.tc_s - steps.ic_s)), 5),
    }
    if bout.stretch.kind == "run":
        kept["flight_time_s"] = round(float(np.mean(steps.ic_s[1:] - steps.tc_s[:-1])), 5)
    return kept
