import { FerryError } from '../../core/errors.ts'
import type { Session } from '../dialect.ts'
import { readAll } from '../read-all.ts'

/** A replica that is further behind than that is no place to read from. */
const REPLAYS_WITHIN_S = 600

/** How far a server's log was written, by its global transaction identifiers. */
export interface LogPosition {
  readonly flavour: 'mariadb' | 'mysql'
  readonly gtids: string
}

/** @throws FerryError UNSUPPORTED: it writes no log, or its transactions have no identifiers */
export async function writtenTo(primary: Session): Promise<LogPosition> {
  const [[isMariadb] = []] = await readAll(primary, `SELECT version() LIKE '%MariaDB%'`)
  const flavour = isMariadb === 1 ? 'mariadb' : 'mysql'
  const variable = flavour === 'mariadb' ? 'gtid_binlog_pos' : 'gtid_executed'
  const [[found] = []] = await readAll(primary, `SELECT @@GLOBAL.${variable}`)
  const gtids = String(found ?? '').replace(/\s/g, '')
  if (gtids !== '') return { flavour, gtids }
  throw new FerryError('UNSUPPORTED', 'the primary does not tell how far its log was written', {
    hint: 'replicate by global transaction identifiers (GTID), or read from the primary',
  })
}

/** Resolves when a replica has what its primary had. @throws FerryError TRANSIENT: it is too far behind */
export async function awaitReplica(replica: Session, position: LogPosition): Promise<void> {
  const { flavour, gtids } = position
  const wait = flavour === 'mariadb' ? 'MASTER_GTID_WAIT' : 'WAIT_FOR_EXECUTED_GTID_SET'
  const [[outcome] = []] = await readAll(
    replica,
    `SELECT ${wait}('${gtids.replace(/[^\w:,-]/g, '')}', ${REPLAYS_WITHIN_S})`,
  )
  if (outcome === 0) return
  throw new FerryError('TRANSIENT', 'the replica is ten minutes behind its primary', {
    hint: 'see what holds it up, or read from the primary',
  })
}
