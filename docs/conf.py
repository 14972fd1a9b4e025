"""How the documentation is built: `make docs`; warnings are errors."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "_ext"))

project = "esealkit"
author = "The esealkit developers"
copyright = "2026, the esealkit developers"
html_title = "esealkit"
html_theme = "furo"
extensions = ["myst_parser", "sphinx.ext.autodoc", "esealkit_tables"]
exclude_patterns = ["_build"]
myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 3
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_preserve_defaults = True
autodoc_class_signature = "mixed"
python_use_unqualified_type_names = True
pygments_style = "friendly"
highlight_language = "none"
