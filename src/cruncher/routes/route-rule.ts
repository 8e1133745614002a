/**
 * What one segment of a route takes: texts around its parameters, each of which takes one byte or more.
 * `['users']` is a literal, `['', '']` a parameter, `['v', '.json']` what begins and ends so. The texts are
 * bytes (latin1 strings) as PathSegments yields them.
 */
export interface SegmentPattern {
  readonly texts: readonly string[]
}

/** What follows the segments of a route. */
export type RouteRest =
  /** Nothing. */
  | 'none'
  /** One segment or more. */
  | 'some'
  /** Any number of segments. */
  | 'any'

/** One line of `routes:`, or one operation of an OpenAPI file. Plain data: it may be sent to a worker. */
export interface RouteRule {
  /** What a request that it takes is called; several rules may have one name. */
  readonly name: string
  /** In capitals; empty: any. */
  readonly methods: readonly string[]
  /** In lower case, without a port; `*.example.com`: all below it, not it itself. */
  readonly host: string | undefined
  readonly segments: readonly SegmentPattern[]
  readonly rest: RouteRest
  /** As it was written, for messages. */
  readonly text: string
  /** Where it was written: `routes.yaml:3:1`. */
  readonly place: string
}
