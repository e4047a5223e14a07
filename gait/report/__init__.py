"""The report: one self-contained page about one recording, and the tables beside it."""

from gait.report.files import write_report, write_tables
from gait.report.page import describe_recording, render_report

__all__ = ["describe_recording", "render_report", "write_report", "write_tables"]
