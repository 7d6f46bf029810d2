"""``python -m polytope_nn`` is the command ``polytope-nn``.

Who interrupts it while it is still being loaded sees no traceback: the handler comes first.
"""

import os
import signal
import sys
from types import FrameType

__all__ = ["run"]

_INTERRUPTED = 130


def run() -> int:
    """Load and run the command line; return its exit code.

    >>> argv, sys.argv = sys.argv, ["polytope-nn", "--version"]
    >>> run()
    polytope-nn 0.1.0
    0
    >>> sys.argv = argv
    """
    # ignored by who started us, as in the background of a shell: left so
    asked = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if asked:
        signal.signal(signal.SIGINT, _stopped)
    # many small systems: threads that wait for each other cost more than they bring, and much
    # more where the processor is shared
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, "1")
    from polytope_nn.cli import main

    code = _INTERRUPTED
    try:
        if asked:
            signal.signal(signal.SIGINT, signal.default_int_handler)
        code = main()
    except KeyboardInterrupt:  # between the handlers
        _stopped(signal.SIGINT, None)
    if code == _INTERRUPTED:  # code that was run by exec may tell Python to die of it
        os._exit(code)
    return code


def _stopped(_number: int, _frame: FrameType | None) -> None:
    os.write(2, b"polytope-nn: interrupted\n")
    os._exit(_INTERRUPTED)


if __name__ == "__main__":
    sys.exit(run())
