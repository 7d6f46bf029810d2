"""The report in a real browser, headless: nothing asked of a network, light, dark, paper."""

import io
import re
import shutil
import subprocess

import pytest

from polytope_nn.cli import main

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
BROWSER = next(filter(None, map(shutil.which, BROWSERS)), None)
pytestmark = pytest.mark.skipif(BROWSER is None, reason="no Chromium: make browser has it")


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    target = tmp_path_factory.mktemp("report") / "octahedron.html"
    assert main(["certify", "--example", "octahedron", "--report", str(target)]) == 0
    return target


def browse(page, *options):
    done = subprocess.run(
        [
            *(BROWSER, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"),
            *(f"--user-data-dir={page.parent}/profile", "--enable-logging=stderr"),
            *options,
            page.as_uri(),
        ],
        capture_output=True,
        check=True,
        text=True,
        timeout=120,
    )
    assert "CONSOLE" not in done.stderr, "an error of the page"
    return done.stdout


def shades(page, tmp_path, *options):
    """Return the share of dark pixels of a screenshot."""
    from matplotlib.image import imread

    picture = tmp_path / "page.png"
    browse(page, "--window-size=1000,1600", f"--screenshot={picture}", *options)
    grey = imread(io.BytesIO(picture.read_bytes()), format="png")[..., :3].mean(axis=2)
    assert grey.shape == (1600, 1000)
    return float((grey < 0.5).mean())


def test_the_page_is_read_as_it_was_written(page):
    dom = browse(page, "--dump-dom")
    assert dom.count("<section") == page.read_text(encoding="utf-8").count("<section")
    assert dom.count("<svg") == page.read_text(encoding="utf-8").count("<svg")
    assert "fall into 49 components" in dom


def test_light_and_dark(page, tmp_path):
    assert 0.005 < shades(page, tmp_path) < 0.2
    assert 0.8 < shades(page, tmp_path, "--blink-settings=preferredColorScheme=0") < 0.995


def tabbed(page, tmp_path, width):
    """Return what Tab reaches in a window of a width: told by a script in a copy of the page."""
    script = """<script>addEventListener("load", () => {
      const all = "a[href], summary, [tabindex='0']";
      const seen = [...document.querySelectorAll(all)].filter(e => {
        e.focus(); return document.activeElement === e && e.getClientRects().length; });
      const wide = [...document.querySelectorAll("div.wide")].filter(
        e => e.scrollWidth > e.clientWidth && !seen.includes(e)
          && !e.closest("details:not([open])"));
      document.title = [seen.length, wide.length, document.querySelectorAll("summary").length,
        seen.filter(e => e.matches("summary")).length,
        document.documentElement.scrollWidth - innerWidth].join(" ");
    });</script></body>"""
    copy = tmp_path / "keys.html"
    text = page.read_text(encoding="utf-8").replace("</body>", script)
    text = re.sub('<meta http-equiv="Content-Security-Policy"[^>]*>', "", text)
    copy.write_text(text, encoding="utf-8")
    dom = browse(copy, f"--window-size={width},900", "--dump-dom")
    return [int(t) for t in re.search(r"<title>(.*)</title>", dom)[1].split()]


@pytest.mark.parametrize("width", [500, 1000])
def test_the_keyboard_reaches_all_and_nothing_sticks_out(page, tmp_path, width):
    reached, unreached, summaries, folded, sticks_out = tabbed(page, tmp_path, width)
    assert reached > summaries == folded > 3
    assert unreached == 0
    assert sticks_out <= 0


def pages(page, target):
    browse(page, f"--print-to-pdf={target}", "--no-pdf-header-footer")
    return len(re.findall(rb"/Type\s*/Page\b", target.read_bytes()))


def test_paper_shows_what_is_folded(page, tmp_path):
    """Without the rule that opens what is folded the same page is shorter on paper."""
    text = page.read_text(encoding="utf-8")
    rule = "details::details-content"
    assert text.count(rule) == 1
    closed = tmp_path / "closed.html"
    closed.write_text(text.replace(rule, "details::no-such-part"), encoding="utf-8")
    assert pages(page, tmp_path / "open.pdf") > pages(closed, tmp_path / "closed.pdf") >= 2
