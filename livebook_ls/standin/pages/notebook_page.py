"""The page of a session: the notebook as cells, in a page that follows what the session holds."""

from __future__ import annotations

from html import escape

from livebook_ls.notebook.importing.importer import parse
from livebook_ls.notebook.model import Cell, CellType, Section
from livebook_ls.standin.live import session_markup
from livebook_ls.standin.sessions.session import SessionView

STYLE = (
    "main h2{margin:2.5rem 0 .75rem;font-size:1.35rem}main h2 small{font-weight:normal}"
    "article{position:relative;margin:.75rem 0}"
    "article p{white-space:pre-wrap;margin:0}"
    "article pre{margin:0;border-left:4px solid #e24f6a}"
    "article.smart pre{border-left-color:#7a5cff}"
    "article pre.output{border:0;border-left:4px solid #8884;opacity:.8}"
    "article i{position:absolute;right:.75rem;top:.4rem;font:.75rem system-ui;opacity:.6}"
    "article.changed{animation:changed 1.6s}@keyframes changed{from{background:#ffd43b66}}"
    "footer{margin-top:3rem;border-top:1px solid #8886}#gone{color:#c92a2a}"
)
# The page is asked for anew, and what is other shows itself: reloading would lose the place.
_FOLLOW = """
<p id="gone" hidden>The stand-in does not answer any more.</p>
<script type="module">
const look = async () => {
  try {
    const answer = await fetch(location.href);
    if (answer.redirected) location.href = answer.url;
    const next = new DOMParser().parseFromString(await answer.text(), "text/html");
    const [main, wanted] = [document, next].map((it) => it.querySelector("main"));
    document.getElementById("gone").hidden = true;
    if (wanted && main.innerHTML !== wanted.innerHTML) {
      const before = new Set([...main.querySelectorAll("article")].map((it) => it.innerHTML));
      main.replaceWith(wanted);
      for (const it of wanted.querySelectorAll("article"))
        if (!before.has(it.innerHTML)) it.classList.add("changed");
      document.title = next.title;
    }
    const footer = next.querySelector("footer");
    if (footer) document.querySelector("footer").replaceWith(footer);
  } catch { document.getElementById("gone").hidden = false; }
  setTimeout(look, 500);
};
setTimeout(look, 500);
</script>"""


def title(view: SessionView) -> str:
    """The notebook's title."""
    return parse(view.text).name


def body(view: SessionView) -> str:
    """The notebook, what is known of the session, and what keeps both up to date."""
    notebook = parse(view.text)
    setup = "".join(map(_cell, notebook.setup))
    sections = "".join(map(_section, notebook.sections))
    main = f"<main><h1>{escape(notebook.name)}</h1>{setup}{sections}</main>"
    return f"{main}<footer>{_facts(view)}</footer>{_FOLLOW}"


def _section(section: Section) -> str:
    branch = " <small>branch</small>" if section.parent_index is not None else ""
    heading = f"<h2>{escape(section.name)}{branch}</h2>"
    return f"<section>{heading}{''.join(map(_cell, section.cells))}</section>"


def _cell(cell: Cell) -> str:
    source = escape(cell.source)
    if cell.type is CellType.MARKDOWN:
        return f"<article><p>{source}</p></article>"
    label = str(cell.kind) if cell.type is CellType.SMART else cell.language or ""
    outputs = "".join(f'<pre class="output">{escape(it.text)}</pre>' for it in cell.outputs)
    return (
        f'<article class="{cell.type.value}"><i>{escape(label)}</i>'
        f"<pre>{source}</pre>{outputs}</article>"
    )


def _facts(view: SessionView) -> str:
    form = "uncertain after a large change" if view.is_approximate else "as Livebook writes it"
    facts = (
        ("File", view.path),
        ("State", "has unsaved changes" if view.is_dirty else "saved"),
        ("Imports", str(view.imports)),
        ("Saves", str(view.saves)),
        ("Form", form),
    )
    rows = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in facts)
    # As Livebook's page has it.
    label = session_markup.saved_label(has_saved=not view.is_dirty)
    return f'<dl>{rows}</dl><div data-el-notebook-indicators><a aria-label="{label}"></a></div>'
