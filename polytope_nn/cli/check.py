"""``polytope-nn check CERT.json``: the standalone checker, under the common command."""

import argparse
import shutil
import subprocess
import sys
from pathlib import Path

from polytope_nn.errors import InstanceError, Undecided

from .options import integer
from .written import put, writable

__all__ = ["NAME", "add", "confirmed", "run"]

NAME = "check"
BUILT = Path(__file__).parents[2] / "proofs" / "coq" / "chk"  # whose soundness is a theorem
LIMITS = {
    "size": "characters of the file",
    "digits": "digits of a number",
    "seconds": "seconds of checking",
}

_LIMIT = {  # what the checker says where a file costs more than it may, and the option
    "is larger than the limit": "size",
    "an integer has too many digits, or is -0": "digits",
    "holds no string of a rational, or too long a one": "digits",
    "checking exceeds the limit": "seconds",
}


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command's arguments."""
    from polytope_nn.certificate.check import Limits

    parser = commands.add_parser(
        NAME,
        help="check a certificate with the standalone checker",
        description="Accept a certificate, or say where it is wrong and why. The checker is "
        "the folder checker/; --write-checker writes it as one file that runs alone.",
    )
    parser.add_argument("certificate", metavar="CERT.json", nargs="?", help="- for stdin")
    parser.add_argument(
        "--write-checker", metavar="FILE", help="write the checker as one file: FILE.pyz"
    )
    for name, what in LIMITS.items():
        default = getattr(Limits, name)
        parser.add_argument(
            f"--{name}", type=integer, default=default, help=f"most {what} ({default})"
        )
    parser.add_argument(
        "--verified",
        action="store_true",
        help="have it confirmed by the checker proved in Coq (make -C proofs/coq)",
    )


def run(args: argparse.Namespace) -> int:
    """Check one file; a refusal is raised, and the common command says it."""
    from polytope_nn.checker.kernel.reading import RANGES

    for name, most in RANGES.items():
        given = getattr(args, name)
        if given < 1:
            raise InstanceError(f"--{name}: {given} is not positive: give 1 to {most}")
        if given > most:
            raise InstanceError(f"--{name}: {given} is too large: give 1 to {most}")
    target = writable(args.write_checker)
    if target is not None:
        from polytope_nn.checker.archive import archive

        put(target, archive())
    if args.certificate is not None:
        return _checked(args)
    if target is None:
        raise InstanceError("CERT.json: no certificate is given: name one, or - for stdin")
    return 0


def _checked(args: argparse.Namespace) -> int:
    from polytope_nn.checker.command import failed, text_at, verdict
    from polytope_nn.checker.kernel.reading import Limits, Refuted, Unreadable
    from polytope_nn.checker.kinds import accepted

    path, before = args.certificate, sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(max(4300, args.digits))
    limits = Limits(args.size, args.digits, args.seconds)
    try:
        text = text_at(path, limits.size)
        found = accepted(text, limits)
    except (Unreadable, UnicodeDecodeError) as error:
        raise InstanceError(f"{path}: {failed(error)[1]}") from None
    except OSError:
        raise
    except Refuted as error:
        where = path if error.where == "file" else f"{path}: {error.where}"
        why, name = error.why, _LIMIT.get(error.why)
        if name is not None:
            why += f": --{name} {getattr(limits, name)} is the limit: give a larger one"
        raise Refuted(where, why) from None
    except Exception as error:  # noqa: BLE001 - an accident is no verdict, and has its code
        code, said = failed(error)
        print(" ".join(f"polytope-nn check: {path}: {said}".split()), file=sys.stderr)
        return code
    finally:
        sys.set_int_max_str_digits(before)
    if args.verified:
        confirmed(text)
        print(f"{path}: verified")
    print(*verdict(path, found), sep="\n")
    return 0


def program() -> str:
    """Return the path of the extracted program: built in this tree, or on PATH."""
    found = str(BUILT) if BUILT.is_file() else shutil.which("polytope-nn-chk")
    if found is None:
        cure = (
            "run make -C proofs/coq in the source tree (make verified installs Coq first)"
        )
        raise InstanceError(f"--verified: proofs/coq/chk is not built: {cure}")
    return found


def confirmed(text: str) -> None:
    """Let the verified checker read the very characters; it says yes or no and no more."""
    command = [program(), "-"]
    done = subprocess.run(  # noqa: S603 - our own program, no argument of the user's
        command, input=text.encode(), stdout=subprocess.DEVNULL, check=False
    )
    if done.returncode != 0:
        raise Undecided(
            "accepted by the checker, not confirmed by the verified one: it reads the kinds "
            "named in proofs/coq/README.md, in the characters that certify -o writes"
        )
