"""`python -m blueprint.typescript OUT`: write the catalogue for browsers, help.ts and kinds.ts beside it."""

import sys
from pathlib import Path

from blueprint.typescript.catalogue import catalogue_typescript, help_typescript, kinds_typescript
from blueprint.typescript.unportable import Unportable

if __name__ == "__main__":
    try:
        out = Path(sys.argv[1])
        out.write_text(catalogue_typescript(), encoding="utf-8")
        out.with_name("help.ts").write_text(help_typescript(), encoding="utf-8")
        out.with_name("kinds.ts").write_text(kinds_typescript(), encoding="utf-8")
    except Unportable as refusal:
        sys.exit(str(refusal))
