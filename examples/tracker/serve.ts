/** Serves the page and the script that it uses: `node serve.ts [PORT]`. Says where, and stays. */
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { fileURLToPath } from 'node:url'

const page = fileURLToPath(new URL('page.html', import.meta.url))
const script = fileURLToPath(import.meta.resolve('ferry/tracker/script'))

const server = createServer((request, response) => {
  const isScript = request.url === '/ferry-tracker.js'
  const answer = async (): Promise<void> => {
    const body = await readFile(isScript ? script : page)
    response.setHeader('Content-Type', isScript ? 'text/javascript' : 'text/html; charset=utf-8')
    response.end(body)
  }
  void answer()
})
server.listen(Number(process.argv[2] ?? 8_090), '127.0.0.1', () => {
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  console.log(`http://127.0.0.1:${port}`)
})
