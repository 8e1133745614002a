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
  model: kpisModel,
  render: renderKpis,
})
