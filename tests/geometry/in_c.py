"""The extensions in C, built by the tests: whether they are installed does not matter."""

import shutil
import subprocess
import sysconfig
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "polytope_nn" / "geometry" / "kernel"

needs_sources = pytest.mark.skipif(
    not (FOLDER / "_compiled.c").exists(),
    reason="an installed package: its sources in C are not here",
)


def built(name, folder):
    """Return the module of a source in C, or skip the test where there is no compiler."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    include = Path(sysconfig.get_paths()["include"])
    if compiler is None or not (include / "Python.h").exists():
        pytest.skip("no C compiler, or no headers of Python: the package is pure Python")
    target = folder / f"{name}.so"
    flags = ["-O2", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", f"-I{include}"]
    subprocess.run([compiler, *flags, FOLDER / f"{name}.c", "-o", target], check=True)
    spec = spec_from_file_location(name, target)
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
