import { definePage } from '../../page.ts'
import { qualityModel } from './quality-model.ts'
import { renderQuality } from './render-quality.ts'

/** Whether the data of a night can be trusted. */
export const qualityPage = definePage({
  path: '/quality',
  title: 'Quality',
  key: 'q',
  style: 'quality',
  version: async ({ dashboard, date }) => {
    const dates = await dashboard.nights.dates()
    return `${await dashboard.qualityVersion(date)} ${dates
      .filter(one => one < date)
      .slice(0, 14)
      .join(' ')}`
  },
  model: qualityModel,
  render: renderQuality,
})
