"""How the page of explain looks, beside the style of all pages."""

PAGE = """\
main{max-width:1040px}
h2{overflow-wrap:anywhere}
.key{list-style:none;display:flex;flex-wrap:wrap;gap:.3em 1.6em;padding:0;margin:1em 0;font-size:.9rem}
.key li{display:flex;align-items:center;gap:.55em}
.key .bar{width:18px;height:16px;margin:0}
article{margin:1.6em 0 2.4em}
h3{margin-bottom:.3em}
.plan{--lane:30px;display:grid;grid-template-columns:repeat(var(--lanes),var(--lane)) minmax(0,1fr);
border-bottom:1px solid var(--line);margin:.8em 0}
.plan>*{min-width:0}
.lane{grid-row:1;text-align:center;font-size:.8rem;color:var(--quiet);padding:.2em 0;font-variant-numeric:tabular-nums}
.band{grid-column:1/-1;border-top:1px solid var(--line)}
.busy{background:var(--panel)}
.item{grid-column:-2/-1;padding:.5em 0 .6em .9em;display:grid;grid-template-columns:2.6em minmax(0,1fr)}
.item>*{grid-column:2}
.item>.line{grid-column:1;grid-row:1;color:var(--quiet);font-size:.82rem;padding-top:.15em;
font-variant-numeric:tabular-nums}
.item pre{margin:0;padding:0;background:none;border:0}
.item p{margin:.2em 0 0;font-size:.9rem}
.inner{padding-left:2.2em}
.bar{margin:3px 4px;border-radius:3px;overflow:hidden;writing-mode:vertical-rl;font-size:.68rem;line-height:1;
letter-spacing:.03em;color:var(--paper);white-space:nowrap;display:flex;align-items:center;padding:6px 0 0;
justify-content:flex-start;z-index:1}
.bar.readers{background:var(--bad)}
.bar.writers{background:repeating-linear-gradient(135deg,var(--warn) 0 7px,
color-mix(in srgb,var(--warn) 86%,var(--paper)) 7px 10px)}
.bar.nobody{background:var(--paper);border:2px solid var(--work);color:var(--work)}
.mode{font-weight:650}
.mode.readers,.not{color:var(--bad)}
.mode.writers{color:var(--warn)}
.mode.nobody{color:var(--work)}
.unknown{color:var(--warn);font-weight:650}
.held td:nth-child(2){min-width:23em}
.held td:nth-child(3){min-width:11em}
.held td:first-child{width:2.4em;font-variant-numeric:tabular-nums}
@media screen and (max-width:760px){
.plan{--lane:clamp(9px,calc(108px/var(--lanes)),15px)}
.bar{font-size:0;margin:2px 2px;padding:0}
.item{padding-left:.5em;grid-template-columns:1.9em minmax(0,1fr)}
.inner{padding-left:1.3em}
.held td:nth-child(n){width:auto;min-width:0}
.held td:nth-child(-n+2){display:inline}
.held td:nth-child(2)::before{content:""}
.held td:first-child::before{content:"lane "}
.held td:first-child::after{content:": "}
.lane{font-size:.68rem}
}
@media print{
.item{break-inside:avoid}
.bar,.busy{print-color-adjust:exact;-webkit-print-color-adjust:exact}
}
"""
