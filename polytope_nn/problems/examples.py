"""The instances of ``examples/``, by their names: one copy, in a checkout and in a wheel."""

from pathlib import Path

from polytope_nn.errors import InstanceError
from polytope_nn.meant import meant

__all__ = ["example_file", "example_names"]

_FORMS = (".json", ".csv")
_OTHERS = ("networks",)  # folders whose files are no instances


def example_names() -> tuple[str, ...]:
    """Return the names of the examples: the paths of their files, without endings, sorted.

    >>> "octahedron" in example_names(), "units/gated" in example_names()
    (True, True)
    """
    return tuple(sorted(_files()))


def example_file(name: str) -> Path:
    """Return the file of an example; a name's ending may be left out.

    Raises
    ------
    InstanceError
        When there is none of this name; it says which is close.

    Examples
    --------
    >>> example_file("octahedron").name
    'octahedron.json'
    """
    files = _files()
    found = files.get(name) or files.get(name.removesuffix(Path(name).suffix))
    if found is not None:
        return found
    same = (k for k in files if k.rpartition("/")[2].casefold() == name.casefold())
    cure = meant(next(same, name), files, "--example alone lists them")
    raise InstanceError(f"--example: {name[:60]!r} is no example: {cure}")


def _files() -> dict[str, Path]:
    """Return the file of each example: those of the wheel, or of the checkout around us."""
    package = Path(__file__).parents[1]
    roots = (package / "examples", package.parent / "examples")
    root = next((path for path in roots if path.is_dir()), roots[0])
    return {
        path.relative_to(root).with_suffix("").as_posix(): path
        for path in sorted(root.rglob("*"))
        if path.suffix in _FORMS and path.parent.name not in _OTHERS
    }
