"""How the page and the pictures of live mode look: light and dark, on a phone and on paper."""

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

PICTURE = """\
svg text{font:12px system-ui,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;fill:var(--ink)}
svg .code{font:11px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace}
svg .quiet{fill:var(--quiet)}
svg .head{font-size:14px;font-weight:650}
svg .halo{paint-order:stroke;stroke:var(--paper);stroke-width:4px;stroke-linejoin:round}
svg .end{text-anchor:end}
svg .mid{text-anchor:middle}
svg .bad{fill:var(--bad)}
svg .good{fill:var(--good)}
svg .warn{fill:var(--warn)}
svg .strong{font-weight:650}
svg .track{fill:var(--track)}
svg .work{fill:var(--work)}
svg .refused{fill:var(--paper);stroke:var(--bad);stroke-width:2}
svg .grid{stroke:var(--line);stroke-width:1}
svg .stop{fill:none;stroke:var(--quiet);stroke-width:1;stroke-dasharray:3 3}
svg .knob{fill:var(--paper);stroke:var(--quiet)}
svg .knobtext{font-size:10px}
svg .hold{stroke:var(--work);stroke-width:3}
svg .cross{stroke:var(--bad);stroke-width:2;fill:none}
"""

PAGE = """\
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
.status{font-weight:650;white-space:nowrap}
.confirmed{color:var(--good)}
.contradicted,.error,.wait{color:var(--bad)}
.inconclusive{color:var(--warn)}
.skipped{color:var(--quiet)}
.defect{border:2px solid var(--bad);padding:.8em 1em;margin:1.4em 0}
.defect h2{margin:0;padding:0;border:0;font-size:1.15rem;color:var(--bad)}
article{margin:2em 0 0;padding-top:1.3em;border-top:1px solid var(--line)}
figure{margin:1em 0}
figcaption{margin-bottom:.6em}
figure svg{display:block;width:100%;height:auto}
figure .narrow{display:none;max-width:520px}
.claims{list-style:none;padding:0;margin:.3em 0}
.claims li{padding-left:1.6em;text-indent:-1.6em;margin:.15em 0}
.claims .mark{display:inline-block;width:1.6em;text-indent:0;font-weight:700}
.whole{overflow-wrap:anywhere;display:inline-block}
.matrix td:first-child{width:42%}
.matrix td:nth-child(3),.crashes td:first-child{min-width:9.5em}
.asides{margin:2em 0 0;padding-top:1.3em;border-top:1px solid var(--line);color:var(--quiet)}
ol{margin:.3em 0;padding-left:1.6em}
table{border-collapse:collapse;width:100%;margin:.6em 0;font-size:.9rem}
th{text-align:left;overflow-wrap:normal;font-weight:600;color:var(--quiet);font-size:.82rem}
th,td{padding:.4em .8em .4em 0;border-bottom:1px solid var(--line);vertical-align:top}
footer{margin-top:3em;padding-top:.8em;border-top:1px solid var(--line);color:var(--quiet);font-size:.9rem}
@media screen and (max-width:760px){
figure .wide{display:none}
figure .narrow{display:block}
table,tbody,tr,td{display:block}
.matrix td:first-child{width:auto}
.matrix td:nth-child(3),.crashes td:first-child{min-width:0}
thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
tr{padding:.5em 0;border-bottom:1px solid var(--line)}
td{border:0;padding:.1em 0}
td[data-label]::before{content:attr(data-label) ": ";color:var(--quiet)}
h1{font-size:1.5rem}
}
@media print{
body{font-size:10.5pt}
main{max-width:none;padding:0}
figure,tr,.defect,pre{break-inside:avoid}
h2,h3,h4{break-after:avoid}
svg rect,svg circle{print-color-adjust:exact;-webkit-print-color-adjust:exact}
}
"""
