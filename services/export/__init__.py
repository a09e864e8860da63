"""Exports: trained networks as files to take home, each proven equal to what was trained or refused."""
