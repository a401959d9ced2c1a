"""How Sphinx builds the site; `make site` (tools/website.py) lays the sources and calls it."""

import re
from pathlib import Path

import celib

ASSETS = Path(__file__).parent.parent / "build" / "assets"  # what `npm ci` fetched, as it is served

project = "celib"
author = "the celib authors"
copyright = "the celib authors. Code: BSD 3-Clause. Text and pictures: CC BY 4.0"
release = version = celib.__version__

extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.autosummary", "sphinx.ext.napoleon"]
extensions += ["sphinx.ext.mathjax"]

# --- the pages: their stored outputs, nothing is executed -----------------------------------------

nb_execution_mode = "off"
nb_merge_streams = True
nb_mime_priority_overrides = [("html", "application/vnd.jupyter.widget-view+json", None)]
myst_enable_extensions = ["amsmath", "attrs_block", "colon_fence", "dollarmath"]
myst_heading_anchors = 3

# --- the reference: from the docstrings -----------------------------------------------------------

autodoc_member_order = "bysource"
autodoc_typehints = "none"  # the docstrings say it in words
napoleon_google_docstring = False
napoleon_use_rtype = False
napoleon_use_ivar = True
python_use_unqualified_type_names = True
add_module_names = False
toc_object_entries_show_parents = "hide"
suppress_warnings = ["ref.python"]  # the type "text" in a docstring is a word, not one of our names


def is_not_ours(app, what, name, thing, skip, options):
    """Leave out what a docstring of ours does not describe: fields of a tuple, matplotlib's own."""
    inherited = not (getattr(thing, "__module__", None) or "celib").startswith("celib")
    return True if inherited or type(thing).__name__ == "_tuplegetter" else None


def keep_bars(app, what, name, thing, options, lines):
    """Let |a| be an absolute value; reStructuredText takes it for a name to look up."""
    lines[:] = [re.sub(r"\|(\w)\|", r"\\|\1\\|", line) for line in lines]


def setup(app):
    """Connect what is above with Sphinx."""
    app.connect("autodoc-process-docstring", keep_bars)
    app.connect("autodoc-skip-member", is_not_ours)


# --- the look -------------------------------------------------------------------------------------

html_theme = "pydata_sphinx_theme"
html_title = "celib: cross-entropy, from surprise to focal loss"
html_short_title = "celib"
html_favicon = "static/favicon.svg"
html_context = {"default_mode": "auto"}
html_static_path = ["static", str(ASSETS)]
html_css_files = ["celib.css"]
html_js_files = [("live.js", {"defer": "defer"})]
templates_path = ["templates"]
html_copy_source = False
html_show_sourcelink = False
html_domain_indices = False
html_sidebars = {"index": []}
html_theme_options = {
    "logo": {"text": "celib"},
    "navbar_end": ["theme-switcher"],
    "article_header_end": ["run-links"],
    "secondary_sidebar_items": ["page-toc"],
    "footer_start": ["copyright"],
    "footer_end": [],
    "show_prev_next": True,
    "show_toc_level": 2,
    "navigation_with_keys": False,
    "search_bar_text": "Search the pages ...",
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
}

# Served from the site itself: MathJax loads its fonts from beside itself.
mathjax_path = "vendor/mathjax/tex-mml-chtml.js"
mathjax4_config = {
    "loader": {"paths": {"fonts": "[mathjax]/../fonts"}},
    "output": {"fontPath": "[fonts]/%%FONT%%-font"},
    "chtml": {"matchFontHeight": False, "scale": 1.1},
}
