import type { Logger } from '../../src/core/logger.ts'

export const silent: Logger = { debug() {}, info() {}, warn() {} }
