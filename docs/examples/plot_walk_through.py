"""
From file to report, step by step
=================================

What ``gait.analyze`` does with one recording, stage by stage, with the numbers of each. The recording is simulated, and
its truth lies beside it. ``gait/analysis.py`` is the same list in code.
"""

# %%
# The reader
# ----------
# A zip of an app becomes samples in m/s², +9.81 on the axis that points up at rest. What was decided is kept.

import json
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

import gait
from gait.recording import STANDARD_GRAVITY_MS2

samples = Path("../../sample_recordings")
recording = gait.read_recording(samples / "simulated_belt_phone.zip", placement="lower_back")
print(recording.samples.head(3).round(3).to_string(index=False))
print(f"{len(recording.samples)} samples, {recording.sampling_rate_hz:.1f} readings per second")

# %%
# The clock
# ---------
# Irregular clocks become uniform pieces. Gaps are never bridged: a recording with a gap has two pieces.

from gait.signal.timebase import uniform_pieces

settings = gait.AnalysisSettings()
acc_g = recording.acc_ms2 / STANDARD_GRAVITY_MS2
pieces = uniform_pieces(recording.time_s, acc_g, cuts_s=recording.cuts_s, **settings.keywords(uniform_pieces))
print([f"{piece.start_s:.1f} s to {piece.end_s:.1f} s at {piece.rate_hz:.2f} Hz" for piece in pieces])

# %%
# Up
# --
# The slow mean of the specific force is gravity, and so up. The vertical is the part along it; a device may hang at any
# angle.

from gait.signal.body import body_signal

body = body_signal(pieces[0], placement="lower_back", has_gravity=True, **settings.keywords(body_signal))
vertical_g = body.vertical_g
print(f"vertical: mean {vertical_g.mean():.3f} g, from {vertical_g.min():.2f} to {vertical_g.max():.2f} g")

# %%
# Bouts and rhythm
# ----------------
# The gate finds where somebody runs or walks; the comb finds the cadence of each bout and follows its steps.

from gait.stages import find_tracks

tracks = find_tracks(pieces[:1], [body], placement=recording.placement, has_gravity=True, settings=settings)
for track in tracks[:3]:
    print(
        f"{track.gait} {track.start_s:6.1f} s to {track.end_s:6.1f} s: "
        f"{track.phase.cadence_spm:.1f} steps/min ({track.phase.cadence_low_spm:.1f} to "
        f"{track.phase.cadence_high_spm:.1f}), {track.n_steps} steps"
    )

# %%
# Direction
# ---------
# Each bout yields vectors along its travel, in the frame of the device. The first run is known to be forward, which
# gives the axis to the front; D is the cosine between that and the travel of another bout.

from gait.events.direction import anchor_from
from gait.events.travel import clear_windows, cosines
from gait.stages import direction_evidence

evidence = [direction_evidence(track, placement=recording.placement, settings=settings) for track in tracks]
anchor = anchor_from(evidence[:1], [1.0], method="calibration", **settings.keywords(anchor_from))
print("front, in the frame of the device:", anchor.axis.round(2))
for track, found in list(zip(tracks, evidence, strict=True))[:4]:
    clear = clear_windows(found, **settings.keywords(clear_windows))
    print(f"{track.start_s:6.1f} s: median D {np.median(cosines(found, anchor.axis)[clear]):+.2f}")

# %%
# All of it
# ---------
# ``gait.analyze`` does the same, decides, finds the contacts, measures the steps and compares the directions.

analysis = gait.analyze(recording, calibrate="first-run")
columns = ["bout_id", "start_s", "direction", "direction_score", "direction_method", "cadence_spm"]
analysis.bouts[columns].round(2).head(4)

# %%
# Steps of the second bout, one row each:

columns = ["step_id", "ic_s", "tc_s", "step_time_s", "t_ce_s", "peak_vert_g", "impulse_gs"]
analysis.steps.query("bout_id == 1")[columns].round(3).head(4)

# %%
# The vertical of some steps, with the contacts that were found:

_, ax = plt.subplots(figsize=(7, 3), layout="constrained")
steps = analysis.steps.query("bout_id == 1").iloc[5:11]
time_s = body.start_s + np.arange(len(body.vertical_g)) / body.rate_hz
shown = (time_s > steps["ic_s"].iloc[0] - 0.1) & (time_s < steps["ic_s"].iloc[-1] + 0.3)
ax.plot(time_s[shown], body.vertical_g[shown], color="0.3")
for name, marker in {"ic_s": "o", "tc_s": "s"}.items():
    ax.plot(steps[name], np.interp(steps[name], time_s, body.vertical_g), marker, label=name)
ax.set(xlabel="time [s]", ylabel="vertical [g], below 10 Hz", title="Simulated data: steps and their contacts")
_ = ax.legend(["vertical", "initial contact", "terminal contact"], loc="upper right")

# %%
# The mean of each bout is one value for the comparison, because the steps of one bout resemble each other:

values = analysis.bout_metrics.query("metric == 'cadence_spm'")
print(values[["bout_id", "direction", "value"]].round(1).to_string(index=False))

# %%
# Logarithms of the bouts' values are compared; the sentence is made beside the table.

row = gait.compare(analysis).table.set_index("metric").loc["cadence_spm"]
print(f"ratio {row['ratio']:.3f} ({row['ratio_low']:.3f} to {row['ratio_high']:.3f}), {row['method']}")
print(row["verdict"])
print(analysis.comparison.sentence)

# %%
# Against the truth
# -----------------
# The simulator wrote down what it did.

truth = json.loads((samples / "truth" / "simulated_belt_phone.json").read_text())
true_bouts = [bout for bout in truth["intervals"] if bout["gait"] == "run"]
for found, true in zip(analysis.bouts.itertuples(), true_bouts, strict=True):
    print(
        f"{found.direction:8} true {true['direction']:8} | cadence {found.cadence_spm:.1f} true "
        f"{true['cadence_spm']:.1f} | steps {found.n_steps} true {true['n_steps']}"
    )

# %%
# The report is made from this object alone: ``gait.report.write_report(analysis, "report.html")``.
