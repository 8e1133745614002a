import { definePage } from '../../page.ts'
import { qualityModel } from './quality-model.ts'
import { renderQuality } from './render-quality.ts'

/** Whether the data of a night can be trusted. */
export const qualityPage = definePage({
  path: '/quality',
  title: 'Quality',
  key: 'q',
  style: 'quality',
  model: qualityModel,
  render: renderQuality,
})
