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

function version({ dashboard, date }: PageRequest): Promise<string> {
  return dashboard.qualityVersion(date)
}
