/**
 * The same commands against a folder and the servers of three clouds, as a terminal shows them.
 * `node test/docs/stores-transcript.ts` prints docs/stores-transcript.md.
 */
import { execFile } from 'node:child_process'
import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { startAzurite } from '../../servers/azurite.ts'
import { startS3 } from '../../servers/s3.ts'
import { startGcsCloud } from '../support/cloud.ts'
import { writeTree } from '../support/file-tree.ts'

const BIN = join(import.meta.dirname, '../../bin')
const FILES = {
  'day/clicks/1.csv': 'one\n',
  'day/clicks/2.csv': 'two\n',
  'day/sum +1% é.csv': 'total\n',
}
const SCRIPT = 'commands.sh'

/** A store, and what it said to each command. */
export interface Transcript {
  readonly title: string
  /** As in a terminal; what differs from run to run is `...`. */
  readonly text: string
  /** Each command with what it said, the store's URL written as `LAKE`: comparable with others'. */
  readonly answers: readonly (readonly [command: string, said: string])[]
}

/** `put` to `rm` are the ten; before and after them the place is made and taken away. */
function commandsFor(lake: string): readonly string[] {
  return [
    `ferry mb ${lake}`,
    `ferry put -r day ${lake}/day/`,
    `ferry ls -l -r ${lake}/day/`,
    `ferry stat '${lake}/day/sum +1% é.csv'`,
    `ferry cat '${lake}/day/clicks/*'`,
    `ferry cp -r ${lake}/day/clicks/ ${lake}/copy/`,
    `echo ONE > day/clicks/1.csv; ferry sync --verbose --jobs 1 day ${lake}/day/`,
    `ferry mv --verbose ${lake}/copy/2.csv ${lake}/moved.csv`,
    `ferry du --json ${lake}`,
    `ferry presign --expires 15m ${lake}/moved.csv`,
    `ferry rb ${lake}`,
    `ferry rm -r --verbose ${lake}/`,
    `ferry rb ${lake}`,
    `ferry ls ${lake}/`,
  ]
}

type Environment = Readonly<Record<string, string>>

interface Place extends AsyncDisposable {
  readonly title: string
  /** As it is typed. */
  readonly lake: string
  readonly env: Environment
}

const PLACES: readonly (() => Promise<Place>)[] = [
  async () => ({
    title: 'A local directory',
    lake: 'lake',
    env: {},
    async [Symbol.asyncDispose]() {},
  }),
  async () => {
    const server = await startAzurite()
    const { env } = server
    const stop = (): Promise<void> => server.stop()
    return { title: 'Azurite', lake: 'az://lake', env, [Symbol.asyncDispose]: stop }
  },
  async () => {
    const server = await startS3()
    const env = { ...server.env }
    const stop = (): Promise<void> => server.stop()
    return { title: 'S3: moto behind a gate', lake: 's3://lake', env, [Symbol.asyncDispose]: stop }
  },
  async () => {
    const cloud = await startGcsCloud()
    const stop = (): PromiseLike<void> => cloud[Symbol.asyncDispose]()
    const title = 'Google Cloud Storage: a server of our own'
    return { title, lake: 'gs://lake', env: cloud.env, [Symbol.asyncDispose]: stop }
  },
]

/** Runs all of it, one store after the other. */
export async function* transcripts(): AsyncGenerator<Transcript> {
  for (const start of PLACES) {
    await using place = await start()
    yield await transcribe(place)
  }
}

async function transcribe({ title, lake, env }: Place): Promise<Transcript> {
  const cwd = await realpath(await mkdtemp(join(tmpdir(), 'ferry-transcript-')))
  try {
    await writeTree(cwd, FILES)
    const said: (readonly [command: string, said: string])[] = []
    for (const command of commandsFor(lake)) {
      said.push([command, settled(await run(command, cwd, env), cwd)])
    }
    const text = said.map(([command, answer]) => `$ ${command}\n${answer}`).join('')
    const neutral = (one: string): string =>
      one.replaceAll(`/home/ada/${lake}`, 'LAKE').replaceAll(lake, 'LAKE')
    const answers = said.map(([command, answer]) => [neutral(command), neutral(answer)] as const)
    return { title, text, answers }
  } finally {
    await rm(cwd, { recursive: true })
  }
}

/** What the command says on stdout and stderr, and its exit code where that is not 0. */
async function run(command: string, cwd: string, env: Environment): Promise<string> {
  const script = join(cwd, SCRIPT)
  await writeFile(script, `exec 2>&1\n${command}\ncode=$?\n((code == 0)) || echo "[exit $code]"\n`)
  const { stdout } = await promisify(execFile)('bash', [script], {
    cwd,
    env: {
      PATH: `${BIN}:${process.env['PATH'] ?? ''}`,
      HOME: cwd,
      LC_ALL: 'C.UTF-8',
      ...env,
    },
  })
  return stdout
}

/** Whatever another run would have otherwise. */
function settled(text: string, cwd: string): string {
  return text
    .replaceAll(cwd, '/home/ada')
    .replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/g, '...'.padEnd(19))
    .replaceAll(/^(modified_at|etag)( +).*$/gm, '$1$2...')
    .replaceAll(/127\.0\.0\.1:\d+/g, '127.0.0.1:...')
    .replaceAll(/([?&][\w-]+=)[^&\n]*/g, '$1...')
}

/** The page, of all transcripts. */
export function transcriptPage(all: readonly Transcript[]): string {
  const sections = all.map(({ title, text }) => `## ${title}\n\n\`\`\`text\n${text}\`\`\`\n`)
  return `# The same commands on every store

Made by \`node test/docs/stores-transcript.ts\`, and compared with what the commands say by every run of the
tests. \`...\` stands for what differs from run to run: times, ETags, ports, the values in a signed URL.

What differs from store to store is the URL, what a service keeps of an object (\`stat\`), and that a file has no
signed URL: \`ferry presign\` refuses it (64).

${sections.join('\n')}`
}

if (import.meta.main) process.stdout.write(transcriptPage(await Array.fromAsync(transcripts())))
