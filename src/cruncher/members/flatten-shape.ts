import { TO_ATTRIBUTE, TO_NOTHING } from '../fields/field-name.ts'
import { levelOfText } from '../level.ts'
import type { Scanner } from '../scan/scanner.ts'
import type { Condition } from './condition.ts'
import type { FlatReading, FlatShape, Steps } from './flat-shape.ts'
import type { MemberFormat } from './member-format.ts'
import type { Reading, Shape } from './shape.ts'

/**
 * Finds the shape of the object that a member of a reading is, at a place among the scanner's members; `depth`: 1 in
 * the line's own object. Nothing: it cannot be looked into.
 */
type ShapeWithin = (
  reading: Reading,
  member: number,
  place: number,
  depth: number,
) => Shape | undefined

/** What the shape of the line that was just scanned says, with the shapes of the objects within, as one list. */
export function flattenShape(
  { readings }: Shape,
  scanner: Scanner,
  shapeWithin: ShapeWithin,
): FlatShape {
  return {
    readings: readings.map(reading => {
      const builder = new FlatReadingBuilder(reading, placesFrom(scanner, 0))
      addObject(reading, 0, { builder, scanner, shapeWithin })
      return builder.build()
    }),
  }
}

interface Flattening {
  readonly builder: FlatReadingBuilder
  readonly scanner: Scanner
  readonly shapeWithin: ShapeWithin
}

/** Adds the object whose first member is at a place. */
function addObject(reading: Reading, first: number, flattening: Flattening): void {
  const { builder, scanner, shapeWithin } = flattening
  const places = placesFrom(scanner, first)
  const depth = scanner.depthOf(first)
  builder.contest(reading, places)
  for (const [member, place] of places.entries()) {
    const isWithin = scanner.isObject(place) && reading.nested[member] !== undefined
    if (!isWithin || reading.to[member] === TO_NOTHING) {
      builder.add(reading, member, place, depth)
      continue
    }
    const within = shapeWithin(reading, member, place, depth + 1)
    if (within === undefined) builder.setOpaque()
    const [inner] = within?.readings ?? []
    const hasMembers = place + 1 < scanner.count && scanner.depthOf(place + 1) > depth
    if (inner !== undefined && hasMembers) addObject(inner, place + 1, flattening)
  }
}

/** The places of all members of the object whose first member is at a place. */
function placesFrom(scanner: Scanner, first: number): readonly number[] {
  const places: number[] = []
  const depth = scanner.depthOf(first)
  for (let place = first; place < scanner.count; place++) {
    const at = scanner.depthOf(place)
    if (at < depth) break
    if (at === depth) places.push(place)
  }
  return places
}

interface Step {
  readonly member: number
  readonly to: number
  readonly scale: number
  readonly path: string | undefined
}

/** Collects what the readings of a line's objects say of their members, in the order in which they stand. */
export class FlatReadingBuilder {
  readonly #format: MemberFormat
  readonly #conditions: readonly Condition[]
  readonly #contested: number[] = []
  readonly #unlisted: number[] = []
  readonly #steps: Step[] = []
  #isOpaque = false

  /** `places`: of the line's own members, among the scanner's. */
  constructor({ format, conditions }: Reading, places: readonly number[]) {
    this.#format = format
    this.#conditions = conditions.map(condition => ({
      ...condition,
      member: places[condition.member] ?? -1,
    }))
  }

  /** The members of an object, at `places`, of which some are objects that were added just before. */
  contest(reading: Reading, places: readonly number[]): void {
    this.#contested.push(...reading.contested.map(member => places[member] ?? -1))
  }

  /** A member of an object in which nothing is looked for, or any other value. */
  add(reading: Reading, member: number, place: number, depth: number): void {
    const to = reading.to[member] ?? TO_NOTHING
    if (to === TO_NOTHING) return
    if (to < TO_ATTRIBUTE || reading.nested[member] !== undefined) this.#unlisted.push(place)
    const scale = reading.scale[member] ?? 1
    const path = depth > 0 ? reading.paths[member] : undefined
    this.#steps.push({ member: place, to, scale, path })
  }

  setOpaque(): void {
    this.#isOpaque = true
  }

  build(): FlatReading {
    return {
      format: this.#format,
      sureness: this.#format.sureness,
      levelIfNone: levelOfText(this.#format.levelIfNone ?? ''),
      takesAllTexts: this.#format.absent === undefined,
      conditions: this.#conditions,
      isOpaque: this.#isOpaque,
      contested: this.#contested,
      unlisted: this.#unlisted,
      steps: stepsOf(this.#steps),
      fieldSteps: stepsOf(this.#steps.filter(({ to }) => to < TO_ATTRIBUTE)),
    }
  }
}

const stepsOf = (steps: readonly Step[]): Steps => ({
  members: Int32Array.from(steps, ({ member }) => member),
  to: Uint8Array.from(steps, ({ to }) => to),
  scale: Float64Array.from(steps, ({ scale }) => scale),
  paths: steps.map(({ path }) => path),
})
