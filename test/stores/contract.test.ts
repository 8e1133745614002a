import { DRIVERS } from './drivers.ts'
import { storeContract } from './store.contract.ts'

for (const row of DRIVERS) storeContract(row)
