"""A page that needs nothing else: no script, no other file, no network; light and dark, on a phone and on paper."""

from collections.abc import Iterator
from html import escape

from idxlint.model import printable
from idxlint.reporters.parts.phrases import COMMAND, lines

_GUARD = "default-src 'none'; style-src 'unsafe-inline'"
"""The page allows itself nothing but its own styles (Content Security Policy, W3C)."""

_LIGHT = (
    "--paper:#fff;--panel:#f6f7f9;--ink:#1c2128;--quiet:#57606a;--line:#d5dae0;--track:#eceff2;"
    "--work:#3f5f95;--bad:#b3261e;--good:#1a7f37;--warn:#8a5300"
)
_DARK = (
    "--paper:#14171b;--panel:#1c2026;--ink:#e6e9ec;--quiet:#a2abb5;--line:#363d46;--track:#242a31;"
    "--work:#86abf0;--bad:#ff8078;--good:#5ad16f;--warn:#e6b450"
)

PALETTE = f"""\
:root{{color-scheme:light dark;{_LIGHT}}}
@media (prefers-color-scheme:dark){{:root{{{_DARK}}}}}
@media print{{:root{{color-scheme:light;{_LIGHT}}}}}
"""
"""Text on paper and on panel has a contrast of 4.5 to 1 or more in both (WCAG 2.2, 1.4.3)."""

_STYLE = """\
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,"Segoe UI",Roboto,"Helvetica Neue",
Arial,sans-serif;overflow-wrap:anywhere}
main{max-width:940px;margin:0 auto;padding:24px 16px 64px}
h1{font-size:1.9rem;line-height:1.2;margin:.1em 0 .4em;letter-spacing:-.01em}
h2{font-size:1.35rem;line-height:1.3;margin:2.6em 0 .2em;padding-top:.7em;border-top:2px solid var(--ink)}
h3{font-size:1.1rem;line-height:1.35;margin:0}
h4{font-size:.82rem;color:var(--quiet);margin:1.3em 0 .35em}
p{margin:.35em 0}
a{color:inherit;text-decoration-color:var(--quiet);text-underline-offset:.15em}
a:focus-visible{outline:2px solid var(--work);outline-offset:2px}
code,pre{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:.84em}
pre{margin:.3em 0;padding:.6em .8em;background:var(--panel);border-left:3px solid var(--line);white-space:pre-wrap}
.kicker,.quiet{color:var(--quiet)}
.kicker{font-size:.9rem;margin:0}
.limits{border-left:3px solid var(--line);padding-left:.8em;color:var(--quiet)}
figure{margin:1em 0}
figcaption{margin-bottom:.6em}
ol{margin:.3em 0;padding-left:1.6em}
table{border-collapse:collapse;width:100%;margin:.6em 0;font-size:.9rem}
th{text-align:left;overflow-wrap:normal;font-weight:600;color:var(--quiet);font-size:.82rem}
th,td{padding:.4em .8em .4em 0;border-bottom:1px solid var(--line);vertical-align:top}
footer{margin-top:3em;padding-top:.8em;border-top:1px solid var(--line);color:var(--quiet);font-size:.9rem}
@media screen and (max-width:760px){
table,tbody,tr,td{display:block}
thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
tr{padding:.5em 0;border-bottom:1px solid var(--line)}
td{border:0;padding:.1em 0}
td[data-label]::before{content:attr(data-label) ": ";color:var(--quiet)}
h1{font-size:1.5rem}
}
@media print{
body{font-size:10.5pt}
main{max-width:none;padding:0}
figure,tr,pre{break-inside:avoid}
h2,h3,h4{break-after:avoid}
}
"""


def top(title: str, style: str) -> Iterator[str]:
    """The page up to its first header. style: what it has beside the style of all pages."""
    yield '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">\n'
    yield f'<meta http-equiv="Content-Security-Policy" content="{_GUARD}">\n'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
    yield '<meta name="color-scheme" content="light dark">\n'
    yield f"<title>{safe(title)}</title>\n<style>\n{PALETTE}{_STYLE}{style}</style></head>\n<body><main>"


def safe(text: str) -> str:
    """Text from a file or a server, as a page may show it."""
    return escape(printable(text))


def place(path: str, line: int) -> str:
    """Where a statement stands."""
    folder, slash, file = safe(path).rpartition("/")
    return f'<code>{folder.replace("/", "/<wbr>")}{slash}<wbr><span class="whole">{file}:{line}</span></code>'


def sql(text: str) -> str:
    """A statement as it stands in its file; no line of it is a command to GitHub's runner, which reads logs."""
    escaped = "\n".join(COMMAND.sub(r"\1&#58;&#58;", safe(line)) for line in lines(text))
    return f"<pre>{escaped}</pre>"


def cell(label: str, content: str) -> str:
    """A cell that a narrow page shows with the name of its column."""
    return f'<td data-label="{label}">{content}</td>'


def head(*labels: str) -> str:
    """The head of a table."""
    return f"<thead><tr>{''.join(f'<th scope=col>{label}</th>' for label in labels)}</tr></thead>"
