"""
When the direction is unknown
=============================

A phone in the pocket, nothing declared. The recording is simulated.
"""

# %%
# Nothing in this recording decides which way the runner faced. The bouts are put into two groups that travel opposite
# ways, and the direction stays unknown.

import matplotlib.pyplot as plt

import gait

recording = gait.read_recording("../../sample_recordings/simulated_pocket_unknown.zip", placement="pocket")
analysis = gait.analyze(recording)
print(analysis.comparison.sentence)
analysis.bouts[["bout_id", "gait", "direction", "direction_method", "direction_group"]]

# %%
# Quality says what was withheld and what helps.

for flag in analysis.quality:
    print(f"{flag.severity}: {flag.message} {flag.remedy}")

# %%
# If you know which group was backward, say so. Nothing else changes.

named = gait.analyze(recording, backward_group="B")
named.bouts[["bout_id", "direction", "direction_method", "direction_reason"]]

# %%

_, ax = plt.subplots(figsize=gait.plots.WIDE_IN, layout="constrained")
_ = gait.plots.timeline(named, ax=ax)
