import { setTimeout as sleep } from 'node:timers/promises'
import { FerryError } from '../core/errors.ts'
import { logicalDateAt } from '../core/logical-date.ts'
import { formatDuration } from '../core/units.ts'
import type { NightState } from '../formats/night-state.ts'
import { type AttemptPlan, beginAttempt, runMakeOfAttempt, tell, untold } from './attempt.ts'
import { releaseChanged } from './held-targets.ts'
import type { MakeDatabase } from './make-database.ts'
import { targetsOf } from './make-graph.ts'
import { chooseNight, isMade } from './night-choice.ts'
import type { NightOptions } from './night-context.ts'
import { describeOutcome, formatReport, type NightReport } from './night-report.ts'
import { listNights, writeNight } from './night-state.ts'
import { tellStop } from './night-stop.ts'
import { notify } from './notify.ts'
import type { AttemptOutcome } from './outcome.ts'
import { readMakeDatabase } from './read-make-database.ts'
import { nameRunHolder, takeRunLock } from './run-lock.ts'
import { endEarlierAttempts, sweepNight } from './settle.ts'
import { writeGraph } from './write-graph.ts'

/**
 * Runs the night that this call belongs to: attempt after attempt until every target is made, the
 * attempts are used up, or what remains failed for good; with `once`, one attempt. Returns 0 only
 * when every target was made. Whatever is killed meanwhile, another call goes on where it stopped.
 * @throws FerryError BUSY when another run is at work in the project, USAGE without targets,
 * CONFIG_INVALID when make cannot read the makefile, INTERRUPTED, TERMINATED
 */
export async function runNight(options: NightOptions): Promise<number> {
  const now = options.clock.now()
  const stopped = {
    project: options.name,
    date: options.date ?? logicalDateAt(now, options.timeZone),
    attempt: 0,
    max_attempts: options.config.max_attempts,
  }
  try {
    if (options.targets.length === 0) {
      throw new FerryError('USAGE', 'there is nothing to make', {
        hint: 'name targets, or list them in ferry.yaml under `run.targets`',
      })
    }
    using lock = takeRunLock(options.project)
    void lock // held until the end
    const night = await chooseNight({ ...options, maxAttempts: options.config.max_attempts, now })
    stopped.date = night.date
    await nameRunHolder(options.project, night.date, now)
    try {
      return await new Night(options, night).run() // awaited, or the lock would end here
    } finally {
      stopped.attempt = night.attempts.length
    }
  } catch (error) {
    const { project, environment, logger, config, signal } = options
    if (!signal.aborted) {
      await tellStop(error, stopped, { ...config.notify, directory: project, environment, logger })
    }
    throw error
  }
}

/** One call of `ferry run`. */
class Night {
  readonly #options: NightOptions
  readonly #night: NightState

  constructor(options: NightOptions, night: NightState) {
    this.#options = options
    this.#night = night
  }

  async run(): Promise<number> {
    const { options, night } = { options: this.#options, night: this.#night }
    for (;;) {
      const plan = await this.#prepare()
      const over = await this.#whyOver()
      if (over !== undefined) return this.#stayOver(plan, over)
      const outcome = await this.#attempt(plan)
      const ending = this.#endingAfter(outcome)
      if (ending !== undefined) return this.#close(plan, outcome, ending)
      await tell(plan, untold(plan, outcome))
      const summary = `attempt ${night.attempts.length} of ${options.config.max_attempts} of the night of ${night.date} failed: ${outcome.failed.length} failed, ${outcome.done} of ${outcome.wanted} made`
      for (const complaint of outcome.complaints) options.logger.warn(`make: ${complaint}`)
      if (options.once) {
        options.logger.info(`${summary}; the next call goes on`)
        return 1
      }
      options.logger.info(
        `${summary}; next attempt in ${formatDuration(options.config.retry_after)}`,
      )
      await this.#pause()
    }
  }

  /** Brings the project to a state from which an attempt may start. */
  async #prepare(): Promise<AttemptPlan> {
    const options = this.#options
    const night = this.#night
    await options.refreshRules()
    const settle = { ...options, night }
    await endEarlierAttempts(settle, await listNights(options.project))
    let database = await this.#readDatabase()
    if (await sweepNight(settle, database)) database = await this.#readDatabase()
    await writeNight(options.project, night)
    return {
      options,
      night,
      database,
      onPermanent: async failed => {
        const outcome = { made: false, failed, complaints: [], wanted: 0, done: 0 }
        await this.#send(await this.#report('failed for good', outcome, []))
      },
    }
  }

  #readDatabase(): Promise<MakeDatabase> {
    const { project, environment, config, targets, signal } = this.#options
    return readMakeDatabase({
      directory: project,
      environment,
      variables: { TODAY: this.#night.date },
      targets: [...targets, ...config.failure_targets],
      signal,
    })
  }

  /** Why no attempt may start, from the state of the night alone. */
  async #whyOver(): Promise<'made' | 'used up' | 'failed for good' | undefined> {
    const { config, targets, once, project } = this.#options
    const night = this.#night
    const { held, released } = await releaseChanged({ project, date: night.date })
    for (const target of released) delete night.reported[target]
    if (released.length > 0) await writeNight(project, night)
    const last = night.attempts.at(-1)
    const sameTargets = last?.targets.join('\0') === targets.join('\0')
    const isUsedUp = night.attempts.length >= config.max_attempts
    if (isMade(night) && sameTargets && (once || isUsedUp || !night.closed)) return 'made'
    if (isUsedUp) return 'used up'
    const isStuck = last?.all_permanent === true && sameTargets && released.length === 0
    return isStuck && held.size > 0 ? 'failed for good' : undefined
  }

  /** A night that was over before this call: finishes what a kill left open, and says so. */
  async #stayOver(plan: AttemptPlan, why: 'made' | 'used up' | 'failed for good'): Promise<number> {
    const { logger, once, config } = this.#options
    const night = this.#night
    if (!night.closed) {
      const complaints =
        night.attempts.at(-1)?.outcome === null
          ? ['The last attempt was killed before its end.']
          : []
      const wanted = targetsOf(plan.database, this.#options.targets).length
      const outcome = { made: why === 'made', failed: [], complaints, wanted, done: 0 }
      return this.#close(plan, outcome, why)
    }
    if (once) return why === 'made' ? 0 : 1 // said already
    if (why === 'made') logger.info(`the night of ${night.date} is made`)
    else if (why === 'used up') {
      logger.info(
        `the ${config.max_attempts} attempts of the night of ${night.date} are used up; raise run.max_attempts, or run another --date`,
      )
    } else {
      logger.info(
        `what is left of the night of ${night.date} failed for good; change its command or inputs`,
      )
    }
    return why === 'made' ? 0 : 1
  }

  async #attempt(plan: AttemptPlan): Promise<AttemptOutcome> {
    const options = this.#options
    const night = this.#night
    const attempt = await beginAttempt(plan)
    const about = { date: night.date, goals: options.targets, database: plan.database }
    await writeGraph(options.project, { ...about, writtenAt: options.clock.now() })
    using lease = await options.onAttemptStart?.(night.date)
    void lease // disposed of after the attempt
    const outcome = await runMakeOfAttempt(plan, attempt, options.targets)
    attempt.ended_at = options.clock.now().toISOString()
    attempt.outcome = outcome.made ? 'made' : options.signal.aborted ? 'interrupted' : 'failed'
    attempt.all_permanent =
      outcome.failed.length > 0 &&
      outcome.complaints.length === 0 &&
      outcome.failed.every(one => one.permanent)
    await writeNight(options.project, night)
    options.signal.throwIfAborted()
    return outcome
  }

  #endingAfter(outcome: AttemptOutcome): 'made' | 'used up' | 'failed for good' | undefined {
    if (outcome.made) return 'made'
    if (this.#night.attempts.length >= this.#options.config.max_attempts) return 'used up'
    return this.#night.attempts.at(-1)?.all_permanent === true ? 'failed for good' : undefined
  }

  /** The end of a night: failure targets, cleanup, and the report when not all is well. */
  async #close(
    plan: AttemptPlan,
    outcome: AttemptOutcome,
    why: 'made' | 'used up' | 'failed for good',
  ): Promise<number> {
    const options = this.#options
    const night = this.#night
    const remarks =
      why === 'failed for good'
        ? [
            'What failed is not tried again until its command or inputs change; then call ferry run.',
          ]
        : []
    const all = { ...outcome, failed: [...outcome.failed], complaints: [...outcome.complaints] }
    const attempt = night.attempts.at(-1)
    const closing = [
      options.config.failure_targets,
      plan.database.targets.has('cleanup') ? ['cleanup'] : [],
    ]
    for (const targets of closing) {
      if (targets.length === 0 || attempt === undefined) continue
      const result = await runMakeOfAttempt(plan, attempt, targets)
      options.signal.throwIfAborted()
      if (result.made) continue
      all.made = false
      all.failed.push(...result.failed)
      all.complaints.push(...result.complaints)
      remarks.push(`make ${targets.join(' ')} failed at the end of the night`)
    }
    night.closed = true
    const wasAlarmed = night.alarmed
    night.alarmed = !all.made
    for (const one of all.failed) {
      if (one.permanent) night.reported[one.target] = one.exitCode ?? 1
    }
    await writeNight(options.project, night)
    if (!all.made) await this.#send(await this.#report('night failed', all, remarks))
    else if (wasAlarmed) await this.#send(await this.#report('night made', all, remarks))
    return all.made ? 0 : 1
  }

  #report(
    event: NightReport['event'],
    outcome: AttemptOutcome,
    remarks: readonly string[],
  ): Promise<NightReport> {
    const about = {
      project: this.#options.name,
      date: this.#night.date,
      event,
      attempt: this.#night.attempts.length,
      max_attempts: this.#options.config.max_attempts,
      remarks,
    }
    return describeOutcome(this.#options.project, about, outcome)
  }

  async #send(report: NightReport): Promise<void> {
    const { project, environment, logger, stderr, config } = this.#options
    stderr.write(formatReport(report))
    await notify(report, { ...config.notify, directory: project, environment, logger })
  }

  async #pause(): Promise<void> {
    try {
      await sleep(this.#options.config.retry_after, undefined, { signal: this.#options.signal })
    } catch {
      this.#options.signal.throwIfAborted() // nothing else ends a sleep early
    }
  }
}
