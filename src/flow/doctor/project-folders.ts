import { access, constants, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { systemErrorCode } from '../../core/errors.ts'
import { type Diagnosis, diagnose } from './diagnosis.ts'

const FOLDERS = ['.', '.ferry', 'intermediate', 'results', 'logs']

/** The folders a night writes to, and the project's hooks. */
export async function diagnoseProjectFolders(directory: string): Promise<Diagnosis[]> {
  return [await writable(directory), await hooks(directory)]
}

async function writable(directory: string): Promise<Diagnosis> {
  const closed: string[] = []
  for (const name of FOLDERS) {
    try {
      await access(join(directory, name), constants.W_OK | constants.X_OK)
    } catch (error) {
      if (systemErrorCode(error) !== 'ENOENT') closed.push(name === '.' ? directory : name)
    }
  }
  if (closed.length === 0) return diagnose('project', 'project folders', 'writable')
  return diagnose('project', 'project folders', `not writable: ${closed.join(', ')}`, {
    remedy: `give them to the user that runs the night: chown -R "$USER" ${directory}`,
  })
}

async function hooks(directory: string): Promise<Diagnosis> {
  const folder = join(directory, 'hooks')
  const names = await readdir(folder).catch((error: unknown) => {
    if (systemErrorCode(error) === 'ENOENT') return []
    throw error
  })
  const named = names.filter(name => /^(before|after)-command/.test(name))
  const idle: string[] = []
  for (const name of named) {
    const { mode } = await stat(join(folder, name))
    if ((mode & 0o111) === 0) idle.push(name)
  }
  if (idle.length === 0) return diagnose('project', 'hooks', `${named.length} to run`)
  return diagnose('project', 'hooks', `not executable: ${idle.join(', ')}`, {
    state: 'warning',
    remedy: `chmod +x ${idle.map(name => `hooks/${name}`).join(' ')}`,
  })
}
