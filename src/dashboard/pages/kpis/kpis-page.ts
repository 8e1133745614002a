import { definePage } from '../../page.ts'
import { kpisModel, type KpisModel } from './kpis-model.ts'
import { renderKpis } from './render-kpis.ts'

/** Every model that leaves a result: its newest numbers, and what is to be known of them. */
export const kpisPage = definePage<KpisModel>({
  path: '/kpis',
  title: 'KPIs',
  key: 'k',
  style: 'kpis',
  model: kpisModel,
  render: renderKpis,
})
