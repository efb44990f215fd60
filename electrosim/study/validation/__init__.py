"""Validation cases: what they hold, how they are measured, how they are reported."""
