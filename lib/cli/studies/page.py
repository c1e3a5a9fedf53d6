"""An executed notebook as one HTML page: its figures interactive where scripts run, their still pictures where not."""
import copy
import html
import json
import re

from jinja2 import DictLoader
from nbconvert import HTMLExporter

PLOTLY = "application/vnd.plotly.v1+json"
# nbconvert cuts long lines of code and wide tables off at the page's edge; here they scroll.
STYLE = ".jp-InputArea-editor, .jp-OutputArea-output { overflow-x: auto; }"
# nbconvert's own page without what it would fetch from elsewhere (require.js, MathJax, mermaid, widgets): it is read
# without a network too. A formula stands there as its TeX.
TEMPLATE = "{% extends 'lab/index.html.j2' %}" + "".join(
    "{% block " + name + " %}{% endblock %}" for name in ("html_head_js_requirejs", "jupyter_widgets", "html_head_js_mathjax", "html_head_js_mermaidjs")
) + "{% block html_head_css %}<style>" + STYLE + "</style>{% endblock %}"
# Draws every figure over its still picture, which goes only once the figure stands.
DRAW = """
for (const box of document.querySelectorAll(".saccade-figure")) {
  const { data, layout } = JSON.parse(box.querySelector("script").textContent);
  const drawn = document.createElement("div");
  box.append(drawn);
  drawn.setAttribute("role", "figure"); // and no image: what it holds, plotly's buttons too, stays within reach
  drawn.setAttribute("aria-label", box.dataset.label);
  Plotly.newPlot(drawn, data, layout, { responsive: true, displaylogo: false }).then(() => box.querySelector(".still")?.remove());
}
"""


def to_page(notebook, plotly_script):
    """The page's text. plotly_script: path of plotly.js, embedded once where the notebook shows a figure."""
    shown = copy.deepcopy(notebook)
    headings = [line[2:].strip() for cell in shown.cells if cell.cell_type == "markdown" for line in cell.source.splitlines() if line.startswith("# ")]
    shown.metadata.setdefault("title", headings[0] if headings else "Notebook")
    figures = [output for cell in shown.cells for output in cell.get("outputs", []) if PLOTLY in output.get("data", {})]
    for output in figures:
        output["data"] = {"text/html": figure_html(output["data"])}
    exporter = HTMLExporter(template_file="offline.html.j2", extra_loaders=[DictLoader({"offline.html.j2": TEMPLATE})])
    page, _ = exporter.from_notebook_node(shown)
    if not figures:
        return page
    with open(plotly_script, encoding="utf-8") as file:
        scripts = "".join(f"<script>{text}</script>" for text in (file.read().replace("</script", "<\\/script"), DRAW))
    body, tail = page.rsplit("</body>", 1)
    return f"{body}{scripts}</body>{tail}"


def figure_html(bundle):
    """One figure: its still picture (its text where it has none), plotly's JSON, and words for a screen reader."""
    still = bundle.get("image/svg+xml") or f"<pre>{html.escape(bundle.get('text/plain', ''))}</pre>"
    figure = json.dumps(bundle[PLOTLY]).replace("</", "<\\/")  # a script element ends at its first closing tag
    return (
        f'<div class="saccade-figure" data-label="{html.escape(label(bundle[PLOTLY]))}">'
        f'<div class="still">{still}</div><script type="application/json">{figure}</script></div>'
    )


def label(figure):
    """A figure's title and its description. plotly's title has tags; other libraries' figures have no description."""
    layout = figure.get("layout", {})
    title = layout.get("title", "")
    text = title.get("text", "") if isinstance(title, dict) else title
    meta = layout.get("meta")
    description = meta.get("description", "") if isinstance(meta, dict) else ""
    return ". ".join(part for part in (html.unescape(re.sub("<[^>]*>", " ", text or "")).strip(), description) if part)
