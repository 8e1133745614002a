import type { LoadWriter } from '../loading.ts'
import { fit as fitSqlServer } from '../mssql/fit.ts'
import { polybaseCredential, writtenForPolybase } from './external-table.ts'

/** SQL Server's limits; and the text that PolyBase reads, where that is to read the stage. */
export const fit: LoadWriter['fit'] = (type, text, identity) => {
  const taken = fitSqlServer(type, text, identity)
  if ('reason' in taken || polybaseCredential(identity) === undefined) return taken
  return { text: writtenForPolybase(taken.text) }
}
