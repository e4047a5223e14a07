"""
First analysis
==============

From a file to tables and figures. The recording is simulated.
"""

# %%
# Read a recording. Where the device was worn is the one thing that a file never tells.

import matplotlib.pyplot as plt

import gait

recording = gait.read_recording("../../sample_recordings/simulated_belt_phone.zip", placement="lower_back")
print(f"{recording.format}, {recording.sampling_rate_hz:.0f} readings per second, gravity {recording.gravity}")
for assumption in recording.assumptions:
    print("-", assumption)

# %%
# The first run of this recording was forward: that is the knowledge that the accelerometer cannot have.

analysis = gait.analyze(recording, calibrate="first-run")
print(analysis.comparison.sentence)

# %%
# One row per bout, with how its direction is known.

analysis.bouts[["bout_id", "start_s", "end_s", "gait", "direction", "direction_score", "cadence_spm"]].round(2)

# %%
# Backward against forward: ratio with its 95 % interval over bouts.

gait.compare(analysis).table[["metric", "forward", "backward", "ratio", "ratio_low", "ratio_high", "method"]].round(3)

# %%
# Every figure of the report is a function. Forward and backward differ in marker and line style as well as in colour,
# and each figure has an alternative text made from its numbers.

_, ax = plt.subplots(figsize=gait.plots.WIDE_IN, layout="constrained")
gait.plots.impacts(analysis, ax=ax)
print(gait.plots.alt_text("impacts", analysis))

# %%

_, ax = plt.subplots(figsize=gait.plots.WIDE_IN, layout="constrained")
_ = gait.plots.timeline(analysis, ax=ax)
