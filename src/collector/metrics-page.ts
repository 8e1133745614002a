import type { CounterSnapshot } from './counters.ts'
import type { DeliveryCounters } from './delivery.ts'

/**
 * Counters as Prometheus reads them.
 * @see https://prometheus.io/docs/instrumenting/exposition_formats/ Text format 0.0.4
 */
export function metricsPage(counters: CounterSnapshot, delivery: DeliveryCounters): string {
  const page = new Page()
  page.add('events_received_total', 'counter', 'Events read', counters.received)
  page.add('events_stored_total', 'counter', 'Events on disk and acknowledged', counters.stored)
  page.add(
    'events_duplicate_total',
    'counter',
    'Events of a request that came again',
    counters.duplicate,
  )
  page.addByReason('events_rejected_total', 'Events refused', counters.rejected)
  page.add('events_waiting', 'gauge', 'Events on their way to the disk', counters.waiting)
  page.add('requests_total', 'counter', 'Requests with events', counters.requests)
  page.addByReason('requests_turned_away_total', 'Requests not read', counters.busy)
  page.add('connections', 'gauge', 'Open connections', counters.connections)
  page.add('connections_dropped_total', 'counter', 'Connections over the limit', counters.dropped)
  page.add(
    'dead_letters_lost_total',
    'counter',
    'Refused bodies not kept',
    counters.deadLettersLost,
  )
  page.add('segments_waiting', 'gauge', 'Segments to be delivered', delivery.waitingSegments)
  page.add('segments_waiting_bytes', 'gauge', 'Their bytes', delivery.waitingBytes)
  page.add('segments_delivered_total', 'counter', 'Segments delivered', delivery.deliveredSegments)
  page.add('events_delivered_total', 'counter', 'Events delivered', delivery.deliveredRows)
  page.add(
    'events_undeliverable_total',
    'counter',
    'Events that a queue refused, kept as dead letters',
    delivery.undeliverableRows,
  )
  page.add('delivered_bytes_total', 'counter', 'Bytes delivered', delivery.deliveredBytes)
  page.add('delivery_failures_total', 'counter', 'Deliveries tried in vain', delivery.failures)
  return page.text
}

class Page {
  text = ''

  add(name: string, type: 'counter' | 'gauge', help: string, value: number): void {
    this.#head(name, type, help)
    this.text += `ferry_collect_${name} ${value}\n`
  }

  /** A counter for each reason. */
  addByReason(name: string, help: string, values: Readonly<Record<string, number>>): void {
    this.#head(name, 'counter', help)
    for (const [reason, count] of Object.entries(values)) {
      this.text += `ferry_collect_${name}{reason="${reason}"} ${count}\n`
    }
  }

  #head(name: string, type: string, help: string): void {
    this.text += `# HELP ferry_collect_${name} ${help}.\n# TYPE ferry_collect_${name} ${type}\n`
  }
}
