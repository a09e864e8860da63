"""A job that says one line and ends without a result."""

import sys

print("nothing to do here\n", file=sys.stderr)
sys.exit(4)
