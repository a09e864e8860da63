"""Datasets: built-in sources ingested by a job into immutable, verified versions."""
