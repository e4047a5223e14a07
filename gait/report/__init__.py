"""The report: one self-contained page about one recording, and the tables beside it."""

from gait.report.files import write_report, write_tables
from gait.report.page import describe_recording, render_report
from gait.report.pdf import check_pdf, write_pdf

__all__ = ["check_pdf", "describe_recording", "render_report", "write_pdf", "write_report", "write_tables"]
