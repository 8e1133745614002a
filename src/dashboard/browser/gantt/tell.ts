import type { GanttModel } from '../../pages/gantt/gantt-model.ts'

const formats = new Map<string, Intl.DateTimeFormat>()

/** The wall clock of the project at a time of the night. */
export function clock({ startedAt, timeZone }: GanttModel, at: number, withSeconds = true): string {
  const key = `${timeZone} ${withSeconds}`
  let format = formats.get(key)
  if (format === undefined) {
    const parts = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone } as const
    format = new Intl.DateTimeFormat('en-GB', withSeconds ? { ...parts, second: '2-digit' } : parts)
    formats.set(key, format)
  }
  return format.format(startedAt + at)
}

/** Minutes, as nights are measured in; seconds below one. */
export function duration(ms: number): string {
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`
  const minutes = ms / 60_000
  if (minutes < 120) return `${minutes.toFixed(1)} min`
  return `${Math.floor(minutes / 60)} h ${Math.round(minutes % 60)} min`
}
