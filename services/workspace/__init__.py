"""People and what they may touch: accounts, sessions, organisations, projects, grants."""
