"""`neuralforge` (short `nf`): runs one command of `cli.commands`, and says in one sentence what went wrong."""

import sys
from typing import NoReturn

from cli.failures import Failure, sentence


def main() -> None:
    """Runs one command; anything a person can mend is one sentence on stderr and exit 2.

    The commands are imported in here, so that Ctrl-C leaves no traceback however early it comes.
    """
    try:
        from cli.commands import app

        app()
    except Failure as failure:
        _refuse(str(failure))
    except SystemExit as ended:
        if not isinstance(ended.code, str):
            raise
        _refuse(ended.code)  # settings that cannot be read
    except KeyboardInterrupt:
        raise SystemExit(130) from None
    except BrokenPipeError:
        raise SystemExit(0) from None
    except Exception as error:
        told = sentence(error)
        if told is None:
            raise
        _refuse(told)


def _refuse(sentence: str) -> NoReturn:
    print(f"neuralforge: {sentence}", file=sys.stderr)
    raise SystemExit(2) from None


if __name__ == "__main__":
    main()
