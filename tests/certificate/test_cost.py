"""What a hostile file may cost: its seconds and one more, 20 times its size and 100 MB."""

import subprocess
import sys

import pytest

from .attacks import ATTACKS
from .forging import GOLDEN, canonical

SECONDS = 3


@pytest.fixture(scope="module")
def pyz(tmp_path_factory):
    from polytope_nn.checker.archive import archive

    path = tmp_path_factory.mktemp("alone") / "checker.pyz"
    path.write_bytes(archive())
    return path


# a child counts the memory of the process that made it, so a small one does: not pytest
MEASURED = """
import os, sys
pid = os.posix_spawn(sys.argv[1], sys.argv[1:], {})
_, status, usage = os.wait4(pid, 0)
print(os.waitstatus_to_exitcode(status), usage.ru_utime + usage.ru_stime, usage.ru_maxrss)
"""


def spent(pyz, path):
    """Return the exit code, the seconds of the processor and the bytes of a check."""
    alone = [sys.executable, "-I", "-S"]
    command = [*alone, "-c", MEASURED, *alone, pyz, "--seconds", str(SECONDS), path]
    run = subprocess.run(
        list(map(str, command)), capture_output=True, text=True, check=True
    )
    code, seconds, memory = run.stdout.splitlines()[-1].split()
    scale = 1 if sys.platform == "darwin" else 1024
    return int(code), float(seconds), int(memory) * scale, run.stderr


@pytest.mark.parametrize(
    "name, size", [(name, size) for name, (_, sizes) in ATTACKS.items() for size in sizes]
)
def test_a_hostile_file_costs_no_more_than_it_may(name, size, pyz, tmp_path):
    make, _ = ATTACKS[name]
    path = tmp_path / "hostile.json"
    path.write_text(canonical(make(size)), encoding="ascii")
    code, seconds, memory, said = spent(pyz, path)
    assert code == 1, said
    assert said.count("\n") == 1
    assert seconds < SECONDS + 1 + 0.2  # the interpreter starts, too
    assert memory < 20 * path.stat().st_size + 100 * 2**20


def test_an_honest_file_is_far_from_the_limits(pyz):
    code, seconds, memory, _ = spent(pyz, GOLDEN / "cross_5.json")
    assert code == 0
    assert seconds < 2
    assert memory < 80 * 2**20
