"""The pictures of the README: there, small, and made again with the same bytes."""

import runpy
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).parents[1]
IMAGES = ROOT / "docs" / "images"


def test_the_images_of_the_readme_are_made_again(tmp_path, capsys):
    made = runpy.run_path(str(IMAGES / "make.py"))
    made["make"](tmp_path)
    assert capsys.readouterr().out.count("wrote") == len(made["IMAGES"])
    with_ours = (IMAGES / "matplotlib.txt").read_text(encoding="utf-8").strip()
    for name in made["IMAGES"]:
        new, kept = (tmp_path / name).read_bytes(), (IMAGES / name).read_bytes()
        if version("matplotlib") == with_ours:
            assert new == kept, f"{name}: make images"
        assert len(kept) < 100_000
        assert new.count(b"<use") == kept.count(b"<use")


def test_the_readme_shows_them():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    shown = {path.name for path in IMAGES.glob("*.svg")}
    assert shown
    for name in shown:
        assert f"docs/images/{name}" in text
