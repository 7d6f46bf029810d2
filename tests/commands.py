"""The command line as tests call it: its exit code, what it prints, and files for it."""

import json

from polytope_nn.cli import main


def run(capsys, *arguments):
    code = main([str(a) for a in arguments])
    out, err = capsys.readouterr()
    assert err.count("\n") == (1 if err else 0)
    return code, out, err


def answered(capsys, *arguments):
    """Return the one JSON object of a command that succeeds and says nothing beside it."""
    code, out, err = run(capsys, *arguments, "--json")
    assert (code, err) == (0, "")
    return json.loads(out)


def refused(capsys, *arguments):
    """Return the one line with which bad input is refused."""
    code, out, err = run(capsys, *arguments)
    assert (code, out) == (2, "")
    assert "Traceback" not in err
    assert 0 < len(err) < 600
    return err


def written(folder, fields, name="instance.json"):
    path = folder / name
    path.write_text(json.dumps(fields), encoding="utf-8")
    return str(path)
