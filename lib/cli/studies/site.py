"""One static site of notebooks and pages: an index, a page each, one copy of plotly.js, and nothing from elsewhere.

Standard input holds one JSON object: root and folder (the checkout, and where the site goes), plotly (path of
plotly.js), title and made (texts), groups: [{ id, title, pages: [{ origin (path from the root, as links name it),
source (path of the file that is shown), path (in the site), run (which run it shows) }] }]. Standard output says, as
JSON, how many pages there are and which links lead nowhere.
"""
import html
import json
import os
import posixpath
import re
import shutil
import sys
from collections import deque
from urllib.parse import unquote

import nbformat
from jinja2 import DictLoader, Environment, FileSystemLoader
from nbconvert import HTMLExporter

from page import PLOTLY, figure_html

ASSETS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "site")
# What a link may bring along: pictures and data. A link to other files, sources above all, stays as its text.
BROUGHT = (".png", ".jpg", ".jpeg", ".svg", ".webp", ".gif", ".json", ".csv", ".pdf")
CELLS = "{% extends 'lab/base.html.j2' %}"
HEADING = re.compile(r'<h([1-6]) id="([^"]*)">(.*?)(<a class="anchor-link" href=")[^"]*(">.*?</a>)</h\1>', re.S)
LINK = re.compile(r'<(a|img)( [^>]*?)?\b(href|src)="([^"]*)"([^>]*)>(.*?</a>)?', re.S)


def main():
    task = json.load(sys.stdin)
    site = Site(task)
    site.write()
    print(json.dumps({"pages": len(site.pages), "dead": sorted(set(site.dead))}))


class Site:
    """Its pages by the path that a link names them by; a page that only a link leads to is added as it is met."""

    def __init__(self, task):
        self.task = task
        self.dead = []
        self.groups = task["groups"]
        listed = [page for group in self.groups for page in group["pages"]]
        self.pages = {page["origin"]: page for page in listed}
        self.waiting = deque(listed)
        templates = Environment(loader=FileSystemLoader(ASSETS), trim_blocks=False)
        self.page_template = templates.get_template("page.html.j2")
        self.index_template = templates.get_template("index.html.j2")
        loaders = [DictLoader({"cells.html.j2": CELLS})]
        self.exporter = HTMLExporter(
            template_file="cells.html.j2", extra_loaders=loaders, exclude_input_prompt=True, exclude_output_prompt=True
        )

    def write(self):
        while self.waiting:
            page = self.waiting.popleft()
            try:
                self.read(page)
            except Exception as error:  # nbformat and nbconvert have many for what is no notebook
                raise SystemExit(f"{page['source']} cannot be shown: {str(error)[:1000]}")
        for page in self.pages.values():
            self.put(page["path"], self.page_text(page))
        self.put("index.html", self.index_text())
        for name in ("site.css", "site.js"):
            self.put(f"assets/{name}", read(os.path.join(ASSETS, name)))
        shutil.copyfile(self.task["plotly"], os.path.join(self.task["folder"], "assets/plotly.js"))

    def read(self, page):
        """What a page shows, from its file."""
        notebook = notebook_of(os.path.join(self.task["root"], page["source"]))
        page["title"] = title_of(notebook) or posixpath.splitext(posixpath.basename(page["origin"]))[0]
        page["summary"] = self.rendered(summary_of(notebook), page["origin"], "index.html")
        page["body"], page["has_figures"] = self.cells(notebook, page)
        page["has_code"] = any(cell.cell_type == "code" for cell in notebook.cells)

    def cells(self, notebook, page):
        """A notebook's cells as HTML, and whether plotly.js draws some of their figures."""
        outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
        figures = [output for output in outputs if PLOTLY in output.get("data", {})]
        for output in figures:
            output["data"] = {"text/html": figure_html(output["data"])}
        body, _ = self.exporter.from_notebook_node(notebook)
        return self.linked(slugged(body), page["origin"], page["path"]), len(figures) > 0

    def rendered(self, markdown, origin, path):
        """A text of its own, for another place than its page."""
        body, _ = self.exporter.from_notebook_node(in_a_cell(markdown))
        return self.linked(body, origin, path)

    def linked(self, body, origin, path):
        """The text with its links as the site has them."""

        def link(match):
            tag, before, name, target, after, inside = match.groups()
            if target.startswith("#"):
                return match[0].replace(f'"{target}"', f'"{target.lower()}"')
            if re.match(r"[a-z]+:", target) or target.startswith("//"):
                return match[0]
            there = self.place(target, origin)
            if there is None:
                return inside[: -len("</a>")] if tag == "a" and inside else ""
            relative = posixpath.relpath(there[0], posixpath.dirname(path) or ".") + there[1]
            return f'<{tag}{before or ""}{name}="{html.escape(relative)}"{after}>{inside or ""}'

        return LINK.sub(link, body)

    def place(self, target, origin):
        """Where the site has what a link names, with its fragment; None where it has it not."""
        name, mark, fragment = html.unescape(target).partition("#")
        file = posixpath.normpath(posixpath.join(posixpath.dirname(origin), unquote(name)))
        here = os.path.join(self.task["root"], file)
        if file.startswith("..") or not os.path.exists(here):
            self.dead.append(f"{origin}: {target}")
            return None
        if os.path.isdir(here):
            file = posixpath.join(file, "README.md")
        if file in self.pages:
            return self.pages[file]["path"], mark + fragment.lower()
        if file.endswith(".md") and os.path.exists(os.path.join(self.task["root"], file)):
            path = f"more/{file.removesuffix('.md')}.html"
            self.pages[file] = {"origin": file, "source": file, "path": path, "run": ""}
            self.waiting.append(self.pages[file])
            return path, mark + fragment.lower()
        if not file.endswith(BROUGHT):
            return None
        self.put(f"files/{file}", read(here, "rb"))
        return f"files/{file}", ""

    def page_text(self, page):
        group = next((group for group in self.groups if page in group["pages"]), None)
        beside = group["pages"] if group else []
        at = beside.index(page) if group else 0
        return self.page_template.render(
            page,
            up=posixpath.relpath(".", posixpath.dirname(page["path"]) or ".") + "/",
            site=self.own(),
            group=group["title"] if group else "",
            neighbours=beside if len(beside) > 1 else [],
            sections=sections_of(page["body"]),
            before=beside[at - 1] if at > 0 else None,
            after=beside[at + 1] if at + 1 < len(beside) else None,
        )

    def index_text(self):
        readme = os.path.join(self.task["root"], "README.md")
        intro = summary_of(notebook_of(readme)) if os.path.exists(readme) else ""
        body = self.index_template.render(
            site=self.own(), intro=self.rendered(intro, "README.md", "index.html"), groups=self.groups
        )
        return self.page_template.render(title=self.task["title"], path="index.html", up="", site=self.own(), body=body)

    def own(self):
        links = [
            {"title": group["title"], "path": f"index.html#{group['id']}"} for group in self.groups if group["pages"]
        ]
        return {"title": self.task["title"], "made": self.task["made"], "links": links}

    def put(self, path, text):
        """Writes a file of the site, whole or not at all."""
        target = os.path.join(self.task["folder"], path)
        os.makedirs(os.path.dirname(target), exist_ok=True)
        data = text if isinstance(text, bytes) else text.encode()
        with open(f"{target}.partial", "wb") as file:
            file.write(data)
        os.replace(f"{target}.partial", target)


def read(path, mode="r"):
    with open(path, mode, **({} if "b" in mode else {"encoding": "utf-8"})) as file:
        return file.read()


def notebook_of(path):
    """A notebook; a page of Markdown as one of a single cell."""
    return nbformat.read(path, as_version=4) if path.endswith(".ipynb") else in_a_cell(read(path))


def in_a_cell(markdown):
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(markdown)])


def prose(notebook):
    return "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")


def title_of(notebook):
    found = re.search(r"^# (.+)$", prose(notebook), re.M)
    return re.sub(r"[*`]|\[([^\]]*)\]\([^)]*\)", r"\1", found[1]).strip() if found else None


def summary_of(notebook):
    """Question and answer: the paragraphs between the title and what is no paragraph."""
    text = re.sub(r"^.*?^# .+?$", "", prose(notebook), count=1, flags=re.M | re.S)
    blocks = [block.strip() for block in re.split(r"\n\s*\n", text) if block.strip()]
    kept = []
    for block in blocks[:4]:
        if re.match(r"([-*+>|#!]|\d+\.|```)\s*", block):
            break
        kept.append(block)
    return "\n\n".join(kept or blocks[:1])


def slugged(body):
    """Headings by the names that GitHub gives them, as links here know them."""

    def heading(match):
        level, _, inside, anchor, rest = match.groups()
        words = re.sub(r"[^\w\- ]", "", html.unescape(re.sub(r"<[^>]*>", "", inside)).lower())
        slug = words.strip().replace(" ", "-")
        return f'<h{level} id="{slug}">{inside}{anchor}#{slug}{rest}</h{level}>'

    return HEADING.sub(heading, body)


def sections_of(body):
    found = re.findall(r'<h2 id="([^"]*)">(.*?)<a class="anchor-link"', body, re.S)
    return [{"id": name, "title": re.sub(r"<!--.*?-->|</?a[^>]*>", "", text)} for name, text in found]


main()
