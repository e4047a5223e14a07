"""The sample recordings of the repository, and the function that regenerates them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from gait.simulate.layouts import write_recording
from gait.simulate.model import DIRECTIONS, Device, Runner, Stretch, mounted, tumbled
from gait.simulate.session import Simulation, simulate_session


@dataclass(frozen=True)
class Sample:
    """One sample recording.

    Attributes
    ----------
    name : str
        File name; it starts with ``simulated_``.
    layout : str
        App layout, one of ``gait.simulate.layouts.LAYOUTS``.
    about : str
        One line on what it shows.
    options : tuple of str
        Options of ``gait analyze`` that suit it.
    plan : tuple of Stretch
        What the runner does.
    device : Device
        With what.
    runner : Runner
        Who.
    seed : int
        Seed of the simulation.
    """

    name: str
    layout: str
    about: str
    options: tuple[str, ...]
    plan: tuple[Stretch, ...]
    device: Device
    runner: Runner = Runner()  # noqa: RUF009  frozen
    seed: int = 0

    def simulate(self) -> Simulation:
        """Samples and truth."""
        made = simulate_session(self.plan, self.runner, self.device, self.seed, options=self.options)
        made.truth.update(file=self.name, layout=self.layout, about=self.about)
        return made


def alternating(
    pairs: int, run_s: float, rest_s: float, *, first_s: float | None = None, speed_ms: float | None = None
) -> tuple[Stretch, ...]:
    """Stand, run forward, then backward and forward by turns with rests between.

    Parameters
    ----------
    pairs : int
        Number of backward bouts, each followed by a forward one.
    run_s, rest_s : float
        Length of bouts and rests [s].
    first_s : float, optional
        Length of the first run, by which the direction is calibrated [s].
    speed_ms : float, optional
        Speed of all runs [m/s].
    """
    plan = [Stretch("rest", 5), Stretch("run", first_s or run_s, speed_ms=speed_ms)]
    for _ in range(pairs):
        for direction in DIRECTIONS:
            plan += [Stretch("rest", rest_s), Stretch("run", run_s, direction, speed_ms=speed_ms)]
    return (*plan, Stretch("rest", 5))


_TREADMILL = (
    Stretch("rest", 5),
    Stretch("walk", 40, speed_ms=1.3, treadmill=True),
    Stretch("run", 40, speed_ms=2.4, treadmill=True),
    Stretch("rest", 10),
    Stretch("run", 120, "backward", speed_ms=2.2, treadmill=True),
    Stretch("rest", 8),
    Stretch("walk", 30, speed_ms=1.2, treadmill=True),
    Stretch("rest", 4),
)

SAMPLES: tuple[Sample, ...] = (
    Sample(
        "simulated_belt_phone.zip", "sensor-logger-android",
        "Phone in a running belt at the lower back, mounted at any angle: forward first, then four backward and four "
        "forward bouts by turns.",
        ("--placement", "lower_back", "--calibrate", "first-run"),
        alternating(4, 22, 6, first_s=26), Device("lower_back", tumbled(5), jitter_s=0.0), seed=1,
    ),
    Sample(
        "simulated_treadmill_backward.zip", "phyphox",
        "Rehabilitation on a treadmill: walk, run forward, stop, two minutes backward, walk; phone at the waist.",
        ("--placement", "waist", "--calibrate", "first-run"),
        _TREADMILL, Device("waist", tumbled(8)), Runner(cadence_spm=158, contact_s=0.265), seed=2,
    ),
    Sample(
        "simulated_watch_wrist.csv", "sensorlog",
        "Watch on the wrist: cadence can be told, the direction cannot.",
        ("--placement", "wrist"),
        alternating(1, 25, 6), Device("wrist", tumbled(13), rate_hz=50.0, clip_g=16.0), seed=3,
    ),
    Sample(
        "simulated_pocket_unknown.zip", "sensor-logger-ios",
        "Phone in the trouser pocket, nothing declared: two groups of bouts, which one is backward stays open.",
        ("--placement", "pocket"),
        alternating(3, 23, 6), Device("pocket", tumbled(21), jitter_s=0.0), Runner(cadence_spm=168, contact_s=0.245),
        seed=4,
    ),
    Sample(
        "simulated_clipped_2g.csv", "physics-toolbox",
        "A sensor that ends at 2 g: the peaks of running are cut off.",
        ("--placement", "waist", "--calibrate", "first-run"),
        alternating(1, 25, 6), Device("waist", mounted(up="+y", front="-z"), rate_hz=80.0, clip_g=2.0), seed=5,
    ),
    Sample(
        "simulated_forward_only.csv", "phyphox",
        "Forward running only: nothing to compare with.",
        ("--placement", "lower_back", "--calibrate", "first-run"),
        (Stretch("rest", 5), Stretch("run", 40), Stretch("rest", 8), Stretch("run", 40), Stretch("rest", 5)),
        Device("lower_back", tumbled(34)), Runner(cadence_spm=172, contact_s=0.235, speed_ms=3.4), seed=6,
    ),
    Sample(
        "simulated_standing.csv", "phyphox-semicolon-comma",
        "Somebody stands with the phone in the belt: no bout, no step.",
        ("--placement", "lower_back"),
        (Stretch("rest", 60),), Device("lower_back", tumbled(55)), seed=7,
    ),
    Sample(
        "simulated_declared_mounting.csv", "csv",
        "Phone upright at the lower back, screen to the body: its +z axis points to the runner's front.",
        ("--placement", "lower_back", "--anterior", "+z"),
        alternating(2, 25, 8), Device("lower_back", mounted(up="+y", front="+z")),
        Runner(cadence_spm=160, contact_s=0.26, cadence_ratio=1.08), seed=8,
    ),
)  # fmt: skip
"""What ``sample_recordings/`` holds."""


def write_samples(folder: str | Path, samples: Sequence[Sample] = SAMPLES) -> list[Path]:
    """Write the sample recordings, the truth of each in ``truth/``, and a README.

    Parameters
    ----------
    folder : path
        Where to; made if missing.
    samples : sequence of Sample
        Which ones.

    Returns
    -------
    list of Path
        The recordings.
    """
    folder = Path(folder)
    (folder / "truth").mkdir(parents=True, exist_ok=True)
    written = []
    for sample in samples:
        made = sample.simulate()
        written.append(write_recording(made, folder / sample.name, sample.layout))
        made.write_truth(truth_path(written[-1]))
    (folder / "README.md").write_text(readme(samples), encoding="utf-8")
    return written


def truth_path(recording: str | Path) -> Path:
    """Where the truth of a sample recording stands: ``truth/<name without suffix>.json`` beside it."""
    path = Path(recording)
    return path.parent / "truth" / f"{path.stem}.json"


def readme(samples: Sequence[Sample] = SAMPLES) -> str:
    """Text of the README beside the sample recordings."""
    parts = [_HEAD]
    for sample in samples:
        command = " ".join(["gait analyze", f"sample_recordings/{sample.name}", *sample.options])
        parts.append(f"## `{sample.name}`\n\n{sample.about} Layout: {sample.layout}.\n\n```sh\n{command}\n```\n")
    return "\n".join(parts)


_HEAD = """# Sample recordings

**All files here are simulated.** No person ran for them. `gait.simulate` computed them from a spring-mass model of
running and an inverted-pendulum model of walking, with published figures for forward and backward running, and wrote
them in the layouts of real apps. Results from them show what the software does, not what people do.

What is true about each recording stands in `truth/`: bouts with direction, cadence and steps, every initial and
terminal contact, where and how the device was mounted, and all parameters. The same seed gives the same files:

```sh
gait simulate sample_recordings
```

They are simpler than life: one stride resembles the next more than in people, the device does not slip, nobody turns.
"""
