"""Sphinx's configuration; what can be generated from the package is, so that it cannot age."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from generated import write_pages

import polytope_nn

project = "polytope_nn"
author = "the polytope_nn authors"
version = release = polytope_nn.__version__
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
myst_enable_extensions = ["deflist"]
myst_heading_anchors = 3
exclude_patterns = ["build"]
html_theme = "alabaster"
html_theme_options = {
    "description": "exact polyhedral geometry of neural-network loss landscapes",
    "fixed_sidebar": True,
    "page_width": "1100px",
}
html_show_copyright = False
html_show_sourcelink = False
autodoc_typehints = "signature"
autodoc_member_order = "bysource"
napoleon_google_docstring = False
suppress_warnings = ["ref.python"]  # one noun has two homes: a value and its result

write_pages(Path(__file__).parent)
