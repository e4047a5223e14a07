"""Signals: uniform clock, filters, vertical and horizontal parts."""
