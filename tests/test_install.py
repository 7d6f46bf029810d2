"""What is installed: the wheel, with the examples and without extras; the source archive."""

import configparser
import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pytest

import polytope_nn

ROOT = Path(__file__).parents[1]
CORE = {"numpy", "scipy", "networkx", "sympy", "python-flint", "clarabel"}
CHOSEN = ("cdd", "plot", "hypothesis", "cluster")  # what `all` has
HIDDEN = ("cdd", "matplotlib", "hypothesis", "distributed", "pandas", "sklearn", "rich")


def run(*command, **options):
    done = subprocess.run(
        [*map(str, command)], capture_output=True, check=False, text=True, **options
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def listed():
    names = run("git", "ls-files", "-z", cwd=ROOT).split("\0")
    return [name for name in names if name and (ROOT / name).is_file()]


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    """A clean copy of what is tracked: no build folder of an earlier day."""
    folder = tmp_path_factory.mktemp("source")
    for name in listed():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, target)
    return folder


def built(source, what, target):
    code = f"from setuptools import build_meta as b; print(b.build_{what}({str(target)!r}))"
    return target / run(sys.executable, "-W", "ignore", "-c", code, cwd=source).split()[-1]


@pytest.fixture(scope="module")
def wheel(source, tmp_path_factory):
    major, minor, *_ = map(int, re.findall(r"\d+", version("setuptools")))
    if (major, minor) < (70, 1):
        pytest.skip("wheels are built by setuptools 70.1 or newer: make test installs it")
    return built(source, "wheel", tmp_path_factory.mktemp("wheel"))


def test_the_extras_and_what_the_core_needs():
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg", encoding="utf-8")
    names = {line.split(">=")[0] for line in config["options"]["install_requires"].split()}
    assert names == CORE
    extras = config["options.extras_require"]
    assert set(extras) == {*CHOSEN, "all", "test", "docs", "notebook"}
    single = {line for extra in CHOSEN for line in extras[extra].split()}
    assert set(extras["all"].split()) == single
    assert single < set(extras["test"].split())


def test_the_wheel_has_every_module_and_every_example(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    for name in listed():
        if name.startswith("polytope_nn/"):
            assert name in names
        if name.startswith("examples/") and Path(name).suffix in {".json", ".csv"}:
            assert f"polytope_nn/{name}" in names
    assert not any(name.startswith(("examples/", "tests/", "build/")) for name in names)


def test_the_source_archive_is_complete(source, tmp_path):
    with tarfile.open(built(source, "sdist", tmp_path)) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert set(listed()) - names == set()


@pytest.fixture
def empty(wheel, tmp_path):
    """An environment of the wheel alone: what the core needs is lent, nothing else."""
    folder = tmp_path / "empty"
    run(sys.executable, "-m", "venv", "--without-pip", folder)
    site = next(folder.glob("lib/python*/site-packages"))
    shutil.unpack_archive(wheel, site, "zip")
    lender = Path(np.__file__).parents[1]
    (site / "lent.pth").write_text(f"{lender}\nimport hide_extras\n", encoding="utf-8")
    (site / "hide_extras.py").write_text(
        f"import sys\nsys.modules.update(dict.fromkeys({HIDDEN!r}))\n",
        encoding="utf-8",
    )
    return folder / "bin" / "python"


def test_the_wheel_alone_certifies_an_example(empty, tmp_path):
    code = "import polytope_nn; print(polytope_nn.__file__)"
    assert str(tmp_path) in run(empty, "-I", "-c", code, cwd=tmp_path)
    command = (empty, "-I", "-m", "polytope_nn", "certify", "--example", "octahedron")
    page = run(*command, cwd=tmp_path)
    assert "connected for good from m = 5" in page
    assert "certificate of 3053 bytes, accepted by the checker" in page
    assert "cross-checked, and the same: components by the face lattice" in page
    assert 'pip install "polytope_nn[cdd]"' in page


@pytest.mark.deep
def test_pip_installs_the_wheel_from_wheels_only(wheel, tmp_path):
    folder = tmp_path / "venv"
    run(sys.executable, "-m", "venv", folder)
    python = folder / "bin" / "python"
    run(python, "-I", "-m", "pip", "install", "-q", "--only-binary", ":all:", wheel)
    command = folder / "bin" / "polytope-nn"
    alone = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    assert polytope_nn.__version__ in run(command, "--version", cwd=tmp_path, env=alone)
    page = run(command, "certify", "--example", "octahedron", cwd=tmp_path, env=alone)
    assert "connected for good from m = 5" in page
