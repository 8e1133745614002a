import { expect, test } from 'vitest'
import { PullProject } from './pull-project.ts'

// Nothing listens there. It takes a minute or two: that is how long a service may be away.
const NOBODY = 'http://127.0.0.1:9/things'

test('a service that is away for good ends the pull with an exit code to try again', async () => {
  await using project = await PullProject.make({
    shop: { url: NOBODY, table: 'things', key: 'id', rows: '$.items', timeout: '2s' },
  })
  const { code, stderr } = await project.pull(['shop', '--head', '1'])
  expect(code).toBe(69)
  expect(stderr).toContain('the service does not answer (ECONNREFUSED)')
}, 300_000)
