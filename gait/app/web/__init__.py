"""The upload page `gait serve`: a form, a report, a guide to recording, and the same as JSON."""
