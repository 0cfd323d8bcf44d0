"""Where do the book's scripts come from? From the site, so that it works with the network off."""

from __future__ import annotations

import shutil
from importlib.metadata import distribution
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sphinx.application import Sphinx

# The package is 24 MB with every input, output and spoken language; TeX input with HTML output
# needs one script and its fonts, 1.6 MB. The menu that would fetch the rest is off in _config.yml.
MATHJAX_PACKAGE = "sphinx-mathjax-offline"
MATHJAX_PARTS = ("tex-chtml.js", "output/chtml/fonts/woff-v2")


def copy_mathjax(app: Sphinx, failure: Exception | None) -> None:
    """Copy the parts of MathJax that the pages use into the site.

    Parameters
    ----------
    app : sphinx.application.Sphinx
        The application whose output folder receives ``_static/mathjax``.
    failure : Exception or None
        Why the build failed, if it did.
    """
    if failure is not None:
        return
    package = distribution(MATHJAX_PACKAGE)
    source = Path(str(package.locate_file(f"{MATHJAX_PACKAGE}/static/mathjax")))
    for part in MATHJAX_PARTS:
        target = Path(app.outdir) / "_static" / "mathjax" / part
        if (source / part).is_dir():
            shutil.copytree(source / part, target, dirs_exist_ok=True)
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source / part, target)


def write_vega(app: Sphinx, failure: Exception | None) -> None:
    """Write the chart library once into the site; the pages that draw with it load it when they do.

    Parameters
    ----------
    app : sphinx.application.Sphinx
        The application whose output folder receives ``_static/vega/bundle.js``.
    failure : Exception or None
        Why the build failed, if it did.
    """
    if failure is not None:
        return
    import vl_convert  # heavy, and needed once per book

    target = Path(app.outdir) / "_static" / "vega" / "bundle.js"
    target.parent.mkdir(parents=True, exist_ok=True)
    # A scope of its own: its top-level names would collide with those of the theme's scripts
    bundle = vl_convert.javascript_bundle()  # type: ignore[call-arg]  # its stub has no default
    target.write_text(f"(function () {{\n{bundle}\n}})();\n", encoding="utf-8")


def drop_thebe(app: Sphinx) -> None:
    """Disconnect the live-code extension: its script needs a CDN and fails on each page.

    Jupyter Book always loads it and offers no switch.

    Parameters
    ----------
    app : sphinx.application.Sphinx
        The application, all extensions loaded.
    """
    for listeners in list(app.events.listeners.values()):
        for listener in list(listeners):
            if getattr(listener.handler, "__module__", "").startswith("sphinx_thebe"):
                app.disconnect(listener.id)
    app.registry.css_files[:] = [
        (name, attributes) for name, attributes in app.registry.css_files if name != "sphinx-thebe.css"
    ]


def setup(app: Sphinx) -> None:
    """Serve MathJax and the chart library from the site and leave the live-code extension out.

    Parameters
    ----------
    app : sphinx.application.Sphinx
        The application that builds the book.
    """
    app.connect("config-inited", lambda app, config: drop_thebe(app))
    app.connect("build-finished", copy_mathjax)
    app.connect("build-finished", write_vega)
