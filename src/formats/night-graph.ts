import * as z from 'zod'

/**
 * `.ferry/nights/DATE/graph.json`: what the night is about, as make told before its last attempt.
 * `ferry run` writes it whole before each attempt; the pages read it. Targets are those that the
 * goals come to, each once; they name each other by their place in the list.
 */
const graphTarget = z.object({
  name: z.string(),
  /** A file that a command makes, a mere name for others, or a file that is there already. */
  kind: z.enum(['made', 'alias', 'source']),
  /** Places of what must be there first, those that order only included. */
  needs: z.array(z.int().min(0)),
  /** It would have been made when the graph was written; else it was there already. */
  out_of_date: z.boolean(),
  /** Commands that its recipe has, when its text says for sure. */
  commands: z.int().min(0).nullable(),
  /** Places of commands whose failure make ignores. */
  ignored: z.array(z.int().min(0)),
  /** `makefile:12`, where its recipe stands. */
  place: z.string().nullable(),
})

const graphSchema = z.object({
  version: z.literal(1),
  date: z.string(),
  written_at: z.string(),
  goals: z.array(z.string()),
  targets: z.array(graphTarget),
})

export type NightGraph = z.output<typeof graphSchema>
export type GraphTarget = z.output<typeof graphTarget>

/** Reads it; undefined when the text is no such graph. */
export function parseNightGraph(text: string): NightGraph | undefined {
  try {
    return graphSchema.safeParse(JSON.parse(text)).data
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}
