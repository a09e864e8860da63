"""Measurements, each beside a named reference in the same run. `python -m bench` runs them all."""
