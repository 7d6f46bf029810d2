"""The files that commands write: whole or not at all, and never over what they read."""

import argparse
import os
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path

from polytope_nn.errors import InstanceError, MissingEngineError

__all__ = [
    "FIGURES",
    "figure_path",
    "outputs",
    "put",
    "put_all",
    "require_apart",
    "writable",
]

FIGURES = (".svg", ".png", ".pdf", ".tikz")
PAGES = (".html", ".htm")
_READ = ("instance", "data", "network", "start", "end", "file", "input")
_WRITTEN = ("output", "figure", "report", "certificate", "write_checker")


def require_apart(args: argparse.Namespace) -> None:
    """Refuse an option that would write over a file that is read, or that another writes."""
    written = {name: f"--{name.replace('_', '-')}" for name in _WRITTEN}
    written["output"] = "-o"
    named = dict.fromkeys(_READ, "the command")
    if args.command == "check":  # whose certificate is read
        named["certificate"] = named.pop("instance")
        del written["certificate"]
    seen: dict[Path, tuple[str, bool]] = {}
    for name, by in (named | written).items():
        path = getattr(args, name, None)
        if not isinstance(path, str) or path == "-":
            continue
        place, is_written = Path(path).resolve(), name in written
        other, other_is_written = seen.get(place, ("", False))
        if is_written and other_is_written:
            raise InstanceError(f"{path}: is named by {other} and by {by}: name two files")
        if is_written and other:
            raise InstanceError(
                f"{path}: is read, and {by} would write it: name another file"
            )
        seen[place] = by, is_written


def writable(path: str | None, suffixes: Sequence[str] = ()) -> Path | None:
    """Return the path of a file to be written, refused at once if that cannot succeed."""
    if path is None:
        return None
    target = Path(path)
    if suffixes and target.suffix not in suffixes:
        raise InstanceError(f"{path}: the name must end in {', '.join(suffixes)}")
    if path == "-":
        raise InstanceError("-: files are not written to standard output: name a file")
    if target.is_dir() or not target.parent.is_dir():
        what = "is a directory" if target.is_dir() else "lies in no existing directory"
        raise InstanceError(f"{path}: {what}: name a file that can be written")
    if target.exists() and not target.is_file():
        raise InstanceError(f"{path}: is a device or a pipe: name a regular file")
    return target.resolve()  # a link stays, and the file behind it is written


def outputs(
    output: str | None, figure: str | None, report: str | None = None
) -> tuple[Path | None, Path | None, Path | None]:
    """Return the paths of the files of ``-o``, ``--figure`` and ``--report``."""
    return writable(output), figure_path(figure), writable(report, PAGES)


def figure_path(path: str | None) -> Path | None:
    """Return the path of a figure; refused at once where none can be drawn."""
    target = writable(path, FIGURES)
    if target is not None and find_spec("matplotlib") is None:
        raise MissingEngineError(
            f"{path}: matplotlib is not installed, which draws figures: "
            'pip install "polytope_nn[plot]"'
        )
    return target


def put_all(files: Mapping[Path | None, bytes | str]) -> None:
    """Write the files that have a path, when all of it is at hand: nothing half done."""
    for path, content in files.items():
        if path is not None:
            put(path, content)


def put(path: Path, content: bytes | str) -> None:
    """Write a file whole or not at all: beside it first, then renamed over it."""
    data = content.encode() if isinstance(content, str) else content
    import tempfile

    try:
        number, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(number, "wb") as file:
                file.write(data)
            mode = os.umask(0)
            os.umask(mode)
            Path(temporary).chmod(0o666 & ~mode)
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
    except OSError as error:
        why = error.strerror or error
        raise InstanceError(f"{path}: cannot be written: {why}") from None
