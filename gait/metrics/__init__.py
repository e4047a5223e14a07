"""Metrics: timing and impact per step, comparison of backward with forward."""
