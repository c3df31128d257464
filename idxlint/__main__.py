"""`python -m idxlint`, and the console script."""

import gc
import os
import sys


def main() -> None:
    """Run the command line; whatever goes wrong is one line, never a traceback."""
    # A run is short and makes no circles worth collecting; looking for them costs a tenth of it.
    gc.disable()
    try:
        _only_our_words()
        from idxlint.cli import run

        code = run(sys.argv[1:])
    except KeyboardInterrupt:
        code = 130
    except MemoryError:
        code = _say("out of memory; give it more, or fewer files at a time")
    except (ImportError, OSError, SystemError) as error:
        code = _say(" ".join(str(error).split()) or type(error).__name__)
    sys.exit(code)


def _only_our_words() -> None:
    """Keep standard error for ourselves: PostgreSQL's parser writes statistics there when memory runs out."""
    ours = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    os.close(nowhere)
    sys.stderr = os.fdopen(ours, "w", encoding=sys.stderr.encoding, errors="backslashreplace", buffering=1)


def _say(line: str) -> int:
    sys.stderr.write(f"idxlint: {line}\n")
    return 3


if __name__ == "__main__":
    main()
