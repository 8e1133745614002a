export const STYLE = `
:root { color-scheme: light dark; --ink: #1d2329; --paper: #fff; --soft: #f3f5f7; --line: #c9d0d6;
  --link: #0b5cad; --good: #2e7d4f; --bad: #b3261e; --warn: #9a6700 }
@media (prefers-color-scheme: dark) { :root { --ink: #dde3e8; --paper: #15191d; --soft: #1f252b;
  --line: #3a434b; --link: #79b8ff; --good: #6fcf97; --bad: #ff8a80; --warn: #e3b341 } }
body { margin: 0; font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper) }
header { display: flex; gap: 1rem; align-items: baseline; flex-wrap: wrap; padding: .6rem 1.2rem;
  position: sticky; top: 0; background: var(--paper); border-bottom: 1px solid var(--line) }
h1 { font-size: 1.2rem; margin: 0 } header p { margin: 0 }
input { flex: 1; max-width: 28rem; padding: .35rem .6rem; font: inherit; color: inherit;
  background: var(--soft); border: 1px solid var(--line); border-radius: 4px }
main { padding: 0 1.2rem 4rem }
a { color: var(--link) }
.graph { overflow: auto; max-height: 70vh; margin: 1rem 0; border: 1px solid var(--line); border-radius: 4px }
svg text { font: 12px ui-monospace, monospace; text-anchor: middle; fill: var(--ink) }
svg rect { fill: var(--soft); stroke: var(--line) }
svg .published rect { stroke: var(--good) } svg .failed rect { stroke: var(--bad); stroke-width: 2 }
svg .warned rect { stroke: var(--warn) } svg .source rect { fill: none; stroke-dasharray: 4 3 }
svg .edge { fill: none; stroke: var(--line) } svg marker path { fill: var(--line) }
svg .dim { opacity: .15 }
article { border-left: 4px solid var(--line); padding: 0 1rem; margin: 1.6rem 0; scroll-margin-top: 4rem }
article.published { border-color: var(--good) } article.failed { border-color: var(--bad) }
article.warned { border-color: var(--warn) }
h2 { font-size: 1.05rem; margin: 0 } h2 a { color: inherit; text-decoration: none }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0 1rem } dt { opacity: .7 } dd { margin: 0 }
td { padding: .1rem .9rem .1rem 0; vertical-align: top; white-space: pre-line }
.failure, tr.failed { color: var(--bad); white-space: pre-line } tr.warned { color: var(--warn) }
tr.passed td:nth-child(3) { color: var(--good) }
pre { background: var(--soft); padding: .8rem; overflow: auto; font: 13px/1.45 ui-monospace, monospace }
summary { cursor: pointer }
`

export const SCRIPT = `
const search = document.getElementById('search')
const articles = [...document.querySelectorAll('article')]
const texts = articles.map(one => one.textContent.toLowerCase())
search.addEventListener('input', () => {
  const words = search.value.toLowerCase().split(/\\s+/).filter(Boolean)
  const found = new Set()
  articles.forEach((one, index) => {
    const fits = words.every(word => texts[index].includes(word))
    one.hidden = !fits
    if (fits) found.add('#' + one.id)
  })
  for (const node of document.querySelectorAll('svg a.node')) {
    node.classList.toggle('dim', !found.has(node.getAttribute('href')))
  }
  document.getElementById('nothing').hidden = found.size > 0
})
`
