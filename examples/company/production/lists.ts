import { DAY, HOUR, MINUTE, NEVER, SECOND_NIGHT } from './calendar.ts'
import { Random } from './random.ts'
import type { List, Membership, User } from './records.ts'
import { listDescription, listTitle } from './words.ts'

const MOST_LISTS = 12

/** Everybody who confirms gets an inbox; those who stay make more lists, and share some of them. */
export function makeLists(seed: number, users: readonly User[]): [List[], Membership[]] {
  const lists: List[] = []
  const memberships: Membership[] = []
  for (const owner of users) {
    if (owner.confirmedAt >= SECOND_NIGHT) continue
    const random = new Random(seed, 2_000_000 + owner.number)
    let createdAt = owner.confirmedAt
    for (let made = 0; made < MOST_LISTS && createdAt < lastMoment(owner); made += 1) {
      const list = makeList(random, owner, createdAt, made === 0)
      lists.push(list)
      memberships.push(ownership(list))
      if (made > 0 && random.chance(0.3)) memberships.push(...share(random, list, users))
      createdAt = Math.floor(createdAt + 5 * MINUTE + random.exponential((6 + made * 8) * DAY))
    }
  }
  return [lists, memberships]
}

function lastMoment(user: User): number {
  return Math.min(user.activeUntil, SECOND_NIGHT)
}

function makeList(random: Random, owner: User, createdAt: number, isInbox: boolean): List {
  const archived = !isInbox && random.chance(0.08)
  const deleted = !isInbox && random.chance(0.06)
  return {
    id: 0,
    owner,
    title: isInbox ? 'Inbox' : listTitle(random),
    description: isInbox ? null : listDescription(random),
    isPublic: !isInbox && random.chance(0.04),
    createdAt,
    archivedAt: archived ? Math.floor(createdAt + random.exponential(60 * DAY)) : NEVER,
    deletedAt: deleted ? Math.floor(createdAt + random.exponential(45 * DAY)) : NEVER,
  }
}

function ownership(list: List): Membership {
  const { owner: user, createdAt } = list
  const base = { id: 0, list, user, invitedBy: null, createdAt, deletedAt: NEVER }
  return { ...base, role: 'owner', acceptedAt: createdAt }
}

function share(random: Random, list: List, users: readonly User[]): Membership[] {
  const guests = new Set<User>()
  for (let tries = 1 + Math.floor(random.exponential(1.2)); tries > 0; tries -= 1) {
    const guest = users[random.below(users.length)]
    if (guest !== undefined && guest !== list.owner) guests.add(guest)
  }
  return [...guests].map(user => {
    const invitedAt = Math.max(list.createdAt, user.createdAt) + random.exponential(2 * DAY)
    const acceptedAt = random.chance(0.7) ? invitedAt + random.exponential(20 * HOUR) : NEVER
    return {
      id: 0,
      list,
      user,
      role: random.chance(0.8) ? 'editor' : 'viewer',
      invitedBy: list.owner,
      createdAt: Math.floor(invitedAt),
      acceptedAt: Math.floor(acceptedAt),
      deletedAt: random.chance(0.06) ? Math.floor(invitedAt + 30 * DAY * random.fraction()) : NEVER,
    }
  })
}
