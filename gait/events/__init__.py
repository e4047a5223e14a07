"""Events: bouts, cadence, direction, contacts."""
