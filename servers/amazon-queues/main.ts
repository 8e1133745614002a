/** Runs the gate as a process of its own: PORT MOTO_PORT, and who may call, as JSON in FERRY_QUEUES_GATE. */
import type { Verifier } from '../s3/signature.ts'
import { createGate } from './gate.ts'

const [port, motoPort] = process.argv.slice(2).map(Number)
const verifier = JSON.parse(process.env['FERRY_QUEUES_GATE'] ?? '') as Verifier // servers/amazon-queues.ts made it
createGate(motoPort ?? 0, verifier).listen(port, '127.0.0.1')
