import {
  DAY,
  HOUR,
  MINUTE,
  momentOf,
  NEVER,
  SECOND_NIGHT,
  startOfDay,
  weeklyRhythm,
} from './calendar.ts'
import { Random } from './random.ts'
import type { List, Membership, Note, Reminder, Subtask, Task, User } from './records.ts'
import { noteBody, taskTitle } from './words.ts'

/** A list somebody may add to, from this moment on. */
interface Open {
  readonly list: List
  readonly from: number
}

/** Day by day, everybody who comes back writes down a few tasks. */
export function makeTasks(
  seed: number,
  users: readonly User[],
  memberships: readonly Membership[],
): Task[] {
  const open = openLists(memberships)
  const tasks: Task[] = []
  for (const user of users) {
    const lists = open.get(user)
    if (lists === undefined) continue
    const random = new Random(seed, 3_000_000 + user.number)
    const end = Math.min(user.activeUntil, SECOND_NIGHT)
    for (let day = startOfDay(user.confirmedAt); day < end; day += DAY) {
      const isFirst = day <= user.confirmedAt
      if (!random.chance(isFirst ? 0.8 : user.zeal * weeklyRhythm(day))) continue
      for (let left = 1 + Math.floor(random.exponential(1.6)); left > 0; left -= 1) {
        const task = makeTask(random, user, lists, day)
        if (task !== undefined) tasks.push(task)
      }
    }
  }
  return tasks
}

function openLists(memberships: readonly Membership[]): Map<User, Open[]> {
  const open = new Map<User, Open[]>()
  for (const { list, user, role, acceptedAt } of memberships) {
    if (role === 'viewer' || acceptedAt === NEVER) continue
    const known = open.get(user)
    const one = { list, from: acceptedAt }
    if (known === undefined) open.set(user, [one])
    else known.push(one)
  }
  return open
}

function makeTask(
  random: Random,
  creator: User,
  lists: readonly Open[],
  day: number,
): Task | undefined {
  const createdAt = momentOf(day, random)
  if (createdAt < creator.confirmedAt || createdAt >= creator.closedAt) return undefined
  const open = lists.filter(one => one.from <= createdAt && createdAt < endOf(one.list))
  const list = open[random.below(open.length)]?.list
  if (list === undefined) return undefined
  const due = random.chance(0.35)
  const completedAt = createdAt + 2 * MINUTE + random.exponential(2.5 * DAY)
  const isShared = list.owner !== creator
  return {
    id: 0,
    list,
    creator,
    assignee: isShared && random.chance(0.5) ? list.owner : null,
    title: taskTitle(random),
    priority: random.chance(0.6) ? null : random.below(4),
    starredAt: random.chance(0.08) ? Math.floor(createdAt + random.exponential(DAY)) : NEVER,
    dueOn: due ? day + random.below(15) * DAY : null,
    postponedAt:
      due && random.chance(0.1) ? Math.floor(createdAt + random.exponential(5 * DAY)) : NEVER,
    createdAt,
    completedAt: random.chance(0.72) ? Math.floor(completedAt) : NEVER,
    deletedAt: random.chance(0.04) ? Math.floor(createdAt + random.exponential(9 * DAY)) : NEVER,
  }
}

function endOf(list: List): number {
  return Math.min(list.archivedAt, list.deletedAt, list.owner.deletedAt)
}

interface Details {
  readonly subtasks: Subtask[]
  readonly notes: Note[]
  readonly reminders: Reminder[]
}

/** What hangs on the tasks. */
export function makeDetails(seed: number, tasks: readonly Task[]): Details {
  const details: Details = { subtasks: [], notes: [], reminders: [] }
  for (const [number, task] of tasks.entries()) {
    const random = new Random(seed, 4_000_000 + number)
    if (random.chance(0.16)) details.subtasks.push(...makeSubtasks(random, task))
    if (random.chance(0.14)) details.notes.push(makeNote(random, task))
    if (random.chance(task.dueOn === null ? 0.05 : 0.5))
      details.reminders.push(remind(random, task))
  }
  return details
}

function makeSubtasks(random: Random, task: Task): Subtask[] {
  return Array.from({ length: 1 + random.below(5) }, (_, position) => {
    const createdAt = task.createdAt + (position + 1) * 7_000
    const done = Math.floor(createdAt + random.exponential(DAY))
    const inTime = done < task.completedAt
    return {
      id: 0,
      task,
      title: taskTitle(random),
      position: position + 1,
      createdAt,
      doneAt: inTime && random.chance(0.7) ? done : NEVER,
    }
  })
}

function makeNote(random: Random, task: Task): Note {
  const createdAt = Math.floor(task.createdAt + random.exponential(6 * HOUR))
  return {
    id: 0,
    task,
    author: random.chance(0.2) ? task.list.owner : task.creator,
    body: noteBody(random),
    createdAt,
    editedAt: random.chance(0.1) ? Math.floor(createdAt + random.exponential(2 * DAY)) : NEVER,
    deletedAt: random.chance(0.03) ? Math.floor(createdAt + random.exponential(10 * DAY)) : NEVER,
  }
}

function remind(random: Random, task: Task): Reminder {
  const createdAt = task.createdAt + 5_000 + random.below(60_000)
  const planned = (task.dueOn ?? startOfDay(createdAt) + DAY) + 9 * HOUR
  const remindAt = Math.max(planned, createdAt + HOUR)
  const sentAt = remindAt < task.completedAt ? remindAt + random.below(20_000) : NEVER
  return {
    id: 0,
    task,
    user: task.assignee ?? task.creator,
    channel: random.chance(0.75) ? 'push' : 'email',
    remindAt,
    createdAt,
    sentAt,
    openedAt: random.chance(0.45) ? Math.floor(sentAt + random.exponential(2 * HOUR)) : NEVER,
  }
}
