"""The checker whose soundness is a theorem: built, and compared with the one in Python.

Two programs by different roads: a resealed lie is accepted by both or by neither. Without Coq
this file is skipped, with one line.
"""

import copy
import fcntl
import os
import random
import re
import shutil
import subprocess
from fractions import Fraction
from pathlib import Path

import pytest

from polytope_nn.certificate.check import Refuted, check
from polytope_nn.cli import check as verified
from polytope_nn.cli import main
from tests.certificate.forging import (
    GOLDEN,
    NAMES,
    canonical,
    golden,
    sampled,
    sealed,
)

COQ = Path(__file__).parents[2] / "proofs" / "coq"
if shutil.which("coqc") is None or shutil.which("ocamlfind") is None:
    pytest.skip("no Coq here: make verified installs and runs it", allow_module_level=True)

KINDS = {"staircase", "path", "separation", "descent", "gap"}
READ = [  # format 1, which says all of these that has nothing free; such cones over Q
    name
    for name in NAMES
    for c in [golden(name)]
    if (c["kind"] in KINDS and c["version"] == 1)
    or (c["kind"] == "cones" and c["field"] == "Q" and c["data"]["free"] == "none")
]
SAMPLE = 25


@pytest.fixture(scope="session")
def chk():
    """Return the program, built once, whoever asks first."""
    with (COQ / "_CoqProject").open(encoding="ascii") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        jobs = f"-j{os.cpu_count() or 1}"  # other tests of this file wait
        subprocess.run(["make", jobs, "-C", COQ, "all"], check=True, capture_output=True)
    return COQ / "chk"


def accepted(chk, files):
    """Return whether each file is accepted, by its path."""
    done = subprocess.run([chk, *files], capture_output=True, text=True, check=False)
    assert done.returncode in {0, 1}, done.stderr
    found = re.findall(r"^(.*): (accepted|refused), [0-9.]+ s$", done.stdout, re.MULTILINE)
    assert [path for path, _ in found] == [str(file) for file in files]
    assert (done.returncode == 0) == all(verdict == "accepted" for _, verdict in found)
    return [verdict == "accepted" for _, verdict in found]


def in_python(certificate):
    try:
        check(certificate)
    except Refuted:
        return False
    return True


def test_no_lemma_is_left_open():
    for path in COQ.glob("*.v"):
        open_ends = r"Admitted|admit\b|^ *Axiom|^ *Parameter"
        assert not re.search(open_ends, path.read_text(encoding="utf-8"), re.MULTILINE), (
            path
        )


@pytest.mark.deep
@pytest.mark.usefixtures("chk")
def test_the_named_theorems_rest_on_the_real_numbers_only():
    done = subprocess.run(
        ["make", "-C", COQ, "assumptions"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"^text_correct: (\S+ ){3}$", done.stdout, re.MULTILINE)


def test_the_golden_certificates_are_accepted(chk):
    assert READ
    assert all(accepted(chk, [GOLDEN / f"{name}.json" for name in READ]))


@pytest.mark.parametrize(
    "change",
    {
        "a space": lambda s: s.replace(":", ": ", 1),
        "a key twice": lambda s: s.replace('"count":4', '"count":4,"count":4', 1),
        "not in lowest terms": lambda s: s.replace('"10"', '"20/2"', 1),
        "a float": lambda s: s.replace('"count":4', '"count":4.0', 1),
        "a minus before 0": lambda s: s.replace("[0,1,2]", "[-0,1,2]", 1),
        "truncated": lambda s: s[:-1],
        "more after the end": lambda s: s + "{}",
        "another key": lambda s: s[:-1] + ',"z":0}',
        "an index that wraps": lambda s: s.replace(
            '"support":[0,3]', f'"support":[{2**64},3]', 1
        ),
        "a token that wraps": lambda s: s.replace(
            '"tree":[0,9', f'"tree":[{3 * 2**64},9', 1
        ),
        "another count": lambda s: s.replace('"count":4', '"count":8', 1),
        "another atom": lambda s: s.replace('"g":["1","1"]', '"g":["1","-1"]', 1),
        "another kind": lambda s: s.replace('"kind":"staircase"', '"kind":"interval"', 1),
        "nothing": lambda _: "",
    }.items(),
    ids=lambda case: case[0],
)
def test_forged_texts_are_refused(chk, tmp_path, change):
    _, forge = change
    text = canonical(golden("square"))
    forged = forge(text)
    assert forged != text
    path = tmp_path / "forged.json"
    path.write_text(forged, encoding="ascii")
    assert accepted(chk, [path]) == [False]


def compared(chk, folder, lies):
    """Assert that both checkers give one verdict on each lie; return how many they accept."""
    files, mutants = [], []
    for i, (where, mutant) in enumerate(lies):
        files.append(folder / f"{i}.json")
        files[-1].write_text(canonical(mutant), encoding="ascii")
        mutants.append((where, mutant))
    ours = accepted(chk, files)
    for (where, mutant), verdict in zip(mutants, ours, strict=True):
        assert verdict == in_python(mutant), where
    return sum(ours)


def unsealed(lie):
    """Whether the lie is about a hash, which only the checker in Python computes again."""
    return lie[0].startswith("sha256")


@pytest.mark.parametrize("name", [name for name in READ if name != "cross_5"])
def test_a_sample_of_lies(chk, tmp_path, name):
    lies = [
        lie for lie in sampled(golden(name), SAMPLE, f"coq {name}") if not unsealed(lie)
    ]
    compared(chk, tmp_path, lies)


def rearranged(certificate, draw):
    """Return the certificate with slots of its networks moved, emptied, doubled or changed.

    Many are as true as before.
    """
    changed = copy.deepcopy(certificate)
    claim = changed["claims"][-1]
    networks = claim.get("breakpoints") or [claim["start"], claim["end"]]
    for _ in range(draw.randrange(1, 4)):
        slots = draw.choice(networks)["neurons"]
        i, how = draw.randrange(len(slots)), draw.randrange(6)
        if how == 0:
            draw.shuffle(slots)
        elif how == 1:
            slots[i] = None
        elif how == 2:
            slots[i] = copy.deepcopy(draw.choice(slots))
        elif how == 3:
            for network in networks:
                network["neurons"].append(None)
            claim["width"] += 1
        elif slots[i] is not None and how == 4 and "sign" in slots[i]:
            slots[i]["sign"] *= -1
        elif slots[i] is not None:
            key, times = (
                "u" if "u" in slots[i] else "w",
                Fraction(draw.choice((-1, 1, 3)), 2),
            )
            slots[i][key] = [str(times * Fraction(t)) for t in slots[i][key]]
    return sealed(changed)


@pytest.mark.parametrize(
    "name", ["path_square", "separation_square", "separation_permuted", "descent_square"]
)
def test_networks_rearranged(chk, tmp_path, name):
    draw = random.Random(f"rearranged {name}")  # noqa: S311 - a seed, no secret
    lies = [(str(i), rearranged(golden(name), draw)) for i in range(150)]
    assert 0 < compared(chk, tmp_path, lies) < len(lies)


@pytest.mark.deep
@pytest.mark.parametrize("name", [name for name in READ if not name.startswith("cross")])
def test_ten_thousand_lies(chk, tmp_path, name):
    """700 for each of the certificates that are not large: more than 10,000 together."""
    lies = [lie for lie in sampled(golden(name), 700, f"deep {name}") if not unsealed(lie)]
    assert compared(chk, tmp_path, lies)


@pytest.mark.usefixtures("chk")
def test_the_command(capsys, monkeypatch):
    square = GOLDEN / "square.json"
    assert main(["check", "--verified", str(square)]) == 0
    assert capsys.readouterr().out == f"{square}: verified\n{square}: accepted\n"
    assert main(["check", "--verified", str(GOLDEN / "interval_point.json")]) == 3
    monkeypatch.setattr(verified, "BUILT", COQ / "nowhere")
    monkeypatch.setenv("PATH", "")
    assert main(["check", "--verified", str(square)]) == 2
    assert "make -C proofs/coq" in capsys.readouterr().err


def test_the_program_says_what_it_needs(chk, tmp_path):
    assert subprocess.run([chk], capture_output=True, check=False).returncode == 2
    missing = subprocess.run([chk, tmp_path / "x"], capture_output=True, check=False)
    assert missing.returncode == 2
    text = canonical(golden("square"))
    done = subprocess.run(
        [chk, "-"], input=text, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0
    assert done.stdout.startswith("-: accepted")
