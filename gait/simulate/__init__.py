"""A physical simulator of walking and running, forward and backward, in the layouts of real apps, with known truth."""

from gait.simulate.layouts import LAYOUTS, write_recording
from gait.simulate.model import PUBLISHED_RATIOS, Device, Runner, Stretch, mounted, tumbled
from gait.simulate.samples import SAMPLES, Sample, truth_path, write_samples
from gait.simulate.season import random_runner, random_session
from gait.simulate.session import Simulation, simulate_session
from gait.simulate.steps import SpringMass, spring_mass

__all__ = [
    "LAYOUTS", "PUBLISHED_RATIOS", "SAMPLES", "Device", "Runner", "Sample", "Simulation", "SpringMass", "Stretch",
    "mounted", "random_runner", "random_session", "simulate_session", "spring_mass", "truth_path", "tumbled",
    "write_recording", "write_samples",
]  # fmt: skip
