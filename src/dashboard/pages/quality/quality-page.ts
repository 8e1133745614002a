import { definePage, type PageRequest } from '../../page.ts'
import { qualityModel } from './quality-model.ts'
import { renderQuality } from './render-quality.ts'

/** Whether the data of a night can be trusted. */
export const qualityPage = definePage({
  path: '/quality',
  title: 'Quality',
  key: 'q',
  style: 'quality',
  version,
  kept: version,
  model: qualityModel,
  render: renderQuality,
})

async function version({ dashboard, date }: PageRequest): Promise<string> {
  const dates = await dashboard.nights.dates()
  return `${await dashboard.qualityVersion(date)} ${dates
    .filter(one => one < date)
    .slice(0, 14)
    .join(' ')}`
}
