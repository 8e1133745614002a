import { defineConfig } from 'vitest/config'
import { SummaryReporter } from './test/support/summary-reporter.ts'

export default defineConfig({
  plugins: [
    {
      name: 'make-fragments-as-text',
      transform: (code, id) =>
        id.endsWith('.mk') ? `export default ${JSON.stringify(code)}` : undefined,
    },
  ],
  test: {
    include: ['test/**/*.test.ts'],
    setupFiles: ['test/support/property-seed.ts'],
    // What needs a machine of its own: kernel modules, hours.
    exclude: process.env['FERRY_SOAK'] === undefined ? ['test/**/*.soak.test.ts'] : [],
    // The full counts take what they take, on a busy machine too.
    testTimeout: process.env['FERRY_SOAK'] === undefined ? 60_000 : 3_600_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    reporters: ['default', new SummaryReporter()],
  },
})
