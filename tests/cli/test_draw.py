"""``draw``: three forms, the same bytes twice, refusals in one line."""

import json

import pytest

from polytope_nn.cli import main

from .test_path import EXAMPLES, NETWORKS, run


def draw(capsys, name, target, *more):
    return run(capsys, "draw", EXAMPLES / f"{name}.json", "-o", target, *more)


ENDS = (
    "--from",
    NETWORKS / "octahedron_two.json",
    "--to",
    NETWORKS / "octahedron_four.json",
)
MAGIC = {
    ".svg": b"<?xml",
    ".png": b"\x89PNG",
    ".pdf": b"%PDF",
    ".tikz": b"\\begin{tikzpicture}",
}


@pytest.mark.parametrize("form", MAGIC)
def test_a_strip(capsys, tmp_path, form):
    files = [tmp_path / f"{i}{form}" for i in range(2)]
    for file in files:
        code, out, _ = draw(capsys, "octahedron", file, *ENDS, "--width", 6)
        assert (code, out) == (0, f"wrote {file}\n")
    first, second = (file.read_bytes() for file in files)
    assert first == second
    assert first.startswith(MAGIC[form])


@pytest.mark.parametrize("name", ["triangle", "one_sign_each"])
def test_the_ellipsoid(capsys, tmp_path, name):
    files = [tmp_path / f"{i}.svg" for i in range(2)]
    for file in files:
        assert draw(capsys, name, file)[0] == 0
    assert files[0].read_bytes() == files[1].read_bytes()


def test_refusals(capsys, tmp_path):
    target = tmp_path / "a.svg"
    code, _, err = draw(capsys, "octahedron", target)
    assert (code, "only n = 3" in err) == (2, True)
    code, _, err = draw(capsys, "octahedron", target, *ENDS[:2])
    assert (code, "--to is missing" in err) == (2, True)
    code, _, err = draw(capsys, "octahedron", target, *ENDS[2:])
    assert (code, "--from is missing" in err) == (2, True)
    code, _, err = draw(capsys, "octahedron", target, *ENDS, "--width", 4)
    assert (code, "separate at width 4" in err) == (1, True)
    code, _, err = draw(capsys, "octahedron", tmp_path / "a.gif", *ENDS)
    assert (code, ".svg, .png, .pdf" in err) == (2, True)
    code, _, err = draw(capsys, "a2", target, *ENDS[:2], "--what", "faces")
    assert (code, "--what faces takes no networks" in err) == (2, True)
    code, _, err = draw(capsys, "a2", target, "--what", "objective")
    assert (code, "--from is missing" in err) == (2, True)
    code, _, err = draw(capsys, "octahedron", target, "--what", "function")
    assert (code, "a function on R^3" in err) == (2, True)
    code, _, err = draw(capsys, "a2", target, "--what", "face")
    assert (code, "invalid choice: 'face'" in err) == (2, True)
    code, _, err = draw(capsys, "units/threshold", target, "--what", "function")
    assert (code, "activation: threshold" in err) == (2, True)
    code, _, err = draw(capsys, "interpolation/free_bias", target, "--interpolation",
                        "--what", "widths")  # fmt: skip
    assert (code, "widths are not counted" in err) == (2, True)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "name, options",
    [
        ("octahedron", []),
        ("octahedron", ["--what", "function"]),
        ("units/threshold", []),
        ("units/threshold", ["--what", "function"]),
        ("interpolation/free_bias", ["--interpolation", "--what", "widths"]),
        ("interpolation/free_bias", ["--interpolation", "--what", "ellipsoid"]),
        ("interpolation/free_bias", ["--what", "faces"]),
    ],
)
def test_what_is_refused_of_an_instance_names_its_file(capsys, tmp_path, name, options):
    code, out, err = draw(capsys, name, tmp_path / "a.svg", *options)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert f"{name}.json: " in err


@pytest.mark.parametrize("what", ["polytope", "widths", "faces", "atoms", "staircase"])
def test_what_an_optimal_set_looks_like(capsys, tmp_path, what):
    target = tmp_path / "a.svg"
    assert draw(capsys, "a2", target, "--what", what)[0] == 0
    text = target.read_text(encoding="utf-8")
    assert text.startswith("<?xml")
    assert draw(capsys, "a2", target)[0] == 0  # n = 2: the rectified ellipse
    assert target.read_text(encoding="utf-8") != text


def test_functions_and_objectives(capsys, tmp_path):
    one, two = (NETWORKS / f"a2_{x}.json" for x in ("one", "two"))
    ends = ("--what", "objective", "--from", one)
    made = []
    for name, *more in (
        ("a2", *ends),
        ("a2", *ends, "--to", two),
        ("square", "--what", "function"),
        ("interpolation/square_ridges", "--interpolation", "--what", "function"),
    ):
        target = tmp_path / "a.tikz"
        assert draw(capsys, name, target, *more)[0] == 0
        made.append(target.read_bytes())
    assert len(set(made)) == 4


def test_masses_beyond_every_float_are_refused_in_one_line(tmp_path, capsys):
    data, net = tmp_path / "data.json", tmp_path / "net.json"
    data.write_text('{"X": [[1]], "y": ["1e400"], "beta": 1}')
    net.write_text(json.dumps({"neurons": [{"sign": 1, "u": ["9" * 400]}]}))
    target = tmp_path / "x.svg"
    arguments = ["draw", data, "--from", net, "--to", net, "-o", target]
    assert main([str(a) for a in arguments]) == 2
    err = capsys.readouterr().err
    assert "numbers beyond 1e308 cannot be drawn" in err
    assert err.count("\n") == 1
    assert not target.exists()
