/** Loaded where neither a key nor a signature is at hand: Entra ID, as Azure's own tools find it. */
export { DefaultAzureCredential } from '@azure/identity'
