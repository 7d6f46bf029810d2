"""``polytope-nn polyhedron FILE``: both forms of a polyhedron, its volume, a projection."""

import argparse
import json
from typing import TYPE_CHECKING

from polytope_nn.errors import InstanceError, UnboundedError

if TYPE_CHECKING:
    from polytope_nn.geometry.polyhedra.polyhedron import Polyhedron

__all__ = ["NAME", "add", "run"]

NAME = "polyhedron"
_SHOWN = 40
_NAMES = {
    "vertices": "vertex",
    "rays": "ray",
    "lines": "line",
    "facets": "facet",
    "equations": "equation",
}
_FORMATS = ("ine", "ext", "json", "normaliz", "graphml")


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command's arguments."""
    parser = commands.add_parser(
        NAME,
        help="vertices, facets, volume and projections of a polyhedron of your own",
        description="Read a polyhedron (.ine or .ext of cddlib and lrs, JSON of polymake or "
        "of our own, input of Normaliz) and print both of its irredundant forms, exactly.",
    )
    parser.add_argument("file", metavar="FILE", help="the polyhedron; - for stdin")
    parser.add_argument(
        "--project",
        metavar="I,J",
        help="keep these coordinates, numbered from 1, in this order",
    )
    parser.add_argument("--volume", action="store_true", help="the volume too, exactly")
    parser.add_argument(
        "--to", choices=_FORMATS, help="print it in this format (json is polymake's)"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(args: argparse.Namespace) -> int:
    """Print the polyhedron; the empty set is an answer, too."""
    from polytope_nn.geometry.polyhedra.documents import fields

    if args.to and (args.json or args.volume):
        given = "--json" if args.json else "--volume"
        raise InstanceError(f"--to prints the polyhedron alone: leave out {given}")
    P = _read(args.file)
    if args.project is not None:
        P = P.projection(_coordinates(args.project, P.ambient_dim))
    if args.to:
        print(_written(P, args.to), end="")
        return 0
    found = fields(P)
    if args.volume:
        found["volume"] = _volume(P)
    if args.json:
        print(json.dumps(found))
    else:
        _page(args.file, P, found)
    return 0


def _read(path: str) -> "Polyhedron":
    from polytope_nn.geometry.polyhedra.documents import read_polyhedron
    from polytope_nn.problems.reading.fields import text_of

    name = "standard input" if path == "-" else path
    return read_polyhedron(text_of(path, name, "a polyhedron is wanted"), name)


def _coordinates(asked: str, n: int) -> list[int]:
    """Return the coordinates of ``--project``, counted from 0."""
    words = [word.strip() for word in asked.split(",")]
    known = [str(i) for i in range(1, n + 1)]
    if not set(words) <= set(known) or len(set(words)) < len(words):
        raise InstanceError(
            f"--project {asked}: give different coordinates from 1 to {n}, as in 1,2"
        )
    return [int(word) - 1 for word in words]


def _written(P: "Polyhedron", form: str) -> str:
    """Return the text of a format; the forms are the irredundant ones."""
    if form == "ine":
        return P.irredundant.to_ine()
    if form == "ext":
        return P.to_ext()
    if form == "normaliz":
        return P.irredundant.to_normaliz()
    return P.to_polymake() if form == "json" else P.to_graphml()


def _volume(P: "Polyhedron") -> object:
    """Return the volume as exact JSON; None when it is unbounded."""
    from polytope_nn.exact.scalar import exact_number

    try:
        return exact_number(P.volume)
    except UnboundedError:
        return None


def _page(name: str, P: "Polyhedron", found: dict[str, object]) -> None:
    """Print a page for a reader: what it is, then its forms, cut where they are long."""
    if P.is_empty:
        print(f"{name}: the empty set in R^{P.ambient_dim}")
        return
    sizes = ", ".join(
        f"{n} {one if n == 1 else key}"
        for key, one in _NAMES.items()
        for n in (found[f"n_{key}"],)
    )
    print(f"{name}: dimension {P.dim} in R^{P.ambient_dim}: {sizes}")
    if "volume" in found:
        volume = "unbounded" if found["volume"] is None else P.volume
        print(f"volume {volume}")
    for kind, rows in (("vertex", P.vertices), ("ray", P.rays), ("line", P.lines)):
        _some([f"{kind} ({', '.join(map(str, x))})" for x in rows])
    for sign, (A, b) in (("<=", P.facets), ("=", P.hull)):
        _some(
            [f"({', '.join(map(str, a))}) x {sign} {t}" for a, t in zip(A, b, strict=True)]
        )


def _some(lines: list[str]) -> None:
    for line in lines[:_SHOWN]:
        print(line)
    if len(lines) > _SHOWN:
        print(f"... and {len(lines) - _SHOWN} more: --json lists them all")
