/** For those whose keys are not in the environment. */
export { defaultProvider } from '@aws-sdk/credential-provider-node'
