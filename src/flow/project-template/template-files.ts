export interface TemplateFile {
  readonly path: string
  readonly text: string
  readonly executable: boolean
}

/** The files of a new project: small, and each shows one thing that a project can do. */
export function templateFiles(name: string): TemplateFile[] {
  const shown = /^[A-Za-z][\w-]*$/.test(name) ? name : JSON.stringify(name)
  return [
    file(
      'ferry.yaml',
      FERRY_YAML.replace('NAME', () => shown),
    ),
    file('makefile', MAKEFILE),
    file('models/orders.sql', ORDERS),
    file('models/revenue_by_day.sql', REVENUE_BY_DAY),
    { ...file('scripts/report.sh', REPORT), executable: true },
    file('hooks/README.md', HOOKS),
    file('.gitignore', GITIGNORE),
    file(
      'README.md',
      README.replace('NAME', () => name),
    ),
  ]
}

const file = (path: string, text: string): TemplateFile => ({ path, text, executable: false })

const FERRY_YAML = `# What this project works on. Everything has a default; \`ferry doctor\` checks it.
name: NAME
timezone: UTC                     # of the night's date

warehouses:
  hot: duckdb:./warehouse.duckdb  # the first is the default; postgres://user@host/db works too

# Production databases, and the tables to take from them:
# sources:
#   production:
#     url: postgres://reader@db1.example/app
#     tables:
#       users:

run:
  targets: [models, checks, report]
  jobs: 2                         # commands at once
  max_attempts: 3                 # a night, all in all
  retry_after: 10m
  # notify: { command: "mail -s 'the night' team@example.com" }
`

const MAKEFILE = `# What a night makes and how. Ferry's rules bring TODAY, RESULTS, TMP_OUT, scaffold and the models.
include .ferry/rules.mk
.ferry/rules.mk: ; ferry rules

.PHONY: report
report: $(RESULTS)/report.txt

# Write to $(TMP_OUT), then move: a half report never has the report's name.
$(RESULTS)/report.txt: $(RESULTS)/models/revenue_by_day.json scripts/report.sh | scaffold
\tscripts/report.sh $(RESULTS)/revenue_by_day.csv > $(TMP_OUT) && mv $(TMP_OUT) $@
`

const ORDERS = `/*
description: one row an order; invented, until a source takes its place
materialize: table
checks:
  - unique: id
  - not_null: [day, amount]
  - row_count: { min: 1 }
*/
select
  number as id,
  cast(date <%= literal(today) %> - to_days(cast(number % 30 as integer)) as date) as day,
  cast(5 + number * 7 % 40 as decimal(9, 2)) as amount
from range(1000) as orders (number)
`

const REVENUE_BY_DAY = `/*
description: orders and revenue of each day
result: csv
checks:
  - unique: day
  - expression: revenue >= 0
*/
select day, count(*) as orders, sum(amount) as revenue
from <%= ref('orders') %>
group by day
order by day
`

const REPORT = `#!/usr/bin/env bash
# The three best days of a file of revenue_by_day.
set -euo pipefail
echo 'The best days (day, orders, revenue):'
tail -n +2 "$1" | sort -t, -k3,3nr -k1,1 | head -n 3
`

const HOOKS = `# Hooks

An executable here named \`before-command...\` or \`after-command...\` runs before or after each command
of the night, with FERRY_TARGET, FERRY_COMMAND, FERRY_LOG and FERRY_EXIT_CODE in its environment. When
one fails, the command counts as failed.
`

const GITIGNORE = `.ferry/
intermediate/
results/
logs/
warehouse.duckdb*
`

const README = `# NAME

    ferry run                  # the night; make -n models shows what it would do
    ferry run --date 2026-03-01    # another night
    ferry lint                 # mistakes in the project
    ferry doctor               # what is missing on this machine

- \`ferry.yaml\`: warehouses, sources, what a night makes.
- \`makefile\`: your own targets. \`models/\`: a query a file, each a table or a view.
- \`results/DATE/\`: what a night produced. \`logs/DATE/\`: what each command said.

In the crontab, every night at five past midnight (mail tells when it failed):

    MAILTO=team@example.com
    5 0 * * * cd /path/to/this/project && ferry run
`
