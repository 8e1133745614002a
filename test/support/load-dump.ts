import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { Client } from 'pg'
import { from as copyFrom } from 'pg-copy-streams'

/**
 * Runs a plain-text dump (of pg_dump, or a script of INSERTs) in a database: its COPY blocks are
 * streamed, psql's own commands and the making of the database itself are left out.
 */
export async function loadDump(url: string, file: string): Promise<void> {
  const client = new Client(url)
  await client.connect()
  try {
    let script: string[] = []
    let copy: ReturnType<typeof copyFrom> | undefined
    const flush = async (): Promise<void> => {
      if (script.some(line => line.trim() !== '')) await client.query(script.join('\n'))
      script = []
    }
    for await (const line of createInterface({ input: createReadStream(file) })) {
      if (copy !== undefined) {
        if (line === '\\.') {
          const stream = copy
          await new Promise<void>((resolve, reject) => {
            stream.once('finish', resolve).once('error', reject).end()
          })
          copy = undefined
        } else copy.write(`${line}\n`)
      } else if (/^COPY .* FROM stdin;$/.test(line)) {
        await flush()
        copy = client.query(copyFrom(line))
      } else if (!/^(\\|DROP DATABASE|CREATE DATABASE|ALTER .* OWNER TO)/.test(line)) {
        script.push(line)
      }
    }
    await flush()
  } finally {
    await client.end()
  }
}
