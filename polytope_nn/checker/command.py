"""The command line of the checker alone: ``python -I checker.pyz CERT.json``.

Exit codes: 0 accepted, 1 refuted (where and why on stderr), 2 usage or what cannot be read
or written, 4 an accident (memory, depth, a defect), 130 interrupted, 141 reader gone.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from .kernel.reading import RANGES, Limits, Refuted, Unreadable
from .kinds import Accepted, accepted


class Parser(argparse.ArgumentParser):
    """A parser whose errors fit on one line."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong, and leave with 2."""
        self.exit(2, f"{self.prog}: {message} (see --help)\n")


def integer(text: str) -> int:
    """Return an integer of at most 1000 digits, written in digits alone."""
    if not text.isascii() or not text.isdigit() or len(text) > 1000:
        raise argparse.ArgumentTypeError("give digits")
    return int(text)


def options(arguments: Sequence[str] | None) -> tuple[str, Limits]:
    """Return the path and the limits of the command line."""
    parser = Parser(prog="checker", description="Check a certificate.")
    parser.add_argument("certificate", metavar="CERT.json", help="- for stdin")
    for name, most in RANGES.items():
        usual = getattr(Limits, name)
        text = f"1 to {most} ({usual})"
        parser.add_argument(f"--{name}", type=integer, default=usual, help=text)
    given = parser.parse_args(arguments)
    for name, most in RANGES.items():
        if not 1 <= getattr(given, name) <= most:
            parser.error(f"--{name}: {getattr(given, name)} is not in 1..{most}")
    return given.certificate, Limits(given.size, given.digits, given.seconds)


def main(arguments: Sequence[str] | None = None) -> int:
    """Check one file, say the verdict on one line (and what it is modulo), return the code."""
    path, limits = options(arguments)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        sys.set_int_max_str_digits(max(4300, limits.digits))
        for line in verdict(path, accepted(text_at(path, limits.size), limits)):
            print(line)  # noqa: T201 - a command
        sys.stdout.flush()
    except KeyboardInterrupt:
        return 130
    except Exception as error:  # noqa: BLE001 - an accident is no verdict, and has its code
        if isinstance(error, OSError):
            silence()  # what a full device did not take is not tried again
        code, said = failed(error)
        line = " ".join(f"{path}: {said}".split())
        if said:
            print(line, file=sys.stderr)  # noqa: T201 - as above
        return code
    return 0


def silence() -> None:
    """Let what is still to be written go nowhere."""
    own = sys.__stdout__
    if own is not None and sys.stdout is own:
        os.dup2(os.open(os.devnull, os.O_WRONLY), own.fileno())


def text_at(path: str, size: int) -> str:
    """Return the text of the file, or of stdin, and no more than the limit and one more."""
    if path == "-":
        return sys.stdin.read(size + 1) if sys.stdin else ""  # closed by who started us
    with Path(path).open(encoding="utf-8") as file:
        return file.read(size + 1)


def verdict(path: str, found: Accepted) -> list[str]:
    """Return what is said of an accepted certificate."""
    modulo = [f"modulo {', '.join(found.modulo)}"] if found.modulo else []
    proved = [f"proved: {line}" for line in found.proved]
    return [f"{path}: accepted", *modulo, *proved]


def failed(error: Exception) -> tuple[int, str]:
    """Return the exit code of an error, and what is said of it."""
    if isinstance(error, BrokenPipeError):
        return 141, ""  # nobody to tell
    if isinstance(error, Unreadable):
        return 2, error.why
    if isinstance(error, Refuted):
        return 1, f"refuted: {error.why if error.where == 'file' else error}"
    if isinstance(error, UnicodeDecodeError):
        return 2, "is not UTF-8 text: give a certificate"
    if isinstance(error, OSError):
        return 2, error.strerror or str(error)
    return 4, f"{type(error).__name__}: {error}: an accident, no verdict"
