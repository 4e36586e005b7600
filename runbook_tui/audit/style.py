"""How the HTML report looks: on a screen, light or dark, and on paper."""

from typing import Final

STYLE: Final = """
:root {
  --ink: #1c2430; --soft: #5b6675; --line: #dfe4ea; --paper: #ffffff; --card: #f7f9fb;
  --pass: #14713d; --warn: #8a5a00; --fail: #b3261e; --unknown: #6b3fa0; --skip: #5b6675;
  --prod: #b3261e; --other: #2457a6;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ink: #e6eaf0; --soft: #9aa6b5; --line: #2c3542; --paper: #12161c; --card: #1a2029;
    --pass: #5fd38d; --warn: #f0b849; --fail: #ff8a80; --unknown: #c9a6ff; --skip: #9aa6b5;
    --prod: #ff8a80; --other: #8ab4f8;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; padding: 2rem 1.5rem 4rem; max-width: 66rem; background: var(--paper); color: var(--ink);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
}
code, time, .number {
  font-family: ui-monospace, "SF Mono", Menlo, Consolas, "Liberation Mono", monospace; font-size: .88em;
}
code { overflow-wrap: anywhere; }
h1 { margin: .4rem 0 .2rem; font-size: 2rem; line-height: 1.2; letter-spacing: -.01em; }
h2 { margin: 2.6rem 0 .8rem; padding-bottom: .3rem; border-bottom: 1px solid var(--line); font-size: 1.2rem; }
h3 { margin: 0; font-size: 1rem; }
p { margin: .2rem 0; }
header { padding-left: 1.2rem; border-left: 6px solid var(--other); }
header.prod { border-color: var(--prod); }
.where { display: flex; flex-wrap: wrap; gap: .6rem; align-items: center; color: var(--soft); font-size: .88rem; }
.where b { padding: .1rem .6rem; border: 1px solid currentColor; border-radius: 1rem; color: var(--other); }
.prod .where .env { background: var(--prod); border-color: var(--prod); color: var(--paper); }
.where .simulated { color: var(--unknown); border-style: dashed; }
.outcome { font-size: 1.15rem; font-weight: 600; }
.counts { display: flex; flex-wrap: wrap; gap: .5rem; margin: .8rem 0 0; padding: 0; list-style: none; }
.counts li { padding: .3rem .8rem; border: 1px solid var(--line); border-radius: .5rem; background: var(--card); }
.counts .none { opacity: .55; }
.status { white-space: nowrap; font-weight: 600; }
.pass .status, .outcome.pass { color: var(--pass); }
.warn .status, .outcome.warn { color: var(--warn); }
.fail .status, .outcome.fail { color: var(--fail); }
.unknown .status, .outcome.unknown { color: var(--unknown); }
.skip .status, .outcome.skip { color: var(--skip); }
.facts { display: grid; grid-template-columns: max-content 1fr; gap: .3rem 1.4rem; margin: 1.8rem 0 1rem; }
.facts dt { color: var(--soft); }
.facts dd { margin: 0; overflow-wrap: anywhere; }
.seal { padding: .6rem .9rem; border: 1px solid var(--line); border-left: 4px solid var(--pass); border-radius: .4rem; }
.seal b { color: var(--pass); }
.seal.broken { border-color: var(--fail); background: var(--card); }
.seal.broken b { color: var(--fail); }
article {
  margin: .7rem 0; padding: .8rem 1rem; border: 1px solid var(--line); border-radius: .6rem; background: var(--card);
}
article.skipped { border-style: dashed; }
.number { display: inline-block; min-width: 1.9em; margin-right: .5em; color: var(--soft); }
.said { color: var(--soft); font-size: .9rem; }
table { width: 100%; border-collapse: collapse; font-size: .9rem; }
td, th { padding: .3rem .7rem .3rem 0; border-top: 1px solid var(--line); text-align: left; vertical-align: top; }
.checks { margin-top: .6rem; }
.checks .mark { width: 6.5rem; }
.checks td:nth-child(2) { width: 30%; }
.remedy { color: var(--ink); font-weight: 500; }
.evidence { color: var(--soft); font-size: .85rem; }
figure { margin: .8rem 0 .4rem; break-inside: avoid; }
figcaption { color: var(--soft); font-size: .85rem; }
.chart { display: block; width: 100%; max-width: 60rem; height: auto; color: var(--ink); }
.chart text { fill: currentColor; font-size: 11px; }
.chart path { fill: none; stroke: currentColor; }
.chart .line { stroke-width: 1.4; stroke-linejoin: round; }
.chart .grid { stroke: var(--line); }
.chart .limit, .chart .mark { stroke-width: 1; stroke-dasharray: 1 4; stroke-linecap: round; }
.chart text.limit { stroke: none; font-weight: 600; }
.chart .mark { stroke-dasharray: none; stroke: var(--soft); }
.chart .done { fill: var(--soft); }
.chart .other { fill: none; stroke: currentColor; stroke-dasharray: 3 2; }
.chart .turn { fill: currentColor; }
.chart .turn.pass { fill: var(--pass); } .chart .turn.warn { fill: var(--warn); }
.chart .turn.fail { fill: var(--fail); } .chart .turn.unknown { fill: none; stroke: var(--unknown); }
.chart .turn.skip { fill: var(--skip); }
.chart .gap { fill: var(--line); opacity: .7; }
.statements { margin: 0; padding: 0; list-style: none; }
.statements li { padding: .5rem 0; border-top: 1px solid var(--line); }
.by { color: var(--soft); font-size: .85rem; }
.timeline th { border: 0; color: var(--soft); font-weight: 500; }
.timeline td:nth-child(-n+3), .timeline td:last-child { color: var(--soft); white-space: nowrap; }
.timeline td:nth-child(4) { overflow-wrap: anywhere; }
.timeline tr.decision td:nth-child(4), .timeline tr.note td:nth-child(4), .timeline tr.run td:nth-child(4) {
  font-weight: 600;
}
footer { margin-top: 3rem; color: var(--soft); font-size: .85rem; }
@media (max-width: 46rem) {
  .timeline th:last-child, .timeline td:last-child { display: none; }
  .checks td:nth-child(2) { width: auto; }
}
@media print {
  :root {
    --ink: #000; --soft: #444; --line: #bbb; --paper: #fff; --card: #fff;
    --pass: #0b5a2e; --warn: #6e4700; --fail: #9c1a13; --unknown: #54308a; --skip: #444;
    --prod: #9c1a13; --other: #1b4687;
  }
  body { max-width: none; padding: 0; font-size: 10pt; }
  article, .statements li, tr, .seal { break-inside: avoid; }
  h2, h3 { break-after: avoid; }
  thead { display: table-header-group; }
  @page { margin: 16mm 14mm; }
}
"""
