"""``draw``: three forms, the same bytes twice, refusals in one line."""

import pytest

from .test_path import EXAMPLES, NETWORKS, run


def draw(capsys, name, target, *more):
    return run(capsys, "draw", EXAMPLES / f"{name}.json", "-o", target, *more)


ENDS = (
    "--from",
    NETWORKS / "octahedron_two.json",
    "--to",
    NETWORKS / "octahedron_four.json",
)
MAGIC = {".svg": b"<?xml", ".png": b"\x89PNG", ".pdf": b"%PDF"}


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
    assert not list(tmp_path.iterdir())
