/** What the production database shows of the company at one moment. */
import { DAY } from './calendar.ts'
import type { Company, List, Membership, Note, Reminder, Subtask, Task, User } from './records.ts'

export type Cell = string | number | boolean | null
/** The first cell is the id. */
export type Row = readonly Cell[]

export interface Table {
  readonly name: keyof Company
  readonly columns: readonly string[]
  /** The rows that are there at `time`, in the order of their ids. */
  readonly rows: (company: Company, time: number) => Iterable<Row>
}

/** Parents before children. */
export const TABLES: readonly Table[] = [
  table(
    'users',
    'id email name country locale channel plan monthly_price newsletter is_staff signed_up_at confirmed_at closed_at updated_at',
    isUser,
    userRow,
  ),
  table(
    'lists',
    'id owner_id title description is_public created_at archived_at updated_at',
    isList,
    listRow,
  ),
  table(
    'memberships',
    'id list_id user_id role invited_by invited_at accepted_at updated_at',
    (one, time) => isThere(one, time) && isList(one.list, time) && isUser(one.user, time),
    membershipRow,
  ),
  table(
    'tasks',
    'id list_id creator_id assignee_id title priority starred due_on created_at completed_at updated_at',
    isTask,
    taskRow,
  ),
  table(
    'subtasks',
    'id task_id title position done created_at updated_at',
    (one, time) => one.createdAt < time && isTask(one.task, time),
    subtaskRow,
  ),
  table(
    'notes',
    'id task_id author_id body created_at updated_at',
    (one, time) => isThere(one, time) && isTask(one.task, time) && isUser(one.author, time),
    noteRow,
  ),
  table(
    'reminders',
    'id task_id user_id channel remind_at sent_at opened_at created_at updated_at',
    (one, time) => one.createdAt < time && isTask(one.task, time) && isUser(one.user, time),
    reminderRow,
  ),
]

function table<Name extends keyof Company>(
  name: Name,
  columns: string,
  isPresent: (item: Company[Name][number], time: number) => boolean,
  row: (item: never, time: number) => Row,
): Table {
  const toRow = row as (item: Company[Name][number], time: number) => Row // the same kind of item
  return {
    name,
    columns: columns.split(' '),
    *rows(company, time) {
      for (const item of company[name]) if (isPresent(item, time)) yield toRow(item, time)
    },
  }
}

interface Lifetime {
  readonly createdAt: number
  readonly deletedAt: number
}

function isThere(item: Lifetime, time: number): boolean {
  return item.createdAt < time && time <= item.deletedAt
}

function isUser(user: User, time: number): boolean {
  return isThere(user, time)
}

function isList(list: List, time: number): boolean {
  return isThere(list, time) && isUser(list.owner, time)
}

function isTask(task: Task, time: number): boolean {
  return isThere(task, time) && isList(task.list, time) && isUser(task.creator, time)
}

function userRow(user: User, time: number): Row {
  const isPro = user.upgradedAt < time && user.closedAt >= time
  const changes = [user.createdAt, user.confirmedAt, user.upgradedAt, user.closedAt]
  return [
    user.id,
    `user${user.id}@${user.number % 3 === 0 ? 'example.org' : 'example.com'}`,
    user.name,
    user.country,
    user.locale,
    user.channel,
    isPro ? 'pro' : 'free',
    isPro ? '4.99' : '0.00',
    user.newsletter,
    user.isStaff,
    stamp(user.createdAt),
    stampIfBefore(time, user.confirmedAt),
    stampIfBefore(time, user.closedAt),
    lastOf(time, changes),
  ]
}

function listRow(list: List, time: number): Row {
  return [
    list.id,
    list.owner.id,
    list.title,
    list.description,
    list.isPublic,
    stamp(list.createdAt),
    stampIfBefore(time, list.archivedAt),
    lastOf(time, [list.createdAt, list.archivedAt]),
  ]
}

function membershipRow(one: Membership, time: number): Row {
  return [
    one.id,
    one.list.id,
    one.user.id,
    one.role,
    idOf(one.invitedBy, time),
    stamp(one.createdAt),
    stampIfBefore(time, one.acceptedAt),
    lastOf(time, [one.createdAt, one.acceptedAt]),
  ]
}

function taskRow(task: Task, time: number): Row {
  const postponed = task.postponedAt < time
  const due = task.dueOn === null ? null : task.dueOn + (postponed ? 7 * DAY : 0)
  const changes = [task.createdAt, task.starredAt, task.postponedAt, task.completedAt]
  return [
    task.id,
    task.list.id,
    task.creator.id,
    idOf(task.assignee, time),
    task.title,
    task.priority,
    task.starredAt < time,
    due === null ? null : stamp(due).slice(0, 10),
    stamp(task.createdAt),
    stampIfBefore(time, task.completedAt),
    lastOf(time, changes),
  ]
}

function subtaskRow(one: Subtask, time: number): Row {
  const updatedAt = lastOf(time, [one.createdAt, one.doneAt])
  const done = one.doneAt < time
  return [one.id, one.task.id, one.title, one.position, done, stamp(one.createdAt), updatedAt]
}

function noteRow(note: Note, time: number): Row {
  const edited = note.editedAt < time
  const body = edited ? `${note.body}\n(edited)` : note.body
  const updatedAt = lastOf(time, [note.createdAt, note.editedAt])
  return [note.id, note.task.id, note.author.id, body, stamp(note.createdAt), updatedAt]
}

function reminderRow(one: Reminder, time: number): Row {
  return [
    one.id,
    one.task.id,
    one.user.id,
    one.channel,
    stamp(one.remindAt),
    stampIfBefore(time, one.sentAt),
    stampIfBefore(time, one.openedAt),
    stamp(one.createdAt),
    lastOf(time, [one.createdAt, one.sentAt, one.openedAt]),
  ]
}

/** As `on delete set null` leaves it. */
function idOf(user: User | null, time: number): number | null {
  return user !== null && isUser(user, time) ? user.id : null
}

function stamp(time: number): string {
  return new Date(time).toISOString()
}

function stampIfBefore(now: number, time: number): string | null {
  return time < now ? stamp(time) : null
}

function lastOf(now: number, times: readonly number[]): string {
  return stamp(Math.max(...times.filter(time => time < now)))
}
