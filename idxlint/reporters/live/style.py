"""How the page and the pictures of live mode look."""

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
.status{font-weight:650;white-space:nowrap}
.confirmed{color:var(--good)}
.contradicted,.error,.wait{color:var(--bad)}
.inconclusive{color:var(--warn)}
.skipped{color:var(--quiet)}
.defect{border:2px solid var(--bad);padding:.8em 1em;margin:1.4em 0}
.defect h2{margin:0;padding:0;border:0;font-size:1.15rem;color:var(--bad)}
article{margin:2em 0 0;padding-top:1.3em;border-top:1px solid var(--line)}
figure svg{display:block;width:100%;height:auto}
figure .narrow{display:none;max-width:520px}
.claims{list-style:none;padding:0;margin:.3em 0}
.claims li{padding-left:1.6em;text-indent:-1.6em;margin:.15em 0}
.claims .mark{display:inline-block;width:1.6em;text-indent:0;font-weight:700}
.whole{overflow-wrap:anywhere;display:inline-block}
.matrix td:first-child{width:42%}
.matrix td:nth-child(3),.crashes td:first-child{min-width:9.5em}
.asides{margin:2em 0 0;padding-top:1.3em;border-top:1px solid var(--line);color:var(--quiet)}
@media screen and (max-width:760px){
figure .wide{display:none}
figure .narrow{display:block}
.matrix td:first-child{width:auto}
.matrix td:nth-child(3),.crashes td:first-child{min-width:0}
}
@media print{
.defect{break-inside:avoid}
svg rect,svg circle{print-color-adjust:exact;-webkit-print-color-adjust:exact}
}
"""
"""What the page has beside the style of all pages."""
