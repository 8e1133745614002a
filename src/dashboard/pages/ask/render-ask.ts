import { type Html, html } from '../../../core/html.ts'
import { count } from '../../show/numbers.ts'
import type { AskModel } from './ask-model.ts'

export function renderAsk({ warehouses, limits, saved, name, sql }: AskModel): Html {
  const queries = saved.map(
    one =>
      html`<li><a href="/ask?query=${one}"${one === name && html` aria-current="true"`}>${one}</a></li>`,
  )
  return html`<h1 class="visually-hidden">Ask the warehouse</h1>
<div class="ask">
<div class="asking">
<section class="card">
<form id="ask">
<label for="sql" class="visually-hidden">SQL</label>
<textarea id="sql" rows="8" spellcheck="false" placeholder="select * from ...">${sql}</textarea>
<div class="toolbar">
<button type="submit" class="primary">Run</button> <span class="quiet only-wide"><kbd>Ctrl</kbd> <kbd>Enter</kbd></span>
${warehouses.length > 1 ? html`<label>Warehouse <select id="warehouse">${warehouses.map(one => html`<option>${one}</option>`)}</select></label>` : html`<select id="warehouse" hidden aria-hidden="true">${warehouses.map(one => html`<option>${one}</option>`)}</select>`}
<span class="push"></span>
<label>Name <input id="name" value="${name}" maxlength="64" size="14" autocomplete="off"></label>
<button type="button" id="save" title="As a file of the project: queries/NAME.sql">Save</button>
<button type="button" id="share" title="The question in an address, to be sent to somebody">Link</button>
</div>
<p class="quiet limits"><span id="said" role="status"></span> <span id="limits">Nothing is changed by a question. It may take ${limits.seconds} seconds and give ${count(limits.rows)} rows.</span></p>
</form>
</section>
<section class="card" id="answer" hidden aria-live="polite"><div id="chart" class="chart"></div><div class="scroll" tabindex="0" role="region" aria-label="Answer" id="rows"></div></section>
</div>
<div class="beside">
<nav class="card saved" aria-label="Saved queries"><h2>Saved</h2>${queries.length > 0 ? html`<ul class="plain-list">${queries}</ul>` : html`<p class="quiet">None yet: <em>Save</em> writes <code>queries/NAME.sql</code> into the project.</p>`}</nav>
<section class="card tables" aria-labelledby="tables-title"><h2 id="tables-title">Tables</h2><div id="tables"><p class="quiet">asking …</p></div></section>
</div>
</div>`
}
