"""The command line, and the composition root of one machine."""
