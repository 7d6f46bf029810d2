"""The documentation: its examples run, its pages are complete, its schema is that of the files."""

import doctest
import gzip
import importlib.util
import inspect
import json
import pydoc
import re
import subprocess
import sys
from pathlib import Path

import pytest

import polytope_nn

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = sorted(path for path in DOCS.rglob("*.md") if "build" not in path.parts)
WRITTEN = {"glossary.md", "reference/index.md"}  # by each build
HAS_SPHINX = all(importlib.util.find_spec(name) for name in ("sphinx", "myst_parser"))


def _generated(name="generated"):
    spec = importlib.util.spec_from_file_location(name, DOCS / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


FIGURE_MAKER = _generated("figures")
GALLERY = (DOCS / "gallery.md").read_text(encoding="utf-8")
FIGURES = {f"gallery/{k}": v for k, v in FIGURE_MAKER.commands(GALLERY).items()}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_examples_of_a_page_run(page):
    flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    done = doctest.testfile(str(page), module_relative=False, optionflags=flags)
    assert done.failed == 0


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_what_a_page_links_to_is_there(page):
    text = page.read_text(encoding="utf-8")
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text)
    trees = re.findall(r"```\{toctree\}\n(.*?)```", text, re.DOTALL)
    for tree in trees:
        links += [f"{name}.md" for name in tree.split("\n") if name and name[0] != ":"]
    for link in links:
        place = (page.parent / link).resolve()
        known = str(place.relative_to(DOCS))
        assert place.exists() or known in WRITTEN or known in FIGURES, link


def test_every_picture_of_the_gallery_is_shown():
    for picture in FIGURES:
        assert f"]({picture})" in GALLERY


@pytest.mark.parametrize("picture", ["gallery/polytope.svg", "gallery/flat.svg"])
def test_a_picture_is_drawn_twice_with_the_same_bytes(picture, tmp_path):
    pytest.importorskip("matplotlib")
    drawn = []
    for folder in (tmp_path / "one", tmp_path / "two"):
        folder.mkdir()
        FIGURE_MAKER.draw(FIGURES[picture], folder)
        drawn.append((folder / Path(picture).name).read_bytes())
    assert drawn[0] == drawn[1]


@pytest.mark.deep
@pytest.mark.parametrize("picture", FIGURES)
def test_every_picture_is_drawn(picture, tmp_path):
    FIGURE_MAKER.draw(FIGURES[picture], tmp_path)
    assert (tmp_path / Path(picture).name).stat().st_size > 1000


def test_the_reference_has_every_public_name():
    written = _generated().reference()
    for name in polytope_nn.__all__:
        value = getattr(polytope_nn, name)
        if getattr(value, "__qualname__", "") == name:
            assert f":: {value.__module__}.{name}\n" in written


def test_every_public_name_says_what_it_takes_and_gives():
    """The first line says what is returned; sections as numpydoc has them, and an example."""
    for name in polytope_nn.__all__:
        value = getattr(polytope_nn, name)
        said = inspect.getdoc(value) or ""
        if inspect.isfunction(value):
            assert said.split()[0] in {"Return", "Yield"}, name
            for section in ("Parameters\n---", "Returns\n---", "Raises\n---", ">>> "):
                assert section in said, (name, section)
        elif inspect.isclass(value):
            assert said, name


def test_no_docstring_of_the_reference_has_a_bar_that_sphinx_reads():
    """``|x|`` in plain words is a substitution to Sphinx, which is seen by `make docs` only."""
    for name in polytope_nn.__all__:
        value = getattr(polytope_nn, name)
        members = vars(value).values() if inspect.isclass(value) else ()
        for said in filter(None, map(inspect.getdoc, (value, *members))):
            plain = re.sub(
                r"``.*?``|`[^`]*`|^\s*(>>>|\.\.\.).*$",
                "",
                said,
                flags=re.MULTILINE | re.DOTALL,
            )
            assert not re.search(r"(?<![\w|])\|[^\s|][^|\n]*\|(?![\w|])", plain), name


def test_the_schema_is_as_generated_and_every_golden_file_obeys_it():
    jsonschema = pytest.importorskip("jsonschema")
    module = _generated()
    kept = json.loads((DOCS / module.SCHEMA).read_text(encoding="utf-8"))
    assert kept == module.schema(), "run python docs/generated.py"
    valid = jsonschema.Draft202012Validator(kept)
    files = sorted((ROOT / "proofs" / "golden").glob("*.json*"))
    assert len(files) > 60
    for path in files:
        raw = path.read_bytes()
        raw = gzip.decompress(raw) if path.suffix == ".gz" else raw
        assert valid.is_valid(json.loads(raw)), path.name
    broken = json.loads(files[0].read_bytes())
    del broken["claims"][-1]
    assert not valid.is_valid(broken)


@pytest.mark.skipif(not HAS_SPHINX, reason="make docs installs Sphinx and builds the site")
def test_the_site_is_built_without_a_warning(tmp_path):
    if not (DOCS / "gallery").exists():
        for command in FIGURES.values():
            (DOCS / "gallery").mkdir(exist_ok=True)
            FIGURE_MAKER.draw(command, DOCS / "gallery")
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "-b", "html"]
    command += [str(DOCS), str(tmp_path / "site"), "-d", str(tmp_path / "trees")]
    done = subprocess.run(command, capture_output=True, check=False, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "site" / "reference" / "index.html").exists()


REFERENCE = re.compile(r":(?:mod|class|func|meth|attr|exc):`~?(polytope_nn[\w.]*)`")


def test_what_a_docstring_refers_to_is_there():
    sources = sorted((ROOT / "polytope_nn").rglob("*.py"))
    named = {
        name for path in sources for name in REFERENCE.findall(path.read_text("utf-8"))
    }
    assert len(named) > 50
    for name in named:
        assert pydoc.locate(name) is not None, name
