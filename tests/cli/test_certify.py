"""The main job from the command line: contract keys, exit codes, files, bytes."""

import json
import math
import runpy
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import pytest

from polytope_nn.certificate.check import check
from polytope_nn.cli import main
from polytope_nn.errors import Undecided
from tests.commands import answered, written
from tests.oracles.worked import WORKED

KEYS = {
    *("level", "n", "d", "n_patterns", "n_atoms", "rank", "dim", "n_vertices"),
    *("beta_squared", "kappa", "fit", "objective", "m_star", "M_star", "threshold"),
    *("bound", "bound_talk", "spectrum", "atoms", "vertices", "widths", "theorems"),
    *("used_rank", "fit_unique", "minimal_supports", "modulo", "cross_checked"),
    "dual_proof",
}
EXAMPLES = Path(__file__).parents[2] / "examples"


def certified(capsys, *arguments):
    return answered(capsys, "certify", *arguments)


def instance(tmp_path, **fields):
    return written(tmp_path, fields)


def exact(values):
    return [Fraction(x) for x in values]


def positive(X, g):
    return [max(sum(a * b for a, b in zip(x, g, strict=True)), 0) for x in X]


@pytest.mark.parametrize("w", WORKED, ids=lambda w: w.name)
def test_the_worked_instances(w, tmp_path, capsys):
    path = instance(
        tmp_path, X=w.X, y=list(map(str, w.y)), beta_squared=str(w.beta_squared)
    )
    answer = certified(capsys, path)
    assert {key for key in answer if not key.endswith("_float")} == KEYS
    assert (answer["level"], answer["n"], answer["d"]) == ("exact", len(w.X), len(w.X[0]))
    assert exact(answer["kappa"]) == exact(w.kappa)
    assert exact(answer["fit"]) == exact(w.fit)
    assert (answer["n_atoms"], answer["rank"]) == (w.N, w.r)
    sizes = [sum(x != "0" for x in v) for v in answer["vertices"]]
    assert sorted(sizes) == sorted(w.supports)
    assert answer["spectrum"] == {str(s): sizes.count(s) for s in sorted(set(sizes))}
    assert (answer["m_star"], answer["M_star"]) == (min(sizes), max(sizes))
    widths = {step["m"]: step for step in answer["widths"]}
    assert {m: widths[m]["components"] for m in w.components} == w.components
    for m, step in widths.items():
        assert step["isolated"] == math.factorial(m) * sizes.count(m)
    low, high = min(sizes), max(sizes)
    assert answer["bound"] == min(low + high, w.r + 1)
    assert answer["bound_talk"] == min(low + high, len(w.X) + 1)
    assert answer["threshold"] == max(w.components)
    assert set(range(low, answer["threshold"] + 1)) <= set(widths)
    assert answer["theorems"] == {f"T7.{i}": True for i in range(1, 6)}


def test_the_answer_multiplies_out(capsys):
    """The numbers of the octahedron, recomputed from X and y alone."""
    answer = certified(capsys, EXAMPLES / "octahedron.json")
    given = json.loads((EXAMPLES / "octahedron.json").read_text(encoding="utf-8"))
    X, y = given["X"], given["y"]
    kappa, beta_squared = exact(answer["kappa"]), Fraction(answer["beta_squared"])
    features = []
    for a in answer["atoms"]:
        g = exact(a["g"])
        assert sum(t * t for t in g) == beta_squared
        features.append([a["sign"] * t for t in positive(X, g)])
    for v in answer["vertices"]:
        fit = [
            sum(Fraction(c) * F[k] for c, F in zip(v, features, strict=True))
            for k in range(6)
        ]
        assert fit == exact(answer["fit"]) == [b - k for b, k in zip(y, kappa, strict=True)]
        cost = beta_squared * sum(exact(v))
        assert sum(k * k for k in kappa) / 2 + cost == Fraction(answer["objective"])
    assert answer["objective_float"] == 27


def test_the_page_on_a_terminal(capsys):
    assert main(["certify", str(EXAMPLES / "octahedron.json")]) == 0
    page = capsys.readouterr().out
    assert "octahedron: n = 6, d = 3, β² = 3; level exact" in page
    assert (
        "      4         6                  3                 49        48   141   M*\n"
        in page
    )
    for i in range(1, 6):
        assert f"T7.{i}  holds  " in page


def test_limits_are_options(tmp_path, capsys):
    path = instance(tmp_path, X=[[1, 1]], y=[3], beta=1)
    assert certified(capsys, path, "--degree", "1")["level"] == "interval"
    assert certified(capsys, path, "--degree", "2", "--bits", "500")["n_atoms"] == 1
    assert main(["certify", str(path), "--bits", "1"]) == 2
    assert "bits: 1 is no limit" in capsys.readouterr().err


def test_every_theorem_on_request(capsys):
    assert main(["certify", str(EXAMPLES / "a2.json"), "--theorems"]) == 0
    lines = capsys.readouterr().out.splitlines()
    for name in (*(f"T{i}" for i in range(1, 7)), *(f"T{i}" for i in range(8, 19))):
        assert any(line.split()[:2] == [name, "holds"] for line in lines)
    answer = certified(capsys, EXAMPLES / "a2.json", "--theorems")
    assert {f"T{i}" for i in range(8, 19)} < set(answer["theorems"])
    assert set(answer["theorems"].values()) == {True}


def test_files_are_written_whole_and_the_same_each_time(tmp_path, capsys):
    written = []
    for i in range(2):
        files = [tmp_path / f"{i}{end}" for end in (".json", ".svg")]
        arguments = ["-o", str(files[0]), "--figure", str(files[1])]
        assert main(["certify", str(EXAMPLES / "a2.json"), *arguments]) == 0
        written.append([file.read_bytes() for file in files])
    assert written[0] == written[1]
    check(written[0][0].decode())
    assert sorted(f.name for f in tmp_path.iterdir()) == [
        "0.json",
        "0.svg",
        "1.json",
        "1.svg",
    ]
    capsys.readouterr()


def test_a_given_kappa_is_verified(tmp_path, capsys):
    fields = {"X": [[1, -1, 0], [0, 1, -1]], "y": [2, 2], "beta_squared": 2}
    assert certified(capsys, instance(tmp_path, **fields, kappa=[1, 1]))["n_atoms"] == 3
    for wrong in ([2, 2], [0, 0], ["1/2", 1]):
        assert main(["certify", str(instance(tmp_path, **fields, kappa=wrong))]) == 1
        out, err = capsys.readouterr()
        assert out == ""
        assert err.count("\n") == 1


@pytest.mark.parametrize(
    "fields",
    [
        {"X": [[1, 2], [3, 4]], "y": [0, 0], "beta": 1},
        {"X": [[0, 0]], "y": [5], "beta": 1},
        {"X": [[1]], "y": ["1/2"], "beta": 1},
    ],
    ids=["zero labels", "zero row", "heavy decay"],
)
def test_a_zero_fit_is_answered(fields, tmp_path, capsys):
    answer = certified(capsys, instance(tmp_path, **fields))
    assert set(answer["fit"]) == {"0"}
    assert (answer["m_star"], answer["M_star"], answer["threshold"]) == (0, 0, 0)
    assert answer["widths"][0] == {
        "m": 0, "components": 1, "rigid": 1, "isolated": 1, "polytope_components": 1,
    }  # fmt: skip
    assert set(answer["theorems"].values()) == {"not claimed"}
    assert main(["certify", str(instance(tmp_path, **fields))]) == 0
    assert "does not apply" in capsys.readouterr().out


def test_a_table_with_beta_and_bias(tmp_path, capsys):
    path = tmp_path / "points.csv"
    path.write_text("x,y\n-1,2\n1,2\n", encoding="utf-8")
    more = ("--beta", "1/2", "--bias", "penalised", "--target", "y")
    answer = certified(capsys, path, *more)
    assert (answer["n"], answer["d"], answer["beta_squared"]) == (2, 2, "1/4")
    assert main(["certify", str(path), "--beta-squared", "1/4", "--json"]) == 0
    out, err = capsys.readouterr()
    assert json.loads(out)["d"] == 1
    assert err.endswith(
        "the label column is 'y', the last: --target NAME chooses another\n"
    )
    assert certified(capsys, path, "--beta", "1/2", "--target", "x")["n"] == 2


def test_numbers_that_are_not_rational(tmp_path, capsys):
    """One sample, |x| = sqrt(2): kappa = beta/|x| is no rational number."""
    answer = certified(capsys, instance(tmp_path, X=[[1, 1]], y=[3], beta=1))
    (kappa,) = answer["kappa"]
    assert kappa["value_float"] == pytest.approx(2**-0.5)
    if answer["level"] == "exact":
        assert set(kappa) == {"poly", "root", "coords", "value_float"}
        low, high = exact(kappa["root"])
        value = [sum(c * t**i for i, c in enumerate(kappa["poly"])) for t in (low, high)]
        assert value[0] * value[1] < 0


def test_everything_at_once_in_a_process_of_its_own(tmp_path):
    """Start-up, streams and files as a user meets them."""
    target, picture = tmp_path / "o.cert.json", tmp_path / "o.png"
    command = [sys.executable, "-m", "polytope_nn", "certify", EXAMPLES / "octahedron.json"]
    done = subprocess.run(
        [*map(str, command), "-o", str(target), "--figure", str(picture)],
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert "connected for good" in done.stdout.decode()
    assert picture.read_bytes().startswith(b"\x89PNG")
    check(target.read_text(encoding="ascii"))


def test_a_reader_that_has_gone_is_no_error():
    command = [sys.executable, "-m", "polytope_nn", "certify", str(EXAMPLES / "a2.json")]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 141


class Gone:
    """An output whose reader has gone; its descriptor is that of a file of ours."""

    def __init__(self, file):
        self.fileno = file.fileno

    def write(self, _):
        raise BrokenPipeError

    def flush(self):
        raise BrokenPipeError


def test_the_exit_code_when_the_reader_has_gone(tmp_path, monkeypatch):
    with (tmp_path / "descriptor").open("wb") as file:
        monkeypatch.setattr(sys, "stdout", Gone(file))
        assert main(["certify", str(EXAMPLES / "a2.json")]) == 141


def test_undecided_is_exit_code_3(monkeypatch, capsys):
    def undecided(*_, **__):
        raise Undecided("whether x is 0")

    monkeypatch.setattr("polytope_nn.search.finding.optimum", undecided)
    assert main(["certify", str(EXAMPLES / "a2.json")]) == 3
    assert capsys.readouterr().err == "polytope-nn certify: whether x is 0\n"


def test_python_m_is_the_same_command(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["polytope-nn", "certify", str(EXAMPLES / "a2.json")])
    with pytest.raises(SystemExit) as done:
        runpy.run_module("polytope_nn", run_name="__main__")
    assert done.value.code == 0
    assert capsys.readouterr().out.startswith("A2: ")


def test_an_interruption_leaves_nothing_behind(tmp_path, monkeypatch):
    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("polytope_nn.landscape.optimal_set.optimal_polytope", interrupted)
    arguments = ["-o", str(tmp_path / "c.json"), "--figure", str(tmp_path / "f.svg")]
    assert main(["certify", str(EXAMPLES / "a2.json"), *arguments]) == 130
    assert list(tmp_path.iterdir()) == []


def test_a_write_that_fails_leaves_nothing_behind(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(Path, "replace", lambda *_: (_ for _ in ()).throw(OSError("full")))
    assert main(["certify", str(EXAMPLES / "a2.json"), "-o", str(tmp_path / "c.json")]) == 2
    assert list(tmp_path.iterdir()) == []
    assert "c.json: cannot be written: full" in capsys.readouterr().err


def test_an_error_of_the_system_names_its_file(monkeypatch, capsys):
    def failing(*_, **__):
        raise OSError(28, "No space left on device", "somewhere")

    monkeypatch.setattr("polytope_nn.search.finding.optimum", failing)
    assert main(["certify", str(EXAMPLES / "a2.json")]) == 2
    assert "somewhere: No space left on device" in capsys.readouterr().err


def test_a_terminal_without_greek_is_no_error():
    done = subprocess.run(
        [sys.executable, "-m", "polytope_nn", "certify", str(EXAMPLES / "a2.json")],
        env={"PYTHONIOENCODING": "ascii"},
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"\\u03ba = (1, 1)" in done.stdout


def test_a_defect_is_an_accident_of_one_line(monkeypatch, capsys):
    def broken(*_, **__):
        raise ZeroDivisionError

    monkeypatch.setattr("polytope_nn.landscape.optimal_set.optimal_polytope", broken)
    assert main(["certify", str(EXAMPLES / "a2.json")]) == 4
    out, err = capsys.readouterr()
    assert out == ""
    assert "ZeroDivisionError" in err
    assert err.count("\n") == 1
    monkeypatch.setenv("POLYTOPE_NN_TRACEBACK", "1")
    with pytest.raises(ZeroDivisionError):
        main(["certify", str(EXAMPLES / "a2.json")])
