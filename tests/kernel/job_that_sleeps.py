"""A job that never says anything."""

import time

from kernel.children import die_with_parent

die_with_parent()
time.sleep(600)
