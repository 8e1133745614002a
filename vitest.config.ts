import { defineConfig } from 'vitest/config'

export default defineConfig({
  plugins: [
    {
      name: 'mk-as-text',
      transform: (code, id) =>
        id.endsWith('.mk') ? `export default ${JSON.stringify(code)}` : undefined,
    },
  ],
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    reporters: ['default'],
  },
})
