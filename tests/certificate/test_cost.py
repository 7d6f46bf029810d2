"""What a hostile file may cost: its seconds and one more, 20 times its size and 100 MB."""

import compileall
import random
import subprocess
import sys
import zipfile
from fractions import Fraction
from operator import mul
from types import SimpleNamespace

import pytest

from polytope_nn.checker.claims.pieces.ties import level
from polytope_nn.checker.claims.vector.outputs import hull
from polytope_nn.checker.claims.vector.ties import products
from polytope_nn.checker.kernel.reading import Clock, Limits, Refuted

from .attacks import ATTACKS, LONG
from .attacks_of_kinds import SLOW
from .forging import GOLDEN, NAMES, at, canonical, golden, places, put, sealed

SECONDS = 3


@pytest.fixture(scope="module")
def pyz(tmp_path_factory):
    from polytope_nn.checker.archive import archive

    path = tmp_path_factory.mktemp("alone") / "checker.pyz"
    path.write_bytes(archive())
    return path


@pytest.fixture(scope="module")
def checker(pyz):
    """The files of the one file, unpacked and compiled once: it starts in a third of the time."""
    folder = pyz.with_suffix("")
    with zipfile.ZipFile(pyz) as packed:
        packed.extractall(folder)
    assert compileall.compile_dir(folder, quiet=1)
    return folder


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


def sized(name, size):
    """Return the parameters of an attack: ``deep`` where it lasts long, or a larger one is."""
    marks = [pytest.mark.deep] if name in SLOW or size < max(ATTACKS[name][1]) else []
    return pytest.param(name, size, marks=marks)


@pytest.mark.parametrize(
    "name, size", [sized(name, x) for name, (_, sizes) in ATTACKS.items() for x in sizes]
)
def test_a_hostile_file_costs_no_more_than_it_may(name, size, checker, tmp_path):
    make, _ = ATTACKS[name]
    within_the_law(checker, tmp_path, canonical(make(size)), {1})


def within_the_law(checker, folder, text, codes, where=None):
    path = folder / "hostile.json"
    path.write_text(text, encoding="ascii")
    code, seconds, memory, said = spent(checker, path)
    assert code in codes, (where, said)
    assert said.count("\n") == code, where
    assert seconds < SECONDS + 1 + 0.2  # the interpreter starts, too
    assert memory < 20 * path.stat().st_size + 100 * 2**20


def swollen(name, seed, number):
    """Yield certificates of any kind with one list made long, or one number."""
    draw, c = random.Random(f"{seed} {name}"), golden(name)  # noqa: S311 - a seed, no secret
    parts = [p for p in places(c) if p and p[0] in {"claims", "witness", "data", "field"}]
    for _ in range(number):
        path = draw.choice(parts)
        x = at(c, path)
        if isinstance(x, list) and x:
            more = [draw.choice((x[0], x[-1]))]
            long = x + more * (draw.choice((40_000, 400_000)) // len(canonical(more)))
        elif isinstance(x, str):
            long = draw.choice((LONG, f"1/{LONG}", f"-{LONG}/3"))
        else:
            long = draw.choice((10**6, 10**3899))
        yield path, canonical(sealed(put(c, path, long)))


@pytest.mark.parametrize("name", NAMES[::16])
def test_a_long_list_or_number_costs_no_more(name, checker, tmp_path):
    for path, text in swollen(name, "long", 1):
        within_the_law(checker, tmp_path, text, {0, 1}, path)


@pytest.mark.deep
@pytest.mark.parametrize("name", NAMES)
def test_long_lists_and_numbers_cost_no_more(name, checker, tmp_path):
    for path, text in swollen(name, "deep", 30):
        within_the_law(checker, tmp_path, text, {0, 1}, path)


@pytest.mark.parametrize("more", [0, 1])
def test_sums_of_equations_are_held_before_they_are_added(more):
    """Forms of a long vector, for each sample and face, are refused unmade, not shorter ones."""
    n, faces, seen = 60, 40, []

    def product(i, k):
        seen.append((i, k))
        return Fraction(k)

    clock = Clock(Limits())
    S = SimpleNamespace(
        D=SimpleNamespace(n=n, clock=clock),
        faces=[SimpleNamespace(product=product, at=[0])] * faces,
        Z=[[Fraction(0)] * n],
        linear=1,
        curve=lambda _: None,
        own=lambda _: Fraction(0),
        label=lambda _: 0,
    )
    bits = clock.room // (n * faces + 1) + more
    f = [Fraction(2 ** (bits - 1), 3)] + [Fraction(0)] * (n - 1)
    why = "its numbers are too long together" if more else "a lambda is not told"
    with pytest.raises(Refuted, match=why):
        level(S, SimpleNamespace(value=lambda _: 0), f, 0)
    assert len(seen) == (0 if more else n * faces)


def test_the_time_is_watched_at_each_number_of_an_elimination():
    """A row of long numbers took more than a second, and the clock was not seen."""
    ticks, d = [], 6
    D = SimpleNamespace(d=d, clock=SimpleNamespace(tick=lambda: ticks.append(1)))
    rows = [[Fraction(1, i + j + 1) for j in range(d)] for i in range(d)]
    assert hull(D, rows) == []
    assert len(ticks) >= d * d * d
    ticks.clear()
    assert products(D, rows, rows[:2])[1][0] == sum(map(mul, *rows[:2]))
    assert len(ticks) == 2 * d


def test_an_honest_file_is_far_from_the_limits(pyz):
    code, seconds, memory, _ = spent(pyz, GOLDEN / "cross_5.json")
    assert code == 0
    assert seconds < 2
    assert memory < 80 * 2**20
