"""An ingest job that never gets anywhere."""

import sys

from kernel.children import die_with_parent

die_with_parent()
print("no digits today", file=sys.stderr)
sys.exit(3)
