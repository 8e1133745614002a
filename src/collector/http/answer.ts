const REASONS: Readonly<Record<number, string>> = {
  200: 'OK',
  202: 'Accepted',
  204: 'No Content',
  400: 'Bad Request',
  401: 'Unauthorized',
  404: 'Not Found',
  405: 'Method Not Allowed',
  408: 'Request Timeout',
  413: 'Content Too Large',
  415: 'Unsupported Media Type',
  417: 'Expectation Failed',
  429: 'Too Many Requests',
  431: 'Request Header Fields Too Large',
  500: 'Internal Server Error',
  501: 'Not Implemented',
  503: 'Service Unavailable',
  505: 'HTTP Version Not Supported',
}

export interface AnswerParts {
  readonly status: number
  /** Name and value, as they stand in the answer. */
  readonly headers?: Readonly<Record<string, string>>
  /** ASCII. */
  readonly body?: string
  readonly close?: boolean
  /** To HEAD: the body is not sent, only how long it is. */
  readonly isHead?: boolean
}

/** Writes answers as HTTP/1.1, and knows the date, which changes once a second. */
export class AnswerWriter {
  #second = 0
  #date = ''
  #okSecond = 0
  #ok = ''

  /** A 200 without headers and body, to a connection that stays: most answers are this one. */
  ok(nowMs: number): string {
    if (Math.floor(nowMs / 1_000) !== this.#okSecond) {
      this.#ok = this.write({ status: 200 }, nowMs)
      this.#okSecond = this.#second
    }
    return this.#ok
  }

  write(parts: AnswerParts, nowMs: number): string {
    const { status, headers = {}, body = '', close = false, isHead = false } = parts
    let head = `HTTP/1.1 ${status} ${REASONS[status] ?? 'Unknown'}\r\nDate: ${this.#dateAt(nowMs)}\r\n`
    for (const [name, value] of Object.entries(headers)) head += `${name}: ${value}\r\n`
    if (status !== 204) head += `Content-Length: ${body.length}\r\n`
    if (close) head += 'Connection: close\r\n'
    return isHead ? `${head}\r\n` : `${head}\r\n${body}`
  }

  #dateAt(nowMs: number): string {
    const second = Math.floor(nowMs / 1_000)
    if (second !== this.#second) {
      this.#second = second
      this.#date = new Date(second * 1_000).toUTCString()
    }
    return this.#date
  }
}
