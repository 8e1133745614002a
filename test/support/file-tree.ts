import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'

/** Files by their paths. */
export type FileTree = Readonly<Record<string, string | Uint8Array>>

export async function writeTree(root: string, files: FileTree): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true })
    await writeFile(join(root, path), content)
  }
}

/** Everything that lies below a folder, hidden files and what an unfinished write left included. */
export async function readTree(root: string): Promise<Record<string, string>> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true })
  const files = entries
    .filter(entry => !entry.isDirectory())
    .map(entry => relative(root, join(entry.parentPath, entry.name)))
    .sort()
  const texts = await Promise.all(files.map(path => readFile(join(root, path), 'utf8')))
  return Object.fromEntries(files.map((path, at) => [path, texts[at] ?? '']))
}
