import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { fileURLToPath } from 'node:url'

const SCRIPT = fileURLToPath(import.meta.resolve('ferry/tracker/script'))
const MODULE = fileURLToPath(import.meta.resolve('ferry/tracker/browser'))
const PAGE = '<!doctype html><title>page</title><script src="/script.js"></script>'
const MODULE_PAGE = `<!doctype html><title>page</title><script type="module">
  import { createTracker } from '/module.js'
  globalThis.ferryTracker = { createTracker }
</script>`

/** A site of its own for each test, with what is built: storage belongs to a site and its port. */
export async function startSite() {
  const server = createServer((request, response) => {
    const answer = async (): Promise<void> => {
      const path = request.url ?? '/'
      if (path.endsWith('.js')) {
        response.setHeader('Content-Type', 'text/javascript')
        response.end(await readFile(path === '/script.js' ? SCRIPT : MODULE))
        return
      }
      // A page of no site at all: it has no storage.
      if (path === '/sandbox')
        response.setHeader('Content-Security-Policy', 'sandbox allow-scripts')
      response.setHeader('Content-Type', 'text/html')
      response.end(path === '/module' ? MODULE_PAGE : PAGE)
    }
    void answer()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose](): Promise<void> {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
