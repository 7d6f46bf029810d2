"""``--cross-check``: the second routes of an answer, and what the page says of them."""

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from polytope_nn.geometry.arrangement import Arrangement
    from polytope_nn.landscape.second_routes import Routes
    from polytope_nn.landscape.staircase import Staircase

__all__ = ["add_cross_check", "routes_lines", "routes_of"]

_WORDS = {
    "patterns: cdd": "patterns by cddlib",
    "components: face lattice": "components by the face lattice",
}


def add_cross_check(parser: argparse.ArgumentParser) -> None:
    """Declare whether second routes are gone: by default where they are cheap."""
    either = parser.add_mutually_exclusive_group()
    either.add_argument(
        "--cross-check",
        action="store_true",
        default=None,
        help="enumerate the patterns by cddlib too, decide components by the face lattice "
        "too, at any size; by default up to 100 patterns and 2000 faces",
    )
    either.add_argument(
        "--no-cross-check",
        action="store_false",
        default=None,
        dest="cross_check",
        help="go no second route, whatever the size",
    )


def routes_of(
    args: argparse.Namespace,
    arrangements: "Iterable[Arrangement]",
    S: "Staircase | None",
    n_patterns: int | None,
) -> "Routes":
    """Return the second routes that were run and agreed; a disagreement is raised."""
    from polytope_nn.landscape.second_routes import Routes, second_routes

    if args.cross_check is False:
        return Routes(())
    forced = args.cross_check is True
    return second_routes(arrangements, S, n_patterns=n_patterns, forced=forced)


def routes_lines(routes: "Routes") -> str:
    """Return what the page says of the routes, each line with its end; "" for none."""
    agreed = " and ".join(_WORDS[route] for route in routes.agreed)
    said = f"cross-checked, and the same: {agreed}\n" if agreed else ""
    if routes.missing:
        said += f"patterns not cross-checked: {routes.missing}\n"
    return said
