import type { Command } from './command.ts'

interface CommandEntry {
  readonly summary: string
  /** Loads the command's file; it and its heavy imports load only when chosen. */
  readonly load: () => Promise<{ default: Command }>
  /** Not in `ferry --help`: called by Ferry itself. */
  readonly hidden?: boolean
}

/** Every command, in the order of `ferry --help`. */
export const COMMANDS: Readonly<Record<string, CommandEntry>> = {
  init: {
    summary: 'make a project that runs',
    load: () => import('./commands/init.ts').then(widen),
  },
  run: {
    summary: 'run the night: make, again and again until all is made',
    load: () => import('./commands/run.ts').then(widen),
  },
  rules: {
    summary: "write make's rules from ferry.yaml and the models",
    load: () => import('./commands/rules.ts').then(widen),
  },
  at: {
    summary: 'run a command on the nights that a calendar rule names',
    load: () => import('./commands/at.ts').then(widen),
  },
  calendar: {
    summary: 'print which targets will run on which nights',
    load: () => import('./commands/calendar.ts').then(widen),
  },
  sql: {
    summary: 'run SQL files, which are templates, on a warehouse or a source',
    load: () => import('./commands/sql.ts').then(widen),
  },
  warehouse: {
    summary: 'show or stop the process that owns an embedded warehouse',
    load: () => import('./commands/warehouse.ts').then(widen),
  },
  model: {
    summary: 'build models: query, check, publish',
    load: () => import('./commands/model.ts').then(widen),
  },
  load: {
    summary: 'load what was delivered of a table, or files, into the warehouse',
    load: () => import('./commands/load.ts').then(widen),
  },
  check: {
    summary: "say what is wrong or out of the ordinary in a night's data",
    load: () => import('./commands/check.ts').then(widen),
  },
  collect: {
    summary: 'take events over HTTP and bring them to a store',
    load: () => import('./commands/collect.ts').then(widen),
  },
  events: {
    summary: 'verify a day of collected events, or send again what was refused',
    load: () => import('./commands/events.ts').then(widen),
  },
  pull: {
    summary: 'fetch outside sources: HTTP APIs, files, Singer taps, commands',
    load: () => import('./commands/pull.ts').then(widen),
  },
  crunch: {
    summary: "turn any services' logs into clean, classified records and counts",
    load: () => import('./commands/crunch.ts').then(widen),
  },
  mirror: {
    summary: 'read tables of production databases into files, gently and at one moment',
    load: () => import('./commands/mirror.ts').then(widen),
  },
  compare: {
    summary: 'prove that two tables hold the same, wherever they are',
    load: () => import('./commands/compare.ts').then(widen),
  },
  put: {
    summary: 'copy files to a store',
    load: () => import('./commands/put.ts').then(widen),
  },
  get: {
    summary: 'copy objects of a store to files',
    load: () => import('./commands/get.ts').then(widen),
  },
  cp: {
    summary: 'copy objects between any two stores',
    load: () => import('./commands/cp.ts').then(widen),
  },
  mv: {
    summary: 'move objects between any two stores',
    load: () => import('./commands/mv.ts').then(widen),
  },
  sync: {
    summary: 'make one place hold what another does',
    load: () => import('./commands/sync.ts').then(widen),
  },
  ls: {
    summary: 'list objects, folders and buckets',
    load: () => import('./commands/ls.ts').then(widen),
  },
  stat: {
    summary: 'show what a store knows of an object',
    load: () => import('./commands/stat.ts').then(widen),
  },
  rm: {
    summary: 'remove objects',
    load: () => import('./commands/rm.ts').then(widen),
  },
  du: {
    summary: 'sum up the size of objects',
    load: () => import('./commands/du.ts').then(widen),
  },
  presign: {
    summary: 'print a URL that opens an object for a while',
    load: () => import('./commands/presign.ts').then(widen),
  },
  mb: {
    summary: 'make a bucket, container or folder',
    load: () => import('./commands/mb.ts').then(widen),
  },
  rb: {
    summary: 'remove an empty bucket, container or folder',
    load: () => import('./commands/rb.ts').then(widen),
  },
  cat: {
    summary: 'print objects',
    load: () => import('./commands/cat.ts').then(widen),
  },
  web: {
    summary: 'serve the pages: what happened last night, at a glance',
    load: () => import('./commands/web.ts').then(widen),
  },
  docs: {
    summary: 'write a page of all models: SQL, columns, checks, graph',
    load: () => import('./commands/docs.ts').then(widen),
  },
  lint: {
    summary: 'find mistakes in a project without touching it',
    load: () => import('./commands/lint.ts').then(widen),
  },
  doctor: {
    summary: 'say what is missing on this machine and how to get it',
    load: () => import('./commands/doctor.ts').then(widen),
  },
  completion: {
    summary: 'print the completion script of a shell',
    load: () => import('./commands/completion.ts').then(widen),
  },
}

/** The options' types matter inside a command only. */
function widen(module: { default: unknown }): { default: Command } {
  return module as { default: Command } // every command file default-exports defineCommand(...)
}
