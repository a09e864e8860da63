"""Architectures: networks as streams of edit batches, the versions saved along them, their analysis and source."""
