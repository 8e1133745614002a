import type { Reporter, TestModule } from 'vitest/node'

/**
 * Ends a run with one plain line of counts and the names of what failed and what was skipped, as the
 * end of a long output is what one is shown. Under CI a skipped
 * test is a failure, as everything a test needs is brought in by the test command itself. Only the
 * tests over real data of others may be left out: that data is not part of the project.
 */
export class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const counts = { passed: 0, failed: 0, skipped: 0 }
    const failed: string[] = []
    const skipped: string[] = []
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        const { state } = test.result()
        if (state === 'pending') continue
        counts[state] += 1
        if (state === 'skipped') skipped.push(test.fullName)
        if (state === 'failed') failed.push(`${module.relativeModuleId} > ${test.fullName}`)
      }
    }
    for (const name of failed) console.log(`failed: ${name}`)
    for (const name of skipped) console.log(`skipped: ${name}`)
    const unexpected = skipped.filter(name => !name.includes('over data that nobody here made >'))
    if (process.env['CI'] !== undefined && unexpected.length > 0) {
      console.log(`${unexpected.length} tests were skipped, which CI does not allow`)
      process.exitCode = 1
    }
    console.log(
      `tests: ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`,
    )
  }
}
