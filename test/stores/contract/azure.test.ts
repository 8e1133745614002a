import { DRIVERS } from '../drivers.ts'
import { storeContract } from '../store.contract.ts'

storeContract(DRIVERS.azure)
