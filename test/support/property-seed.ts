import fc from 'fast-check'

/**
 * Property tests try the same cases at each run of `make test`, so that a red run is the change's
 * own doing; soaks try others each time. A failure prints its seed: `FERRY_PROPERTY_SEED` repeats it.
 */
const given = process.env['FERRY_PROPERTY_SEED']
const isSoak = process.env['FERRY_SOAK'] !== undefined
const usual = isSoak ? {} : { seed: 20_261_129 }
fc.configureGlobal(given === undefined ? usual : { seed: Number(given) })
