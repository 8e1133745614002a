/** The editor of questions: completion of tables and columns, answers as a table and a chart. */
import { autocompletion } from '@codemirror/autocomplete'
import { sql } from '@codemirror/lang-sql'
import { Compartment, EditorState, Prec } from '@codemirror/state'
import { oneDark } from '@codemirror/theme-one-dark'
import { EditorView, keymap } from '@codemirror/view'
import { basicSetup } from 'codemirror'
import { type Chart, drawLines } from './page/draw-chart.ts'

interface Answer {
  readonly columns: readonly { readonly name: string; readonly type: string }[]
  readonly rows: readonly (readonly (string | null)[])[]
  readonly isCut: boolean
  readonly ms: number
  readonly chart: Chart | null
}

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
const meta = (key: string): string =>
  document.querySelector<HTMLMetaElement>(`meta[name="${key}"]`)?.content ?? ''

const language = new Compartment()
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
  // What a link brought stands behind #, which no server ever sees.
  const shared = new URLSearchParams(location.hash.slice(1)).get('sql')
  const isDark =
    document.documentElement.dataset['theme'] === 'dark' ||
    (document.documentElement.dataset['theme'] === 'system' &&
      matchMedia('(prefers-color-scheme: dark)').matches)
  const view = new EditorView({
    state: EditorState.create({
      doc: shared ?? area.value,
      extensions: [
        Prec.highest(keymap.of([{ key: 'Mod-Enter', run: () => (void run(), true) }])),
        basicSetup,
        autocompletion(),
        language.of(sql()),
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({ 'aria-label': 'SQL' }),
        EditorView.cspNonce.of(meta('style-nonce')),
        ...(isDark ? [oneDark] : []),
      ],
    }),
  })
  area.before(view.dom)
  area.hidden = true
  view.focus()
  return view
}

async function complete(): Promise<void> {
  const answer = await fetch(`/ask/schema?warehouse=${encodeURIComponent(warehouse.value)}`)
  if (!answer.ok) return
  const schema = (await answer.json()) as Record<string, string[]> // our own server's
  editor.dispatch({ effects: language.reconfigure(sql({ schema, upperCaseKeywords: false })) })
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
  link.hash = new URLSearchParams({ sql: text }).toString()
  history.replaceState(null, '', link)
  await navigator.clipboard?.writeText(link.href).catch(() => undefined)
  said.textContent = 'the link is in the address bar'
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
  const told: unknown = await answer?.json().catch(() => undefined)
  const error = Object(Object(told)['error']) as { message?: unknown; hint?: unknown } // shown as text only
  said.textContent = [error.message ?? 'no answer', error.hint].filter(Boolean).join(': ')
  return undefined
}

function show({ columns, rows, isCut, ms, chart }: Answer): void {
  said.textContent = `${rows.length}${isCut ? ' (there are more)' : ''} rows, ${ms} ms`
  answerPlace.hidden = false
  chartPlace.hidden = chart?.kind !== 'lines'
  if (chart?.kind === 'lines') drawLines(chartPlace, chart)
  const table = document.createElement('table')
  const head = table.createTHead().insertRow()
  for (const { name: column, type } of columns) {
    const cell = document.createElement('th')
    cell.scope = 'col'
    cell.textContent = column
    cell.title = type
    head.append(cell)
  }
  const body = table.createTBody()
  for (const row of rows) {
    const line = body.insertRow()
    for (const field of row) {
      const cell = line.insertCell()
      cell.textContent = field ?? 'NULL'
      if (field === null) cell.className = 'quiet'
    }
  }
  rowsPlace.replaceChildren(table)
}
