import { stagedColumns } from './load-statements.ts'
import type { LoadCount, LoadRequest, LoadStep } from './loading.ts'
import type { Tables, WholeNameStatements } from './whole-name-statements.ts'

/** What the staged rows do to the table. */
export function loadChanges(
  statements: WholeNameStatements,
  tables: Tables,
  request: LoadRequest,
): readonly LoadStep[] {
  const { design, complete, strategy } = request
  const { key } = design
  const columns = stagedColumns(request)
  const all = step(statements.insertStaged(tables, columns), 'all of them', 'written')
  const fresh = step(
    statements.insertNew(tables, columns, key),
    'those that are not there yet',
    'written',
  )
  switch (strategy) {
    case 'replace':
      return []
    case 'append':
      return [key.length === 0 ? all : fresh]
    case 'merge': {
      const update = statements.updateStaged(tables, request)
      const gone = step(
        statements.deleteMissing(tables, key),
        'the files hold all rows: others are gone',
        'deleted',
      )
      const changed = 'rows that have changed; those that are as they were are left alone'
      return [
        ...(complete ? [gone] : []),
        ...(update === undefined ? [] : [step(update, changed, 'written')]),
        fresh,
      ]
    }
    case 'history': {
      const { ended, gone, began } = statements.history(tables, request)
      return [
        ...(ended === undefined ? [] : [step(ended, 'versions that have changed end', 'updated')]),
        ...(gone === undefined ? [] : [step(gone, 'rows that are gone end', 'deleted')]),
        step(began, 'new versions begin', 'written'),
      ]
    }
    case 'partition':
      return [
        ...statements.deletePeriods(tables, request).map(text => {
          return step(text, 'the days that the files are of', 'deleted')
        }),
        { ...all, why: 'those days, whole' },
      ]
    case 'remove':
      return [step(statements.deleteStaged(tables, key), 'rows that are gone', 'deleted')]
    default:
      return strategy satisfies never
  }
}

export function inTransaction(steps: readonly LoadStep[]): readonly LoadStep[] {
  return steps.map(one => ({ ...one, inTransaction: true }))
}

/** A statement outside of the load's transaction. */
export function step(text: string, why: string, counts?: LoadCount) {
  return { kind: 'sql', text, why, counts, inTransaction: false } as const
}
