"""``polytope-nn check CERT.json``: the standalone checker, under the common command."""

import argparse
import sys
from pathlib import Path

from polytope_nn.errors import InstanceError

__all__ = ["NAME", "add", "run"]

NAME = "check"


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command's arguments."""
    from polytope_nn.certificate.check import Limits

    parser = commands.add_parser(
        NAME,
        help="check a certificate with the standalone checker",
        description="Accept a certificate, or say where it is wrong and why. The checker is "
        "the file certificate/check.py, which also runs alone.",
    )
    parser.add_argument("certificate", metavar="CERT.json", help="- for stdin")
    for name, what in (
        ("size", "characters of the file"),
        ("digits", "digits of a number"),
        ("seconds", "seconds of checking"),
    ):
        default = getattr(Limits, name)
        parser.add_argument(
            f"--{name}", type=int, default=default, help=f"most {what} ({default})"
        )
    parser.add_argument(
        "--verified",
        action="store_true",
        help="have it confirmed by the checker proved in Coq (make -C proofs/coq)",
    )


def run(args: argparse.Namespace) -> int:
    """Check one file; a refusal is raised, and the common command says it."""
    from polytope_nn.certificate.check import Limits, Unreadable, check

    limits = Limits(args.size, args.digits, args.seconds)
    for name in ("size", "digits", "seconds"):
        if getattr(args, name) < 1:
            raise InstanceError(f"--{name}: {getattr(args, name)} is not positive")
    before = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(max(4300, args.digits))
    try:
        text = _read(args.certificate, args.size)
        check(text, limits)
    except Unreadable as error:
        raise InstanceError(f"{args.certificate}: {error.why}") from None
    finally:
        sys.set_int_max_str_digits(before)
    if args.verified:
        from polytope_nn.cli.verified import confirmed

        confirmed(text)
    print(f"{args.certificate}: accepted" + ", verified" * args.verified)
    return 0


def _read(path: str, size: int) -> str:
    """Return the text of the file, or of stdin, and no more than the limit and one more."""
    try:
        if path == "-":
            return sys.stdin.read(size + 1)
        with Path(path).open(encoding="utf-8") as file:
            return file.read(size + 1)
    except UnicodeDecodeError:
        raise InstanceError(f"{path}: is not UTF-8 text: give a certificate") from None
