import { createHash } from 'node:crypto'
import { identityOf } from '../../../core/identity.ts'
import { definePage, type PageRequest } from '../../page.ts'
import { kpisModel, type KpisModel } from './kpis-model.ts'
import { latestVersion } from './latest-results.ts'
import { renderKpis } from './render-kpis.ts'

/** Every model that leaves a result: its newest numbers, and what is to be known of them. */
export const kpisPage = definePage<KpisModel>({
  path: '/kpis',
  title: 'KPIs',
  key: 'k',
  style: 'kpis',
  async version({ dashboard, date }: PageRequest) {
    return `${await latestVersion(dashboard, date)} ${identityOf(await dashboard.models())}`
  },
  async kept({ dashboard, date }: PageRequest) {
    return `${await latestVersion(dashboard, date)} ${digestOf(await dashboard.models())}`
  },
  model: kpisModel,
  render: renderKpis,
})

const digests = new WeakMap<object, string>()

/** Of all that models say; their list is another one when a file of theirs is. */
function digestOf(models: object): string {
  let digest = digests.get(models)
  if (digest === undefined) {
    digest = createHash('sha256').update(JSON.stringify(models)).digest('base64url')
    digests.set(models, digest)
  }
  return digest
}
