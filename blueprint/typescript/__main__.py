"""`python -m blueprint.typescript OUT`: write the catalogue for browsers."""

import sys
from pathlib import Path

from blueprint.typescript.catalogue import catalogue_typescript
from blueprint.typescript.unportable import Unportable

if __name__ == "__main__":
    try:
        Path(sys.argv[1]).write_text(catalogue_typescript(), encoding="utf-8")
    except Unportable as refusal:
        sys.exit(str(refusal))
