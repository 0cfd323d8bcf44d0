"""How does an executed notebook become a page to pass on? One HTML file that needs no other."""

from __future__ import annotations

import re
from importlib.metadata import distribution
from pathlib import Path

from nbformat import NotebookNode

# The blocks that would load scripts from the network stay empty; equations are drawn by the copy of
# MathJax that the book uses, written into the page where there are equations
TEMPLATE = """
{%- extends 'lab/index.html.j2' -%}
{%- block html_head_js -%}{%- endblock -%}
{%- block html_head_js_mathjax -%}{{ resources.equations }}{%- endblock -%}
{%- block html_head_js_mermaidjs -%}{%- endblock -%}
"""
MATHJAX_PACKAGE = "sphinx-mathjax-offline"
MATHJAX_SETTINGS = """MathJax = {
  tex: {inlineMath: [["$", "$"]], displayMath: [["$$", "$$"]]},
  options: {enableMenu: false, processHtmlClass: "jp-RenderedMarkdown", ignoreHtmlClass: "jp-Notebook"}
};"""
EQUATION = re.compile(r"\$[^$\s][^$]*\$")


def write(notebook: NotebookNode, path: Path) -> None:
    """Write a notebook as one page.

    Parameters
    ----------
    notebook : NotebookNode
        An executed notebook.
    path : Path
        The page.
    """
    from nbconvert import HTMLExporter

    texts = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            texts.append("".join(output.get("data", {}).get("text/markdown", "")))
    exporter = HTMLExporter(raw_template=TEMPLATE, embed_images=True)
    page, _ = exporter.from_notebook_node(
        notebook,
        resources={
            "metadata": {"name": path.stem.replace("_", " ")},
            "equations": _mathjax() if any(map(EQUATION.search, texts)) else "",
        },
    )
    path.write_text(page, encoding="utf-8")


def _mathjax() -> str:
    """Return MathJax with its fonts, as two script elements."""
    package = distribution(MATHJAX_PACKAGE)
    script = Path(str(package.locate_file(f"{MATHJAX_PACKAGE}/static/mathjax/tex-svg.js")))
    return f"<script>{MATHJAX_SETTINGS}</script>\n<script>{script.read_text(encoding='utf-8')}</script>"
