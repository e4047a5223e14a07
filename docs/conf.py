"""How the documentation is built: ``python -m sphinx -W --keep-going -b html docs docs/_build``."""

import sys
from importlib.metadata import version as installed
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE / "_extensions"))

project = "gait"
author = "the authors of gait"
copyright = author
version = release = installed("retrogait")

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "numpydoc",
    "sphinx_gallery.gen_gallery",
    "mathml",
    "from_code",
]
exclude_patterns = ["_build", "examples", "README.md"]
smartquotes = False  # two hyphens are an option, not a dash

html_theme = "pydata_sphinx_theme"
html_title = "gait"
html_static_path = ["_static"]
html_css_files = ["gait.css"]
html_copy_source = False
html_show_sourcelink = False
html_show_copyright = False
html_math_renderer = "mathml"
html_theme_options = {
    "show_prev_next": True,
    "navbar_end": ["theme-switcher"],
    "navbar_persistent": ["search-button"],
    "navbar_align": "left",
    "header_links_before_dropdown": 8,
    "secondary_sidebar_items": ["page-toc"],
    "footer_start": ["copyright"],
    "footer_end": [],
    "logo": {"text": "gait"},
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
}
html_context = {"default_mode": "light"}

myst_enable_extensions = ["colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 4

autodoc_member_order = "bysource"
autodoc_typehints = "none"  # types stand in the docstrings
numpydoc_show_class_members = False
numpydoc_class_members_toctree = False

sphinx_gallery_conf = {
    "examples_dirs": "examples",
    "gallery_dirs": "gallery",
    "filename_pattern": "/",
    "within_subsection_order": "FileNameSortKey",
    "download_all_examples": False,
    "show_memory": False,
    "show_signature": False,
    "min_reported_time": 3600,
    "remove_config_comments": True,
    "plot_gallery": True,
    "abort_on_example_error": True,
    "copyfile_regex": r"",
    "write_computation_times": False,
    "show_api_usage": False,
}

# addresses of papers are looked up only where somebody asks for it: -D linkcheck_ignore= -b linkcheck
linkcheck_ignore = [r"https?://.*"]
