"""`python -m idxlint`, and the console script."""

import sys


def main() -> None:
    """Run the command line; whatever goes wrong is one line, never a traceback."""
    try:
        from idxlint.cli import run

        code = run(sys.argv[1:])
    except KeyboardInterrupt:
        code = 130
    except MemoryError:
        code = _say("out of memory; give it more, or fewer files at a time")
    except (ImportError, OSError, SystemError) as error:
        code = _say(" ".join(str(error).split()) or type(error).__name__)
    sys.exit(code)


def _say(line: str) -> int:
    sys.stderr.write(f"idxlint: {line}\n")
    return 3


if __name__ == "__main__":
    main()
