/** ECMAScript's "JSON.parse source text access", which Node 24 has and TypeScript's library does not. */
interface RawJson {
  readonly rawJSON: string
}

interface JSON {
  parse(
    text: string,
    reviver: (key: string, value: unknown, context: { readonly source?: string }) => unknown,
  ): unknown
  /** A value that JSON.stringify prints as `text`, to the letter. */
  rawJSON(text: string): RawJson
  isRawJSON(value: unknown): value is RawJson
}
