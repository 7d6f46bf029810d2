"""The house itself: layers, the checker's independence, names, licence, no registry host."""

import ast
import configparser
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "polytope_nn"
MODULES = sorted(PACKAGE.rglob("*.py"))


def tracked():
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True
    )
    return [ROOT / name for name in listed.stdout.split("\0") if (ROOT / name).is_file()]


@cache
def read(path):
    """Return the docstring of a file, and its imports: those on top, and all."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    every = [n for n in ast.walk(tree) if isinstance(n, ast.Import | ast.ImportFrom)]
    return ast.get_docstring(tree), [n for n in every if n in tree.body], every


def imported(path):
    """Return the names of the modules a file imports anywhere in it."""
    for node in read(path)[2]:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        else:
            yield "." * node.level + (node.module or "")


def test_the_checker_imports_the_standard_library_only():
    files = [path for path in MODULES if PACKAGE / "checker" in path.parents]
    assert len(files) > 20
    for path in files:
        for name in imported(path):
            ours = name.startswith(".") and path.parent != PACKAGE
            assert ours or name.split(".")[0] in sys.stdlib_module_names, (path, name)
            assert not (name.startswith("..") and path.parent.name == "checker"), path


@pytest.mark.parametrize("package, door", [("cdd", "geometry/cdd.py"), ("flint", "exact/")])
def test_one_door(package, door):
    users = {
        path.relative_to(PACKAGE).as_posix()
        for path in MODULES
        if any(name.split(".")[0] == package for name in imported(path))
    }
    assert users
    assert all(user.startswith(door) for user in users)


@pytest.mark.parametrize(
    "package", ["sympy", "matplotlib", "networkx", "clarabel", "scipy"]
)
def test_heavy_packages_are_imported_inside_functions(package):
    for path in MODULES:
        for node in read(path)[1]:
            names = [a.name for a in node.names]
            module = getattr(node, "module", None) or ""
            tops = {n.split(".")[0] for n in ([module] if module else names)}
            assert package not in tops, path


LONG = {  # files of more than 250 lines, each with the reason that it is one idea
    "checker/kernel/numbers.py": "the numbers of a trusted base, each operation a method",
    "exact/ball.py": "one number type, each operation a method",
    "exact/field.py": "a field and its elements know each other",
    "exact/radical.py": "one number type, each operation a method",
    "landscape/slot_complex.py": "one complex, each of its counts a method",
    "landscape/polytope.py": "one value, each property a line or three",
    "geometry/polyhedra/polyhedron.py": "one value, each property a line or three",
    "geometry/polyhedra/convex_set.py": "one value, each operation a method",
    "geometry/polyhedra/cdd_text.py": "one format, read and written",
    "search/programs/conic.py": "one program, each of its sizes and parts a property",
    "search/long_search.py": "the steps of a search, each with its own rounding",
    "theorems/optimality.py": "six statements, each on a page of its own",
    "theorems/connectivity.py": "nine statements, each on a page of its own",
}


def test_no_crowded_room_and_no_vague_name():
    vague = {"utils", "helpers", "core", "base", "manager", "data", "result", "process"}
    for path in MODULES:
        assert path.stem not in vague
        length = len(path.read_text(encoding="utf-8").splitlines())
        named = path.relative_to(PACKAGE).as_posix() in LONG
        assert length <= (900 if named else 320), (path, length)


def test_at_most_sixteen_files_in_a_room():
    rooms = {path.parent for path in MODULES}
    for room in rooms:
        files = [path for path in room.glob("*.py") if path.name != "__init__.py"]
        assert len(files) <= 16, (room, len(files))


def arrows():
    """Yield the imports of our modules by our modules, wherever they stand in a file."""
    names = {}
    for path in MODULES:
        parts = path.relative_to(ROOT).with_suffix("").parts
        names[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    for name, path in names.items():
        room = name if path.name == "__init__.py" else name.rpartition(".")[0]
        for node in read(path)[2]:
            if isinstance(node, ast.Import):
                yield from ((name, a.name) for a in node.names if a.name in names)
            else:
                above = room.split(".")[: len(room.split(".")) - max(node.level - 1, 0)]
                base = ".".join(
                    [*(above if node.level else []), *filter(None, [node.module])]
                )
                for a in node.names:
                    inner = f"{base}.{a.name}"
                    yield name, inner if inner in names else base


def test_no_import_circle():
    """Also under TYPE_CHECKING and inside functions; the front door loads by name."""
    import networkx as nx

    known = {(a, b) for a, b in arrows() if b.startswith("polytope_nn.") and a != b}
    assert ("polytope_nn.search.finding", "polytope_nn.dual.optimum") in known
    circles = nx.strongly_connected_components(nx.DiGraph(known))
    assert [sorted(c) for c in circles if len(c) > 1] == []


def test_every_module_says_what_it_is():
    for path in MODULES:
        assert read(path)[0], path


def test_no_registry_host_and_no_path_of_a_machine():
    hosts = re.compile(
        r"https?://[\w.-]*(py" + r"pi|debian|npm" + r"js)|/(ho" + r"me|ro" + r"ot)/\w"
    )
    for path in tracked():
        if path.suffix in {".svg", ".png", ".pdf"} or path.name == "LICENSE":
            continue
        text = path.read_text(encoding="utf-8", errors="ignore")
        assert not hosts.search(text), path


def test_the_licence_is_the_whole_text():
    licence = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert "GNU GENERAL PUBLIC LICENSE" in licence
    assert "Version 2, June 1991" in licence
    assert "END OF TERMS AND CONDITIONS" in licence
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg", encoding="utf-8")
    assert config["metadata"]["license"] == "GPL-2.0-or-later"


def test_the_floor_is_close_to_the_number_of_tests(request):
    """A floor far below the count guards nothing: raise it when tests are added."""
    floor = int(request.config.getini("collected_floor"))
    collected = request.session.testscollected
    assert floor >= 1000
    if collected > 2 * floor:
        pytest.fail(f"{collected} tests collected, the floor of {floor} is too low")


def test_ci_and_make_agree():
    asked = (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    assert asked[-1] == "exec make test"
    assert (ROOT / ".ci" / "run").stat().st_mode & 0o111
    targets = (ROOT / "Makefile").read_text(encoding="utf-8")
    more = ("docs", "notebook", "browser", "pythons")
    assert f"for more in {' '.join(more)}; do" in asked
    for target in ("demo", "test", "check", "checker", "bench", "deep", *more):
        assert re.search(rf"^{target}:", targets, re.MULTILINE)


def test_the_changelog_knows_the_version():
    import polytope_nn

    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert polytope_nn.__version__ in changes
