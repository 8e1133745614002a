/**
 * The life of each thing in the app, from its making to its end. A production database shows one
 * moment of it: tables.ts says what is there at a given time.
 */

export interface User {
  id: number
  readonly number: number
  readonly name: string | null
  readonly country: string | null
  readonly locale: string
  readonly channel: string
  readonly newsletter: boolean | null
  readonly isStaff: boolean
  readonly createdAt: number
  readonly confirmedAt: number
  readonly upgradedAt: number
  readonly closedAt: number
  readonly deletedAt: number
  /** Comes back on days up to this one, with this probability each. */
  readonly activeUntil: number
  readonly zeal: number
}

export interface List {
  id: number
  readonly owner: User
  readonly title: string
  readonly description: string | null
  readonly isPublic: boolean
  readonly createdAt: number
  readonly archivedAt: number
  readonly deletedAt: number
}

export interface Membership {
  id: number
  readonly list: List
  readonly user: User
  readonly role: 'owner' | 'editor' | 'viewer'
  readonly invitedBy: User | null
  readonly createdAt: number
  readonly acceptedAt: number
  readonly deletedAt: number
}

export interface Task {
  id: number
  readonly list: List
  readonly creator: User
  readonly assignee: User | null
  readonly title: string
  readonly priority: number | null
  readonly starredAt: number
  /** The start of a day, or null. */
  readonly dueOn: number | null
  /** When the due day was moved by a week. */
  readonly postponedAt: number
  readonly createdAt: number
  readonly completedAt: number
  readonly deletedAt: number
}

export interface Subtask {
  id: number
  readonly task: Task
  readonly title: string
  readonly position: number
  readonly createdAt: number
  readonly doneAt: number
}

export interface Note {
  id: number
  readonly task: Task
  readonly author: User
  readonly body: string
  readonly createdAt: number
  readonly editedAt: number
  readonly deletedAt: number
}

export interface Reminder {
  id: number
  readonly task: Task
  readonly user: User
  readonly channel: 'push' | 'email'
  readonly remindAt: number
  readonly createdAt: number
  readonly sentAt: number
  readonly openedAt: number
}

export interface Company {
  readonly users: readonly User[]
  readonly lists: readonly List[]
  readonly memberships: readonly Membership[]
  readonly tasks: readonly Task[]
  readonly subtasks: readonly Subtask[]
  readonly notes: readonly Note[]
  readonly reminders: readonly Reminder[]
}
