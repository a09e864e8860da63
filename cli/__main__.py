"""`neuralforge` (short `nf`): runs one command of `cli.commands`, and says in one sentence what went wrong."""

import sys

from cli.failures import Failure, sentence


def main() -> None:
    """Runs one command; anything a person can mend is one sentence on stderr and exit 2.

    The commands are imported in here, so that Ctrl-C leaves no traceback however early it comes.
    """
    try:
        from cli.commands import app

        app()
    except Failure as failure:
        print(f"neuralforge: {failure}", file=sys.stderr)
        raise SystemExit(2) from None
    except KeyboardInterrupt:
        raise SystemExit(130) from None
    except BrokenPipeError:
        raise SystemExit(0) from None
    except Exception as error:
        told = sentence(error)
        if told is None:
            raise
        print(f"neuralforge: {told}", file=sys.stderr)
        raise SystemExit(2) from None


if __name__ == "__main__":
    main()
