/** Exit codes after which trying again cannot help, as long as nothing changes. */
const PERMANENT = new Set([64, 65, 66, 70, 77, 78, 126, 127])

export const isPermanent = (exitCode: number): boolean => PERMANENT.has(exitCode)
