import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { FERRY, generator } from './night-processes.ts'

/** Tables and views in layers, an incremental and an append model. */
const TABLES = 62
const VIEWS = 8
const MODELS = TABLES + VIEWS + 2
/** Sources made by the shell, and loaded by `ferry sql`. */
const SOURCES = ['events', 'users', 'tasks', 'notes'] as const
const TOTAL = 200
const ALIASES = SOURCES.length * 2 + MODELS
/** Text made by the shell, much of it from the models' result files. */
const TEXTS = TOTAL - ALIASES
export const EVENTS = 500

/** How many recipe lines a target has: the harness's own knowledge, to judge ferry by. */
export const linesOf = (target: string): number =>
  /\/load\/|\/text\/\d*[05]$/.test(target) ? 2 : 1

/** Days since 2026-03-01. */
export const dayOf = (date: string): number =>
  Math.round((Date.parse(date) - Date.parse('2026-03-01')) / 86_400_000)
/** The id of an event: each comes again on some later night. */
export const eventId = (n: number, day: number): number => (n * 7 + day * 13) % 900

/** A project of 200 targets, 72 of them models. The same bytes for the same night, wherever it is. */
export async function writeModelsNight(project: string): Promise<void> {
  const write = async (name: string, text: string): Promise<void> => {
    await mkdir(join(project, name, '..'), { recursive: true })
    await writeFile(join(project, name), text)
  }
  const tables = SOURCES.map(name => `${name}: {}`).join(', ')
  await write(
    'ferry.yaml',
    `warehouses: { hot: "duckdb:./warehouse.duckdb?threads=2" }
sources: { raw: { mirror: false, url: "duckdb:./raw.duckdb", tables: { ${tables} } } }
run: { targets: [all], jobs: 6, max_attempts: 10000 }
`,
  )
  await write('makefile', makefile())
  await write(
    'scripts/load.sql',
    `CREATE SCHEMA IF NOT EXISTS raw;
CREATE OR REPLACE TABLE raw.<%= table %> AS SELECT * FROM read_csv(<%= literal(file) %>);
`,
  )
  for (const [name, text] of models()) await write(`models/${name}.sql`, text)
}

function models(): [string, string][] {
  const random = generator(7)
  const found: [string, string][] = []
  for (let n = 0; n < TABLES + VIEWS; n += 1) {
    const isView = n >= TABLES
    const source = `<%= source('raw', '${SOURCES[n % SOURCES.length]}') %>`
    const ref = (): string => `<%= ref('m${random(Math.min(n, TABLES))}') %>`
    const from =
      n < 12
        ? `select id, n, ${n} as model, id * ${n} as weight from ${source}`
        : `select a.id, a.n, ${n} as model, coalesce(a.weight, 0) + b.weight as weight from ${ref()} a join ${ref()} b using (n)`
    const result = n % 3 === 0 || isView ? '\nresult: csv' : ''
    const check = n % 4 === 0 ? '\nchecks: [ { not_null: id }, { row_count: { min: 500 } } ]' : ''
    found.push([
      `m${n}`,
      `/*\nmaterialize: ${isView ? 'view' : 'table'}${result}${check}\n*/\n${from}\norder by 1, 2\n`,
    ])
  }
  const events = `<%= source('raw', 'events') %>`
  found.push(
    [
      'ticks',
      `/*\nmaterialize: append\nresult: csv\norder_by: _ferry_date, n\n*/\nselect id, n from ${events}\n`,
    ],
    [
      'state',
      `/*\nmaterialize: incremental\nkey: id\nupdated_at: day\nresult: csv\nchecks: [ { unique: id } ]\n*/\nselect id, n, day from ${events}\n`,
    ],
  )
  return found
}

/** Two steps with a pause between, most without TMP_OUT, so that halves exist. */
function makefile(): string {
  const random = generator(1)
  const rules = [
    'include .ferry/rules.mk',
    `.ferry/rules.mk: ; ${FERRY} rules`,
    'all: models',
    'I := intermediate/$(TODAY)',
    `DAY := $(shell echo $$(( ($$(date -ud $(TODAY) +%s) - $$(date -ud 2026-03-01 +%s)) / 86400 )))`,
  ]
  for (const name of SOURCES) {
    rules.push(
      `$(I)/csv/${name}.csv:`,
      `\tmkdir -p $(@D); { echo id,n,day; for ((n = 0; n < ${EVENTS / 2}; n++)); do echo $$(( (n * 7 + $(DAY) * 13) % 900 )),$$n,$(DAY); done; } > $@; sleep 0.1; for ((n = ${EVENTS / 2}; n < ${EVENTS}; n++)); do echo $$(( (n * 7 + $(DAY) * 13) % 900 )),$$n,$(DAY); done >> $@`,
      `$(I)/load/raw.${name}: $(I)/csv/${name}.csv scripts/load.sql`,
      `\tmkdir -p $(@D); ferry sql --on hot scripts/load.sql --var table=${name} --var file=$<`,
      `\tsha256sum $< > $@`,
    )
  }
  for (let n = 0; n < TEXTS; n += 1) {
    const before = n < 4 ? '' : `$(I)/text/${random(n)}`
    const model = n % 2 === 0 ? `m${3 * random(Math.ceil(TABLES / 3))}` : ''
    const read = model === '' ? '' : `results/$(TODAY)/${model}.csv`
    const half = `mkdir -p $(@D); { echo head ${n}; cat ${before} ${read} /dev/null | sha256sum; }`
    const pause = `sleep 0.0${1 + random(9)}`
    rules.push(`all: $(I)/text/${n}`)
    rules.push(
      `$(I)/text/${n}: ${before}${model === '' ? '' : ` results/$(TODAY)/models/${model}.json`}`,
    )
    if (n % 5 === 0) rules.push(`\t${half} > $@; ${pause}`, `\techo tail ${n} >> $@`)
    else if (n % 5 < 3) rules.push(`\t${half} > $@; ${pause}; echo tail ${n} >> $@`)
    else rules.push(`\t${half} > $(TMP_OUT); ${pause}; mv $(TMP_OUT) $@`)
  }
  return `${rules.join('\n')}\n`
}

/** All that a night of this project makes by shell, its receipts included. */
export const TARGETS = TOTAL
export const MODEL_COUNT = MODELS
