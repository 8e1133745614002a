import { makeLists } from './lists.ts'
import { makePeople } from './people.ts'
import type { Company } from './records.ts'
import { makeDetails, makeTasks } from './work.ts'

const SEED = 20_260_302

/**
 * The whole life of the company, the second night's day included. The same for the same `scale`;
 * 1 makes more than 100,000 tasks.
 */
export function makeCompany(scale: number): Company {
  const users = makePeople(SEED, scale)
  const [lists, memberships] = makeLists(SEED, users)
  const tasks = makeTasks(SEED, users, memberships)
  const details = makeDetails(SEED, tasks)
  return {
    users: numbered(users),
    lists: numbered(lists),
    memberships: numbered(memberships),
    tasks: numbered(tasks),
    subtasks: numbered(details.subtasks),
    notes: numbered(details.notes),
    reminders: numbered(details.reminders),
  }
}

/** Ids count up in the order of making, as a sequence's do. Sorts in place. */
function numbered<Item extends { id: number; readonly createdAt: number }>(items: Item[]): Item[] {
  items.sort((a, b) => a.createdAt - b.createdAt)
  for (const [index, item] of items.entries()) item.id = index + 1
  return items
}
