import { expect, test } from 'vitest'
import { SpoolSpace } from '../../src/collector/spool-space.ts'

const KIB = 1_024

test('a segment counts from its first byte to its delivery, without a gap while it is handed over', () => {
  const collector = SpoolSpace.create(2, 100 * KIB)
  const worker = new SpoolSpace(collector.shared, 100 * KIB)
  worker.setWritten(1, 60 * KIB)
  worker.setWritten(2, 39 * KIB)
  expect(collector.isFull).toBe(false)
  worker.setWritten(2, 40 * KIB)
  expect(collector.isFull).toBe(true)
  // The second worker's segment is sealed; however long its message takes, it is on the disk.
  expect(worker.isFull).toBe(true)
  collector.setWaiting(40 * KIB)
  expect(worker.isFull).toBe(true)
  collector.setHandedOver(2, 40 * KIB)
  expect(worker.isFull).toBe(true)
  collector.setWaiting(0)
  expect(worker.isFull).toBe(false)
  worker.setWritten(2, 80 * KIB)
  expect(collector.isFull).toBe(true)
})

test('a worker may have written more than its counter holds', () => {
  const space = SpoolSpace.create(1, 10 * KIB)
  const written = 3 * 2 ** 32 * KIB - 5 * KIB
  space.setWritten(1, written)
  space.setHandedOver(1, written)
  expect(space.isFull).toBe(false)
  space.setWritten(1, written + 9 * KIB)
  expect(space.isFull).toBe(false)
  space.setWritten(1, written + 10 * KIB)
  expect(space.isFull).toBe(true)
})
