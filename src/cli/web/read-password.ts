import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { Writable } from 'node:stream'
import { FerryError } from '../../core/errors.ts'
import type { CommandContext } from '../command.ts'

/** Asks on the terminal, twice and without showing it; without a terminal, the first line of stdin. */
export async function readPassword({ stdin, stderr }: CommandContext): Promise<string> {
  const isTerminal = 'isTTY' in stdin && stdin.isTTY === true
  if (!isTerminal) return (await text(stdin)).split('\n')[0]?.replace(/\r$/, '') ?? ''
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
  const lines = createInterface({ input: stdin, output: nowhere, terminal: true })
  const ask = (prompt: string): Promise<string> => {
    stderr.write(prompt)
    return new Promise((resolve, reject) => {
      lines.once('SIGINT', () => reject(new FerryError('INTERRUPTED', 'interrupted')))
      lines.question('', answer => {
        stderr.write('\n')
        resolve(answer)
      })
    })
  }
  try {
    const password = await ask('password: ')
    if ((await ask('once more: ')) === password) return password
    throw new FerryError('USAGE', 'the two passwords differ')
  } finally {
    lines.close()
  }
}
