"""The command line: one module a command, and only the one asked for is imported."""

import argparse
import io
import os
import sys
import warnings
from collections.abc import Collection, Sequence
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, NoReturn, TextIO

from polytope_nn.errors import (
    InstanceError,
    NotAttained,
    NotInterpolable,
    NotOptimal,
    PolytopeError,
    RoutesDisagreeError,
    Undecided,
)
from polytope_nn.meant import meant, meant_file
from polytope_nn.progress import shown

__all__ = ["COMMANDS", "main", "parser"]

COMMANDS = {
    "certify": "the staircase of connectivity of an instance, with its certificate",
    "check": "check a certificate with the standalone checker",
    "patterns": "the activation patterns of a data set",
    "path": "a path of optimal networks between two networks, or what separates them",
    "descend": "a path of non-increasing objective from a network to a global optimum",
    "connect": "a path between any two networks, over a global optimum, without a barrier",
    "gap": "a proved bound on how far a network is from the global optimum",
    "nearest": "the optimal network nearest to a network, with its distance",
    "stationary": "every stationary network of a width: values, minima and saddles",
    "draw": "pictures: the polytope, P_m, faces, atoms, functions, paths, the ellipsoid",
    "holes": "the holes of the set of optimal networks, of every dimension and width",
    "interpolate": "the minimum-norm interpolants: unique, or a continuum",
    "beta-path": "the staircase for every weight decay: intervals of constant type",
    "sweep": "a theorem over a family of instances",
    "convert": "a network from one tool's file to another's",
    "explain": "what a word of the output means, and where it is proved",
    "polyhedron": "vertices, facets, volume and projections of a polyhedron of your own",
    "completion": "the script by which a shell completes these commands",
}
OF_NETWORKS = (
    "path", "descend", "connect", "gap", "nearest", "stationary", "draw", "convert",
)  # fmt: skip

OF_DATA = ("convert", "completion")  # which print no page
_ROOMS = dict.fromkeys(OF_NETWORKS, "networks.") | {"completion": "terminal."}

ACCIDENT = 4  # the exit code of what should not happen
_CODES = (
    "Exit codes everywhere: 0 certified, 1 refuted, 2 usage or bad input (one line on "
    "stderr), 3 undecided, 4 an accident of the program, 130 interrupted, 141 when whoever "
    "reads the output has gone."
)


class _Parser(argparse.ArgumentParser):
    """A parser whose usage errors are exceptions of one line that say what was meant."""

    known: tuple[str, ...] = ()
    asked: str = ""  # the command, for the errors of what is left when it has read its own

    def error(self, message: str) -> NoReturn:
        word = message.removeprefix("unrecognized arguments: ").split(" ")[0]
        cure = meant(word.split("=")[0], self.known) if word[:1] == "-" else ""
        said = f"{message}: {cure}" if cure else message
        raise InstanceError(f"{said} (see {self.prog}{self.asked} --help)")

    def _print_message(self, message: str, file: Any = None) -> None:  # noqa: ANN401
        if message:  # argparse's own passes over a full device and a closed pipe
            (file or sys.stderr).write(message)

    def _check_value(self, action: argparse.Action, value: Any) -> None:  # noqa: ANN401
        if action.choices is not None and value not in action.choices:
            known = [str(choice) for choice in action.choices]
            cure = meant(str(value), known, f"choose from {', '.join(known)}")
            raise argparse.ArgumentError(action, f"invalid choice: {value!r}: {cure}")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; nothing is raised for bad input."""
    arguments = sys.argv[1:] if argv is None else list(argv)
    if sys.stdin is None:  # closed by who started us: as if empty
        sys.stdin = io.TextIOWrapper(io.BytesIO())
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a terminal without κ is no error
            stream.reconfigure(errors="backslashreplace")
    try:
        terminal = sys.stderr if _is_terminal(sys.stderr) else None
        with shown(terminal), warnings.catch_warnings():
            # of floats: they decide nothing
            warnings.simplefilter("ignore", RuntimeWarning)
            code = _run(arguments)
        sys.stdout.flush()
    except BrokenPipeError:  # the reader has gone: nobody to tell
        _set_aside(sys.stdout)
        return 141
    except KeyboardInterrupt:
        _tell(arguments, KeyboardInterrupt("interrupted"))
        return 130
    except Exception as error:
        failed = _exit_code(error, arguments)
        if failed == ACCIDENT and os.environ.get("POLYTOPE_NN_TRACEBACK") == "1":
            raise
        _tell(arguments, error, accident=failed == ACCIDENT)
        if isinstance(error, OSError) and not error.filename:
            _set_aside(sys.stdout)
        return failed
    return code


def parser(asked: Collection[str] = tuple(COMMANDS)) -> argparse.ArgumentParser:
    """Return the parser of the command line, with what the commands that are asked declare.

    >>> args = parser().parse_args(["certify", "data.json", "--beta", "1/10"])
    >>> args.command, args.instance, args.beta
    ('certify', 'data.json', '1/10')
    """
    from polytope_nn import __version__

    whole = _Parser(prog="polytope-nn", description=_CODES)
    whole.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    commands = whole.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, what in COMMANDS.items():
        if name not in asked:
            commands.add_parser(name, help=what)
            continue
        _module(name).add(commands)
        own = commands.choices[name]
        whole.asked = f" {name}" if len(asked) == 1 else ""
        if name not in {"explain", *OF_DATA}:
            own.add_argument(
                "--explain", action="store_true", help="say what the page's words mean"
            )
        options = (s for action in own._actions for s in action.option_strings)  # noqa: SLF001
        whole.known = own.known = (*whole.known, *options)
    return whole


def _module(name: str) -> ModuleType:
    """Return the module of a command: imported when it is asked for."""
    room = _ROOMS.get(name, "")
    return import_module(f"{__name__}.{room}{name.replace('-', '_')}")


def _run(arguments: list[str]) -> int:
    if not sys.stdout:  # closed by who started us
        raise InstanceError("standard output is closed: give it a file or a pipe")
    asked = next((a for a in arguments if not a.startswith("-")), "")
    try:
        args = parser({asked}).parse_args(arguments)
    except SystemExit as done:  # --help and --version; errors go through error()
        return int(done.code or 0)
    from .terminal.page import said
    from .written import require_apart

    require_apart(args)
    code = said(_module(args.command).run, args, arguments)
    for line in getattr(args, "told", ()):
        print(f"polytope-nn {args.command}: {line}", file=sys.stderr)
    return code


def _exit_code(error: Exception, arguments: Sequence[str]) -> int:
    """Return the exit code of an error; a refusal of what we made ourselves is an accident."""
    from polytope_nn.certificate.check import Refuted

    if isinstance(error, Undecided):
        return 3
    if isinstance(error, RoutesDisagreeError):
        return ACCIDENT
    if isinstance(error, Refuted):
        return 1 if arguments[:1] == ["check"] else ACCIDENT
    if isinstance(error, NotAttained | NotInterpolable | NotOptimal):
        return 1
    return 2 if isinstance(error, PolytopeError | OSError) else ACCIDENT


def _is_terminal(stream: TextIO | None) -> bool:
    """Return whether a stream is there, open, and a terminal."""
    return stream is not None and not stream.closed and stream.isatty()


def _tell(arguments: list[str], error: BaseException, *, accident: bool = False) -> None:
    """Say what went wrong, on one line of stderr."""
    message = str(error)
    if accident:
        message = (
            f"an accident of the program, {type(error).__name__}: {message or 'no more said'} "
            f"(POLYTOPE_NN_TRACEBACK=1 shows where)"
        )
    if isinstance(error, Undecided) and message.endswith(" bits"):
        message += (
            ": a tie, or nearly one: raise --bits, or change a label or beta a little"
        )
    if isinstance(error, OSError) and error.strerror:
        why = error.strerror
        if isinstance(error, FileNotFoundError) and error.filename:
            why = f"there is no such file: {meant_file(Path(error.filename))}"
        if isinstance(error, IsADirectoryError):
            why = "is a directory: name a file in it"
        message = f"{error.filename or 'standard output'}: {why}"
    name = f" {arguments[0]}" if arguments and arguments[0] in COMMANDS else ""
    line = " ".join(message.split())
    if not sys.stderr:  # closed: the exit code says it
        return
    from polytope_nn.cli.terminal.page import has_colour, red

    who = f"polytope-nn{name}:"
    try:
        print(
            red(who) if has_colour(sys.stderr) else who, line, file=sys.stderr, flush=True
        )
    except OSError:
        _set_aside(sys.stderr)


def _set_aside(stream: TextIO) -> None:
    """Send what is left of a stream nowhere: else the interpreter tries again as it ends."""
    with suppress(io.UnsupportedOperation), Path(os.devnull).open("wb") as nowhere:
        os.dup2(nowhere.fileno(), stream.fileno())
