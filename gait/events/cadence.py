"""Cadence from the harmonics of the stride."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gait.signal.filters import cut_windows, low_pass, moving_mean

Floats = NDArray[np.float64]

GRID_HZ = 0.005
"""Step of the grid of candidate stride frequencies [Hz]; a parabola refines the best one."""
N_HARMONICS = 8
HIGHEST_HZ = 20.0
"""Harmonics above this carry impact ringing rather than rhythm [Hz]."""
PADDING = 4
"""A spectrum's bins are this many times closer than the window's length gives."""


@dataclass(frozen=True)
class Comb:
    """Harmonic comb of overlapping windows.

    Attributes
    ----------
    stride_hz : ndarray, shape (k,)
        Candidate stride frequencies [Hz].
    score : ndarray, shape (windows, k)
        Amplitude on the harmonics of the candidate minus amplitude half-way between them.
    middle_s : ndarray, shape (windows,)
        Middle of each window, from the first sample [s].
    """

    stride_hz: Floats
    score: Floats
    middle_s: Floats


def harmonic_comb(
    x: Floats,
    *,
    rate_hz: float,
    window_s: float,
    hop_s: float,
    low_hz: float,
    high_hz: float,
    grid_hz: float = GRID_HZ,
    padding: int = PADDING,
) -> Comb:
    """Score candidate stride frequencies by what stands on their harmonics.

    The stride, not the step, is solved for: sensors at wrist, pocket and foot show the stride's own line, sensors
    on the trunk mainly its second harmonic, the step; a comb sees both. Subtracting what stands half-way between
    the harmonics keeps half of the true frequency from winning (cf. the product spectrum of Schroeder 1968 and
    the subharmonic-to-harmonic ratio of Sun 2002; the form and its constants are this project's own).

    Parameters
    ----------
    x : ndarray, shape (n,)
        Vertical acceleration or magnitude [g].
    rate_hz : float
        Sampling rate [Hz].
    window_s, hop_s : float
        Length and distance of windows [s]; a shorter signal is one window.
    low_hz, high_hz : float
        Range of stride frequencies [Hz].
    grid_hz : float
        Distance of the candidates [Hz].
    padding : int
        Length of the transform by that of the window.
    """
    from scipy.fft import next_fast_len, rfft

    n = min(int(round(window_s * rate_hz)), len(x))
    hop = max(int(round(hop_s * rate_hz)), 1)
    cut, middle = cut_windows(x, n=n, hop=hop)
    n, middle_s = cut.shape[1], middle / rate_hz
    stride_hz = np.arange(low_hz, high_hz + grid_hz / 2, grid_hz)
    size = next_fast_len(max(n, 2) * padding, real=True)
    top = min(HIGHEST_HZ, 0.45 * rate_hz)
    bins = size / rate_hz
    low, high = int(np.ceil(0.5 * bins)), int(top * bins) + 1
    taper = np.hanning(n)
    score = np.empty((len(cut), len(stride_hz)))
    harmonics = []
    for order in range(1, N_HARMONICS + 1):
        low_enough = stride_hz[order * stride_hz < top]
        rounded = (np.round(k * low_enough * bins).astype(int) for k in (order, order - 0.5))
        harmonics.append(tuple(rounded))
    for first in range(0, len(cut), 256):  # blocks bound the memory of long recordings
        block = cut[first : first + 256]
        spectrum = rfft((block - block.mean(axis=1, keepdims=True)) * taper, size, axis=1)[:, : high + 1].T
        power = spectrum.real**2 + spectrum.imag**2  # a row per frequency, because rows are quick to gather
        amplitude = np.sqrt(power) / (np.sqrt(power[low:high].mean(axis=0)) + 1e-12)
        total = np.zeros((len(stride_hz), len(block)))
        for on, between in harmonics:
            total[: len(on)] += amplitude[on]
            total[: len(on)] -= amplitude[between]
        score[first : first + 256] = total.T
    return Comb(stride_hz, score, middle_s)


def peak_frequency(score: Floats, stride_hz: Floats) -> Floats:
    """Frequency of the largest score in each row, refined by a parabola, shape (rows,) [Hz].

    Parameters
    ----------
    score : ndarray, shape (rows, candidates)
        From `harmonic_comb`.
    stride_hz : ndarray, shape (candidates,)
        Candidates, `GRID_HZ` apart [Hz].
    """
    best = score.argmax(axis=1)
    inner = np.clip(best, 1, score.shape[1] - 2)
    rows = np.arange(len(score))
    left, mid, right = (score[rows, inner + k] for k in (-1, 0, 1))
    curve = left - 2 * mid + right
    shift = np.divide(0.5 * (left - right), curve, out=np.zeros_like(mid), where=curve < 0)
    return np.asarray(np.where(best == inner, stride_hz[inner] + np.clip(shift, -0.5, 0.5) * GRID_HZ, stride_hz[best]))


@dataclass(frozen=True)
class StepPhase:
    """The rhythm of one bout, followed continuously.

    Attributes
    ----------
    steps : ndarray, shape (n,)
        Step count as a rising real number. Where the step line was followed, whole numbers lie on its maxima,
        which in running is mid-stance.
    strength : ndarray, shape (n,)
        Amplitude of the line that was followed [g].
    cadence_spm, cadence_low_spm, cadence_high_spm : float
        Mean cadence and its 95 % interval [steps/min]; NaN when the count contradicts the comb.
    unsteadiness : float
        Standard deviation of the momentary cadence by its mean; 0.01 to 0.1 in gait, more for noise in its band.
    window_s, window_spm : ndarray
        Middle of each window [s] and cadence in it [steps/min].
    """

    steps: Floats
    strength: Floats
    cadence_spm: float
    cadence_low_spm: float
    cadence_high_spm: float
    unsteadiness: float
    window_s: Floats
    window_spm: Floats


def follow_steps(
    x: Floats,
    *,
    rate_hz: float,
    gait: str,
    limb: bool,
    cadence_window_s: float,
    cadence_hop_s: float,
    run_stride_hz: tuple[float, float],
    walk_stride_hz: tuple[float, float],
    cadence_trim_s: float,
    cadence_floor_spm: float,
    max_cadence_conflict: float,
    min_step_strength: float,
) -> StepPhase:
    """Cadence of a bout by counting steps through the phase of their line.

    The comb of the whole bout fixes the octave inside the range of the gait (walking has its own), the comb of each
    window the local stride; then the step line (on a limb the steadier of step and stride line) is followed by
    complex demodulation, and cadence is steps counted by time. A window's comb alone gives the most frequent
    cadence, not the mean, and is off by up to 5 steps/min in a bout that speeds up; the phase counts.

    Parameters
    ----------
    x : ndarray, shape (n,)
        Rhythm signal of the bout [g].
    rate_hz : float
        Sampling rate [Hz].
    gait : {"run", "walk"}
        Gait of the bout.
    limb : bool
        Whether the sensor swings with an arm or a leg, so that the stride's own line may be the steadier one.
    cadence_window_s, cadence_hop_s : float
        Windows of the comb [s].
    run_stride_hz, walk_stride_hz : tuple of float
        Allowed stride frequencies [Hz].
    cadence_trim_s : float
        Left out of the mean at both ends, at most a sixth of the bout [s].
    cadence_floor_spm : float
        Half width of the narrowest interval ever given: ±0.5 steps/min for clock and method.
    max_cadence_conflict : float
        Share by which counted cadence and comb may differ; beyond it the cadence is unknown (NaN).
    min_step_strength : float
        Share of the typical strength of the line below which it is a stop.
    """
    low_hz, high_hz = run_stride_hz if gait == "run" else walk_stride_hz
    comb = harmonic_comb(
        x, rate_hz=rate_hz, window_s=cadence_window_s, hop_s=cadence_hop_s, low_hz=low_hz, high_hz=high_hz
    )
    mean_score = comb.score.mean(axis=0)
    typical_hz = comb.stride_hz[mean_score.argmax()]
    near = np.abs(comb.stride_hz - typical_hz) <= max(0.12 * typical_hz, 3 * GRID_HZ)
    local_hz = peak_frequency(comb.score[:, near], comb.stride_hz[near])
    steps, strength = _follow_line(x, rate_hz, local_hz, comb.middle_s, 2)
    if limb:
        stride_steps, stride_strength = _follow_line(x, rate_hz, local_hz, comb.middle_s, 1)
        if _steadiness(stride_strength) > _steadiness(strength):
            steps, strength = stride_steps, stride_strength
    # runners speed up and slow down at the ends: the steady middle is what they call their cadence
    edge = min(int(cadence_trim_s * rate_hz), len(x) // 6)
    duration_s = (len(x) - 1 - 2 * edge) / rate_hz
    cadence = float((steps[-1 - edge] - steps[edge]) / duration_s * 60)
    # a tenth of a step of uncertainty of the phase at either end
    if abs(cadence / (120.0 * float(np.median(local_hz))) - 1) > max_cadence_conflict:
        cadence = float("nan")
    half = float(np.hypot(cadence_floor_spm, 1.96 * np.sqrt(2) * 0.1 / duration_s * 60))
    inner = slice(len(x) // 8, len(x) - len(x) // 8)
    momentary = np.diff(steps[inner])[strength[inner][1:] > min_step_strength * np.median(strength)]
    unsteadiness = float(momentary.std() / max(float(momentary.mean()), 1e-9)) if len(momentary) else float("inf")
    return StepPhase(
        steps, strength, cadence, cadence - half, cadence + half, unsteadiness, comb.middle_s, 120.0 * local_hz
    )


def _steadiness(strength: Floats) -> float:
    return float(np.median(strength) / (strength.std() + 1e-12))


def _follow_line(
    x: Floats, rate_hz: float, stride_hz: Floats, middle_s: Floats, multiple: int
) -> tuple[Floats, Floats]:
    time_s = np.arange(len(x)) / rate_hz
    line_hz = np.interp(time_s, middle_s, stride_hz) * multiple
    carrier = 2 * np.pi * np.r_[0.0, np.cumsum((line_hz[1:] + line_hz[:-1]) / 2)] / rate_hz
    mean_hz = float(line_hz.mean())
    level = moving_mean(x, n=max(int(round(2 * multiple * rate_hz / mean_hz)), 1))
    base = (x - level) * np.exp(-1j * carrier)
    slow = low_pass(np.stack([base.real, base.imag], axis=1), rate_hz=rate_hz, cutoff_hz=0.3 * mean_hz)
    z = slow[:, 0] + 1j * slow[:, 1]
    phase = carrier + np.unwrap(np.angle(z))
    return phase / (2 * np.pi) * (2 / multiple), 2 * np.abs(z)
