/** A worker of the collector that says that it listens, and then fails. */
import { parentPort } from 'node:worker_threads'

parentPort.postMessage({ kind: 'listening', port: 1 })
setTimeout(() => {
  throw new Error('this worker fails')
}, 100)
