"""What commands share: the options of an instance, limits, certificates, titles."""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from polytope_nn.errors import InstanceError, UnboundedError, Undecided
from polytope_nn.wording import shown

if TYPE_CHECKING:
    from polytope_nn.dual.optimum import Optimum
    from polytope_nn.landscape.optimal_set import OptimalPolytope
    from polytope_nn.landscape.staircase import Staircase
    from polytope_nn.limits import Limits
    from polytope_nn.problems.problem import Problem
    from polytope_nn.vector.problem import VectorProblem

__all__ = [
    "DATA",
    "JOBS",
    "NETWORK",
    "add_bias_and_skip",
    "add_instance",
    "add_limits",
    "add_options",
    "amount",
    "certified",
    "integer",
    "limits_of",
    "staircase_of",
    "title",
    "wanted",
]

JOBS = 1000  # processes, at most
MOST_DIGITS = 1000  # of an integer among the options
DATA = "JSON, CSV, .npz or .npy; - for stdin"
NETWORK = "JSON, .npz or .safetensors"
_OBJECTIVE = (
    "the objective: 1/2 sum_k (f(x_k) - y_k)^2 + beta/2 sum_j (|w_j|^2 + alpha_j^2), "
    "f(x) = sum_j alpha_j (w_j'x)_+; sums, not means: explain objective has what torch, "
    "scikit-learn and others minimise"
)
_ITSELF = "; the answer is proved, and stands without a certificate"
_AT_ONCE = (256, 1000)  # vertices certified unasked: of any loss, of the squared one
_LIMITS = {
    "bits": "working precision of balls",
    "degree": "largest degree of a number field that is tried",
    "field_bits": "precision at which its polynomial is sought",
    "vertices": "most vertices of P that are listed (6000); beyond, some are",
}


def integer(text: str) -> int:
    """Return an integer given on the command line, in digits alone.

    >>> integer("12"), integer("-3")
    (12, -3)
    """
    digits = text.removeprefix("-")
    if not digits.isascii() or not digits.isdigit() or len(digits) > MOST_DIGITS:
        raise argparse.ArgumentTypeError(f"{shown(text)} is no integer: write digits")
    return int(text)


def add_instance(parser: argparse.ArgumentParser) -> None:
    """Declare the instance of a command, and the options that complete its file."""
    parser.add_argument("instance", metavar="INSTANCE", help=DATA)
    add_options(parser)


def add_options(parser: argparse.ArgumentParser) -> None:
    """Declare the options by which a command line completes an instance file."""
    parser.add_argument("--beta", help="the weight decay, as 1/10 or 0.1")
    parser.add_argument("--beta-squared", metavar="B", help="its square instead")
    parser.add_argument("--loss", metavar="KIND", help="the loss (squared)")
    add_bias_and_skip(parser)
    parser.epilog = _OBJECTIVE


def add_bias_and_skip(parser: argparse.ArgumentParser) -> None:
    """Declare the options that add biases and a skip, and how tables and floats are read."""
    parser.add_argument("--bias", choices=("none", "penalised", "free"), help="add a bias")
    parser.add_argument(
        "--skip",
        choices=("none", "constant", "linear", "affine"),
        help="add a free output intercept, a free linear part, or both",
    )
    group = parser.add_argument_group("tables and arrays")
    group.add_argument("--target", metavar="NAME", help="the label column (the last)")
    group.add_argument("--features", metavar="A,B", help="the columns of X (all others)")
    group.add_argument("--delimiter", metavar="D", help="between cells (,), or tab")
    group.add_argument(
        "--exact",
        choices=("decimal", "binary"),
        help="read floats of .npz and .npy as the shortest decimals, or as they are",
    )
    group.add_argument(
        "--standardise",
        action="store_true",
        help="subtract each feature's mean and divide by a rational scale, which is printed",
    )


def add_limits(parser: argparse.ArgumentParser) -> None:
    """Declare how far the search for the optimum goes before it is undecided."""
    group = parser.add_argument_group("limits of the search (integers)")
    for name, what in _LIMITS.items():
        group.add_argument(
            f"--{name.replace('_', '-')}", type=integer, metavar="N", help=what
        )


def limits_of(args: argparse.Namespace) -> "Limits":
    """Return the limits given on the command line, with progress on a terminal."""
    from polytope_nn.limits import Limits, on_terminal

    given = {name: getattr(args, name, None) for name in _LIMITS}
    chosen = {name: value for name, value in given.items() if value is not None}
    executor = getattr(args, "executor", None)
    try:
        return replace(Limits(), **chosen, progress=on_terminal, executor=executor)
    except InstanceError as error:
        name, colon, said = str(error).partition(":")
        option = name.replace("_", "-")
        raise InstanceError(f"--{option}{colon}{said}") from None


def amount(option: str, given: int, most: int) -> int:
    """Return how many are asked for, refused where there are none or no machine has so many.

    >>> amount("--jobs", 3, 1000)
    3
    """
    if not 1 <= given <= most:
        what = "not positive" if given < 1 else "too large"
        raise InstanceError(f"{option}: {given} is {what}: give 1 to {most}")
    return given


@contextmanager
def wanted(option: str) -> Iterator[None]:
    """Let what keeps a certificate from being made say that the answer is had without it."""
    try:
        yield
    except Undecided as reason:
        if f"leave out {option}" in str(reason):
            raise
        said = str(reason).removesuffix(": leave it out").removesuffix(_ITSELF)
        said = said.removesuffix(": leave the certificate out")
        raise Undecided(f"{said}; the answer is proved: leave out {option}") from reason


def certified(
    P: "OptimalPolytope | Optimum", *, required: bool, plain: bool = False
) -> tuple[str, str]:
    """Return the text of the certificate, "" when there is none, and what is said of it.

    One that is required and cannot be made is Undecided; of many vertices one is made only
    where it is required.
    """
    from polytope_nn.certificate.certify import certify, what_is_left_out
    from polytope_nn.landscape.optimal_set import OptimalPolytope

    listed = P if isinstance(P, OptimalPolytope) and not P.missing else None
    if listed is not None and not required and listed.n_vertices > _AT_ONCE[plain]:
        return (
            "",
            f"{listed.n_vertices} vertices: -o FILE.json writes a certificate of them",
        )
    try:
        found = certify(P)
    except Undecided as reason:
        if not required:
            return "", f"no certificate: {reason}"
        if listed is None and isinstance(P, OptimalPolytope):
            raise  # what is not decided is the answer
        if "the answer is proved" in str(reason):
            raise
        raise Undecided(f"{reason}; the answer is proved: leave out -o") from reason
    except InstanceError as reason:  # the instance is solved: it has no fault
        if required:
            raise Undecided(f"a certificate: {reason}") from reason
        return "", f"no certificate: {reason}"
    certificate, less = found.to_json() + "\n", what_is_left_out(found)
    said = f"certificate of {len(certificate)} bytes, accepted by the checker"
    return certificate, f"{said}: {less}" if less else said


def staircase_of(P: "OptimalPolytope") -> "tuple[Staircase | None, str]":
    """Return the staircase, or why there is none."""
    try:
        S = P.staircase
    except (UnboundedError, Undecided) as reason:
        return None, str(reason)
    return (None, S.reason) if S.reason else (S, "")


def title(problem: "Problem | VectorProblem") -> str:
    """Return the title of a figure."""
    from polytope_nn.report.text import number
    from polytope_nn.vector.problem import VectorProblem

    name = f"{problem.name}: " if problem.name else ""
    outputs = f"c = {problem.c}, " if isinstance(problem, VectorProblem) else ""
    size = f"n = {problem.n}, d = {problem.d}, {outputs}"
    return f"{name}{size}β² = {number(problem.beta_squared)}"
