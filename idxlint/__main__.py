"""`python -m idxlint`, and the console script."""

import gc
import os
import sys

OUT_OF_MEMORY = "out of memory; give it more memory or fewer files"


def main() -> None:
    """Run the command line; whatever goes wrong is one line, never a traceback."""
    # A run is short and makes no circles worth collecting; looking for them costs a tenth of it.
    gc.disable()
    sys.exit(_watched() if _limited() else _run())


def _run() -> int:
    try:
        _only_our_words()
        from idxlint.cli.main import run

        return run(sys.argv[1:])
    except KeyboardInterrupt:
        return 130
    except MemoryError:
        return _say(OUT_OF_MEMORY)
    except (ImportError, OSError, SystemError) as error:
        return _say(" ".join(str(error).split()) or type(error).__name__)
    except Exception as error:
        if os.environ.get("IDXLINT_TRACEBACK"):
            raise
        what = " ".join(f"{type(error).__name__}: {error}".split())
        return _say(f"internal error: {what}; please report it with the output of IDXLINT_TRACEBACK=1")


def _limited() -> bool:
    """Whether this process may not take as much memory as it wants (ulimit -v)."""
    try:
        import resource
    except ImportError:  # Windows knows no such limit
        return False
    return resource.getrlimit(resource.RLIMIT_AS)[0] != resource.RLIM_INFINITY


def _watched() -> int:
    """Run in a child: PostgreSQL's parser may end the process when memory runs out, with the code of findings."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        code = _run()
        sys.stdout.flush()
        os.write(writer, bytes([code]))
        os._exit(code)
    os.close(writer)
    answer = os.read(reader, 1)
    os.waitpid(child, 0)
    return answer[0] if answer else _say(OUT_OF_MEMORY)


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
