import { definePage } from '../../page.ts'
import { calendarOf, calendarVersion, nightKept, nightModel, nightVersion } from './night-model.ts'
import { renderCalendar } from './render-calendar.ts'
import { renderNight } from './render-night.ts'

/** What happened last night, at a glance. */
export const nightPage = definePage({
  path: '/',
  title: 'Night',
  key: 'n',
  version: nightVersion,
  kept: nightKept,
  after: {
    version: calendarVersion,
    render: async request =>
      renderCalendar({ date: request.date, calendar: await calendarOf(request) }),
  },
  model: nightModel,
  render: renderNight,
})
