/** The page's style sheet. Colours are four tones and one accent; each state has a shape and a word as well. */
export const css = `
:root {
  color-scheme: light dark;
  --ground: #f4f5f7; --surface: #ffffff; --raised: #f4f6f9; --line: #dde1e7;
  --ink: #1b212b; --muted: #555e6b; --accent: #2456c4;
  --good: #17764b; --attention: #8a5200; --bad: #b1261d; --calm: #545f70;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #101318; --surface: #181c23; --raised: #1f242d; --line: #313945;
    --ink: #e7eaef; --muted: #a3acb9; --accent: #8db2ff;
    --good: #58c78a; --attention: #e6ae48; --bad: #ff8b81; --calm: #a6b0be;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; scroll-behavior: smooth; }
body {
  margin: 0; background: var(--ground); color: var(--ink);
  font: 400 0.9375rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
  font-variant-numeric: tabular-nums; overflow-wrap: anywhere;
}
header, main, footer { max-width: 74rem; margin: 0 auto; padding: 0 1.5rem; }
header { padding-top: 2.25rem; padding-bottom: 1.5rem; }
footer { padding-top: 0.5rem; padding-bottom: 3rem; color: var(--muted); font-size: 0.875rem; }
footer p { max-width: 50rem; margin: 0.5rem 0; }
h1, h2, h3 { line-height: 1.25; font-weight: 650; letter-spacing: -0.01em; margin: 0; }
h1 { font-size: 1.875rem; letter-spacing: -0.02em; max-width: 50rem; text-wrap: balance; }
h2 { font-size: 1.1875rem; }
h3 { font-size: 1rem; margin: 2rem 0 0.5rem; }
h2 + h3 { margin-top: 1.25rem; }
footer h2 { font-size: 1rem; color: var(--ink); }
h2 > small { display: block; color: var(--muted); font-size: 0.8125rem; font-weight: 400; letter-spacing: 0; }
p, .note { margin: 0.5rem 0; }
small { font-size: 0.8125rem; color: var(--muted); }
time { white-space: nowrap; }
code { font: 0.8125rem/1.4 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
a { color: var(--accent); text-underline-offset: 0.15em; }
a:focus-visible, summary:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 3px; }
ul { list-style: none; margin: 0; padding: 0; }
.shapes { position: absolute; }
.brand { margin: 0 0 0.5rem; color: var(--muted); font-size: 0.8125rem; }
.as-of { color: var(--muted); margin: 0.5rem 0 1.25rem; max-width: 50rem; }
.note { color: var(--muted); max-width: 50rem; }
.card { background: var(--surface); border: 1px solid var(--line); border-radius: 12px; padding: 1.5rem; margin-bottom: 1.25rem; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.label { display: none; }
h1, h2, h3, p, caption, th, td, li, summary, .rule { overflow: clip; overflow-clip-margin: 4px; }
.sub { color: var(--muted); font-size: 0.8125rem; font-weight: 400; }
.none { color: var(--muted); }
.good { color: var(--good); } .attention { color: var(--attention); } .bad { color: var(--bad); } .calm { color: var(--calm); }
.icon { flex: none; align-self: center; vertical-align: -0.2em; }
.part { display: inline-block; }
.solid { fill: currentColor; }
.line { fill: none; stroke: currentColor; stroke-width: 1.6; stroke-linecap: round; stroke-linejoin: round; }
.cut { fill: none; stroke: var(--surface); stroke-width: 1.8; stroke-linecap: round; stroke-linejoin: round; }
.dash { stroke-dasharray: 2.6 2.4; stroke-linecap: butt; }
.chip { display: inline-flex; align-items: baseline; gap: 0.375rem; font-weight: 600; font-size: 0.875rem; white-space: nowrap; }

.counts { display: flex; flex-wrap: wrap; gap: 0.5rem; }
.counts li { display: flex; align-items: center; gap: 0.4rem; padding: 0.3rem 0.7rem; background: var(--surface); border: 1px solid var(--line); border-radius: 8px; }
nav ul { display: flex; flex-wrap: wrap; gap: 0.25rem 1.5rem; margin-top: 1rem; }
.concerns { margin-top: 0.5rem; }
.concerns li { display: flex; gap: 0.7rem; padding: 0.6rem 0; border-top: 1px solid var(--line); }
.concerns li:first-child { border-top: 0; }
.concerns .icon { align-self: flex-start; margin-top: 0.2rem; }
.concerns div { min-width: 0; }
.concerns strong { font-weight: 600; margin-left: 0.25rem; }
.concerns .todo { display: block; color: var(--muted); font-size: 0.875rem; }
.calm-note { margin-bottom: 0; }
.doubt { color: var(--attention); font-weight: 600; max-width: 50rem; }

table { border-collapse: collapse; width: 100%; table-layout: fixed; text-align: left; }
caption { text-align: left; color: var(--muted); font-size: 0.8125rem; padding-bottom: 0.5rem; }
th, td { padding: 0.6rem 1rem 0.6rem 0; vertical-align: top; font-weight: 400; }
th:last-child, td:last-child { padding-right: 0; }
thead th { color: var(--muted); font-size: 0.8125rem; font-weight: 500; vertical-align: bottom; padding-top: 0.25rem; padding-bottom: 0.4rem; border-bottom: 1px solid var(--line); }
tbody tr { border-top: 1px solid var(--line); }
tbody:first-of-type tr:first-child { border-top: 0; }
tbody b { font-weight: 600; }

.lifetimes thead th { position: sticky; top: 0; z-index: 1; background: var(--surface); }
.lifetimes thead .life { padding-bottom: 0; }
.lifetimes td small { display: block; }
.lifetimes tr.more { border-top: 0; }
.lifetimes tr.more > * { padding-top: 0; }
.axis { display: block; overflow: visible; }
.axis text { font-size: 0.75rem; fill: var(--muted); text-anchor: middle; }
.axis text.now { fill: var(--accent); font-weight: 600; }
.tick { stroke: var(--muted); }
.bar { display: block; overflow: hidden; }
.bar .at { overflow: visible; }
.track { stroke: var(--line); stroke-width: 2; }
.span { fill: currentColor; }
.over { fill: var(--surface); opacity: 0.66; }
.of-expired .span, .of-ended .span { fill: url(#hatch); stroke: currentColor; }
.of-expired .over, .of-ended .over { display: none; }
.of-replaced .span { fill: none; stroke: currentColor; stroke-width: 1.5; stroke-dasharray: 5 3; }
.of-replaced .over { display: none; }
#hatch path { stroke: var(--muted); stroke-width: 3; }
line.now { stroke: var(--accent); stroke-width: 2; }
.renew, .beyond { fill: var(--surface); stroke: currentColor; stroke-width: 2; stroke-linejoin: round; }
.request { color: var(--muted); font-size: 0.875rem; }

.access td.level { color: var(--ink); white-space: nowrap; }
.access td.level .icon { margin-right: 0.35rem; color: var(--accent); }
.access td.none, .access td.none .icon, .access td.unknown, .access td.unknown .icon { color: var(--muted); }
.access tr.head th { background: var(--raised); padding: 0.45rem 0.75rem; }
.access tr.head b { margin-right: 0.5rem; }
.access tr:not(.head) > :first-child { padding-left: 0.75rem; }
.access thead .place { padding-left: 0.75rem; }
.access tr.head + tr { border-top: 0; }
.rule { display: block; color: var(--muted); }
.rule b { color: var(--ink); font-weight: 500; }
.tag, .powers li { display: inline-block; font-size: 0.8125rem; color: var(--muted); border: 1px solid var(--line); border-radius: 5px; padding: 0 0.4rem; }
.tag.drift { color: var(--attention); border-color: currentColor; }
.powers li { color: var(--ink); background: var(--raised); }
.powers { display: flex; flex-wrap: wrap; gap: 0.3rem; margin-top: 0.35rem; }
summary { cursor: pointer; color: var(--accent); }
.roles details { border-top: 1px solid var(--line); padding: 0.4rem 0; }
.roles details > div { padding: 0.25rem 0 0.25rem 1rem; }
.replaced td small { display: block; }
.replaced code { overflow-wrap: anywhere; }

.legend { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(20rem, 100%), 1fr)); gap: 0.25rem 1.5rem; margin: 0.75rem 0; }
.legend div { display: flex; gap: 0.6rem; }
.legend dt { flex: none; width: 6.25rem; color: var(--ink); font-weight: 600; }
.legend dt .icon { margin-right: 0.4rem; }
.legend dd { margin: 0; }

@media print, (min-width: 58.01rem) {
  .lifetimes .who { width: 21%; }
  .lifetimes .state { width: 7rem; }
  .lifetimes .end { width: 9.75rem; }
  .lifetimes .renewal { width: 9.5rem; }
  .access .place { width: 22%; }
  .access .level { width: 5.5rem; }
  .replaced .who { width: 22%; }
  .replaced .end { width: 10rem; }
  .replaced .serial { width: 26%; }
}
@media screen and (max-width: 58rem) {
  header, main, footer { padding-left: 1rem; padding-right: 1rem; }
  header { padding-top: 1.5rem; }
  h1 { font-size: 1.5rem; }
  h2 { font-size: 1.0625rem; }
  .card { padding: 1.1rem 1rem; border-radius: 10px; }
  .label { display: inline; color: var(--muted); }
  table, caption, thead, tbody { display: block; }
  tr { display: grid; column-gap: 0.75rem; padding: 0.75rem 0; }
  th, td, th:last-child, td:last-child { padding: 0; min-width: 0; }
  .lifetimes tr { grid-template: "who state" "life life" "end end" "renewal renewal" / minmax(0, 1fr) max-content; row-gap: 0.15rem; }
  .lifetimes .who { grid-area: who; } .lifetimes .life { grid-area: life; } .lifetimes .state { grid-area: state; }
  .lifetimes .end { grid-area: end; } .lifetimes .renewal { grid-area: renewal; }
  .lifetimes td.end, .lifetimes td.renewal { font-size: 0.8125rem; }
  .lifetimes td small { display: inline; }
  .lifetimes td .none { display: none; }
  .lifetimes thead { position: sticky; top: 0; z-index: 1; background: var(--surface); }
  .lifetimes thead tr { padding: 0; grid-template: "life" / minmax(0, 1fr); border-bottom: 1px solid var(--line); }
  .lifetimes thead th { position: static; border: 0; }
  .lifetimes thead th:not(.life), .access thead .what, .replaced thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .lifetimes tr.more { padding-top: 0; }
  .access tr { grid-template: "place read change remove" "what what what what" / minmax(0, 1fr) 3.5rem 3.5rem 3.5rem; row-gap: 0.35rem; column-gap: 0.25rem; }
  .access .level { font-size: 0.8125rem; }
  .access td.level .icon { width: 13px; height: 13px; margin-right: 0.25rem; }
  .access tr.head { display: block; padding: 0; }
  .access tr.head th { display: block; }
  .access .place { grid-area: place; }
  .access tbody .place { font-weight: 600; } .access .what { grid-area: what; }
  .access tr > :nth-child(3) { grid-area: read; } .access tr > :nth-child(4) { grid-area: change; } .access tr > :nth-child(5) { grid-area: remove; }
  .access thead tr { padding: 0 0 0.4rem; }
  .access thead th, .access thead th:last-child { border: 0; padding: 0; }
  .access tr:not(.head) { padding-left: 0.75rem; }
  .access tr:not(.head) > :first-child { padding-left: 0; }
  .replaced td { font-size: 0.8125rem; }
  .replaced tr { grid-template-columns: minmax(0, 1fr); row-gap: 0.2rem; }
}
@media print {
  :root {
    --ground: #fff; --surface: #fff; --raised: #f4f6f9; --line: #c9ced6; --ink: #000; --muted: #444; --accent: #1b479f;
    --good: #17764b; --attention: #8a5200; --bad: #b1261d; --calm: #444; color-scheme: light;
  }
  html { font-size: 70%; }
  body { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  header, main, footer { max-width: none; padding-left: 0; padding-right: 0; }
  .card { border: 0; padding: 0; }
  .cluster { break-before: page; }
  nav { display: none; }
  a { color: inherit; text-decoration: none; }
  .lifetimes thead th { position: static; }
  tr, .concerns li { break-inside: avoid; }
  h2, h3 { break-after: avoid; }
  details::details-content { content-visibility: visible; height: auto; }
  summary { list-style: none; }
}
@media (forced-colors: active) {
  .bar, .axis, .icon { forced-color-adjust: none; color: CanvasText; }
  .over, .cut, .renew, .beyond { fill: Canvas; }
  .cut { fill: none; stroke: Canvas; }
}
`;
