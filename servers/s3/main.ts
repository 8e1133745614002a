/** Runs the gate as a process of its own: PORT MOTO_PORT, and who may call, as JSON in FERRY_S3_GATE. */
import { createGate } from './gate.ts'
import type { Verifier } from './signature.ts'

const [port, motoPort] = process.argv.slice(2).map(Number)
const verifier = JSON.parse(process.env['FERRY_S3_GATE'] ?? '') as Verifier // servers/s3.ts made it
createGate(motoPort ?? 0, verifier).listen(port, '127.0.0.1')
