import { definePage } from '../../page.ts'
import { nightModel, nightVersion } from './night-model.ts'
import { renderNight } from './render-night.ts'

/** What happened last night, at a glance. */
export const nightPage = definePage({
  path: '/',
  title: 'Night',
  key: 'n',
  version: nightVersion,
  model: nightModel,
  render: renderNight,
})
