/** Runs the server as a process of its own: PORT, and in FERRY_TDS the account and the flavor. */
import { createServer } from 'node:net'
import { DuckDBInstance } from '@duckdb/node-api'
import { CATALOG } from './catalog.ts'
import { Client, type Server } from './client.ts'
import { Sessions } from './sessions.ts'

const instance = await DuckDBInstance.create(':memory:', { memory_limit: '1GB' })
const setup = await instance.connect()
for (const statement of CATALOG) await setup.run(statement)
setup.closeSync()

const account = JSON.parse(process.env['FERRY_TDS'] ?? '') as Omit<Server, 'connect' | 'sessions'> // servers/tds.ts made it
const server: Server = {
  ...account,
  sessions: new Sessions(),
  connect: async () => {
    const connection = await instance.connect()
    await connection.run(`SET schema = 'dbo'`)
    await connection.run(`SET TimeZone = 'UTC'`)
    return connection
  },
}

createServer(socket => void new Client(socket, server)).listen(Number(process.argv[2]), '127.0.0.1')
