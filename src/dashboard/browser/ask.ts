/** The editor of questions: completion of tables and columns, answers as a table and a chart. */
import { autocompletion } from '@codemirror/autocomplete'
import { sql } from '@codemirror/lang-sql'
import { Compartment, EditorState, Prec } from '@codemirror/state'
import { EditorView, keymap, placeholder } from '@codemirror/view'
import { basicSetup } from 'codemirror'
import { say, showTables } from './page/ask-tables.ts'
import { type Chart, drawBars, drawLines } from './page/draw-chart.ts'
import { editorLook } from './page/editor-look.ts'

interface Answer {
  readonly columns: readonly { readonly name: string; readonly type: string }[]
  readonly rows: readonly (readonly (string | null)[])[]
  readonly isCut: boolean
  readonly ms: number
  readonly chart: Chart | null
}

/** Types whose values stand under each other by their last digit. */
const NUMBER = /int|decimal|numeric|float|double|real|money/i

const find = <Kind extends HTMLElement>(id: string, kind: new () => Kind): Kind => {
  const element = document.getElementById(id)
  if (element instanceof kind) return element
  throw new Error(`the page has no ${id}`)
}

const form = find('ask', HTMLFormElement)
const area = find('sql', HTMLTextAreaElement)
const warehouse = find('warehouse', HTMLSelectElement)
const name = find('name', HTMLInputElement)
const said = find('said', HTMLSpanElement)
const answerPlace = find('answer', HTMLElement)
const chartPlace = find('chart', HTMLDivElement)
const rowsPlace = find('rows', HTMLDivElement)
const tablesPlace = find('tables', HTMLDivElement)
const meta = (key: string): string =>
  document.querySelector<HTMLMetaElement>(`meta[name="${key}"]`)?.content ?? ''

const language = new Compartment()
// What a link brought stands behind #, which no server ever sees.
const shared = new URLSearchParams(location.hash.slice(1))
const sharedWarehouse = shared.get('warehouse')
if ([...warehouse.options].some(({ value }) => value === sharedWarehouse)) {
  warehouse.value = sharedWarehouse ?? ''
}
const editor = makeEditor()
void complete()
warehouse.addEventListener('change', () => void complete())
form.addEventListener('submit', event => {
  event.preventDefault()
  void run()
})
find('save', HTMLButtonElement).addEventListener('click', () => void save())
find('share', HTMLButtonElement).addEventListener('click', () => void share())

function makeEditor(): EditorView {
  const view = new EditorView({
    state: EditorState.create({
      doc: shared.get('sql') ?? area.value,
      extensions: [
        Prec.highest(keymap.of([{ key: 'Mod-Enter', run: () => (void run(), true) }])),
        basicSetup,
        autocompletion(),
        language.of(sql()),
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({ 'aria-label': 'SQL' }),
        EditorView.cspNonce.of(meta('style-nonce')),
        placeholder(area.placeholder),
        editorLook,
      ],
    }),
  })
  area.before(view.dom)
  area.hidden = true
  view.focus()
  return view
}

async function complete(): Promise<void> {
  const path = `/ask/schema?warehouse=${encodeURIComponent(warehouse.value)}`
  const answer = await fetch(path, { headers: { accept: 'application/json' } }).catch(
    () => undefined,
  )
  if (answer?.ok !== true) {
    say(tablesPlace, `They cannot be told: ${await reasonOf(answer)}`)
    return
  }
  const schema = (await answer.json()) as Record<string, string[]> // our own server's
  showTables(tablesPlace, schema, lookAt)
  editor.dispatch({ effects: language.reconfigure(sql({ schema, upperCaseKeywords: false })) })
}

function lookAt(table: string): void {
  const text = `select * from ${table} limit 100`
  editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: text } })
  void run()
}

async function run(): Promise<void> {
  said.textContent = 'asking …'
  const asked = { warehouse: warehouse.value, sql: editor.state.doc.toString() }
  const answer = await post('/ask/run', asked)
  if (answer === undefined) return
  show(answer as Answer) // our own server's
}

async function save(): Promise<void> {
  const saved = await post('/ask/save', { name: name.value, sql: editor.state.doc.toString() })
  if (saved !== undefined) location.assign(`/ask?query=${encodeURIComponent(name.value)}`)
}

async function share(): Promise<void> {
  const text = editor.state.doc.toString()
  const link = new URL('/ask', location.href)
  link.hash = new URLSearchParams({ sql: text, warehouse: warehouse.value }).toString()
  history.replaceState(null, '', link)
  const isCopied = await navigator.clipboard?.writeText(link.href).then(
    () => true,
    () => false,
  )
  said.textContent = isCopied ? 'the link is copied.' : 'the link is in the address bar.'
}

/** What the server says; nothing when it refused, which is then shown. */
async function post(path: string, body: object): Promise<unknown> {
  const answer = await fetch(path, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json',
      'x-csrf-token': meta('csrf-token'),
    },
    body: JSON.stringify(body),
  }).catch(() => undefined)
  if (answer?.ok === true) return answer.json()
  said.textContent = await reasonOf(answer)
  return undefined
}

async function reasonOf(answer: Response | undefined): Promise<string> {
  const told: unknown = await answer?.json().catch(() => undefined)
  const error = Object(Object(told)['error']) as { message?: unknown; hint?: unknown } // shown as text only
  return [error.message ?? 'no answer', error.hint].filter(Boolean).join(': ')
}

function show({ columns, rows, isCut, ms, chart }: Answer): void {
  const number = rows.length.toLocaleString('en-US')
  said.textContent = `${number} ${rows.length === 1 ? 'row' : 'rows'}${isCut ? ', and there are more' : ''}, ${ms} ms.`
  answerPlace.hidden = false
  chartPlace.hidden = chart === null
  if (chart?.kind === 'lines') drawLines(chartPlace, chart)
  if (chart?.kind === 'bars') drawBars(chartPlace, chart)
  const table = document.createElement('table')
  const head = table.createTHead().insertRow()
  for (const { name: column, type } of columns) {
    const cell = document.createElement('th')
    cell.scope = 'col'
    cell.textContent = column
    cell.title = type
    cell.classList.toggle('number', NUMBER.test(type))
    head.append(cell)
  }
  const body = table.createTBody()
  for (const row of rows) {
    const line = body.insertRow()
    for (const [at, field] of row.entries()) {
      const cell = line.insertCell()
      cell.textContent = field ?? 'NULL'
      cell.classList.toggle('quiet', field === null)
      cell.classList.toggle('number', NUMBER.test(columns[at]?.type ?? ''))
    }
  }
  rowsPlace.replaceChildren(table)
}
