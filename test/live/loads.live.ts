/**
 * The contract of loads on real services, beside that of dialects (dialects.live.ts has their URLs). It makes
 * tables in a schema named production, and the ledger ferry.loads. Redshift and Synapse fetch what they load, so
 * each needs a stage, by which it may read, and Ferry write (credentials of the environment):
 *
 *     FERRY_LIVE_REDSHIFT_STAGE=s3://bucket/folder/ FERRY_LIVE_REDSHIFT_IDENTITY=arn:aws:iam::1:role/reader \
 *     FERRY_LIVE_SYNAPSE_STAGE=az://container/folder/ \
 *     npx vitest run --config test/live/vitest.config.ts
 */
import { test } from 'vitest'
import { engineOf } from '../../src/databases/open-database.ts'
import { parseObjectUrl } from '../../src/formats/object-url.ts'
import type { StageSettings } from '../../src/loader/stage.ts'
import { loadingContract } from '../databases/loading.contract.ts'

function stageOf(name: string): StageSettings | undefined {
  const setting = (what: string): string | undefined => process.env[`FERRY_LIVE_${name}_${what}`]
  const url = setting('STAGE')
  if (url === undefined) return undefined
  const [identity, region] = [setting('IDENTITY'), setting('REGION')]
  return { url: parseObjectUrl(url, process.cwd()), identity, region, slots: undefined }
}

for (const [name, needsStage] of [
  ['MSSQL', false],
  ['SYNAPSE', true],
  ['REDSHIFT', true],
] as const) {
  const url = process.env[`FERRY_LIVE_${name}`] ?? ''
  const stage = stageOf(name)
  if (url === '' || (needsStage && stage === undefined)) {
    const wanted = needsStage ? `FERRY_LIVE_${name}_STAGE` : `FERRY_LIVE_${name}`
    test.skip(`${name}: ${wanted} is not set`)
    continue
  }
  loadingContract(name.toLowerCase(), async () => {
    const engine = await engineOf(url)
    const { signal } = new AbortController()
    const target = { url, projectDirectory: '.', environment: process.env, signal }
    const open = () => engine.open(target)
    return { engine, open, environment: process.env, ...(stage === undefined ? {} : { stage }) }
  })
}
