import { QUEUES } from './drivers.ts'
import { queueContract } from './queue.contract.ts'

for (const row of QUEUES.filter(({ name }) => name === 'azure-queue')) queueContract(row)
