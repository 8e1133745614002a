/** What is taken from packages of others to speak to any server over HTTP; bundled apart. */
// The whole of undici takes twice as long to load as its client.
export { default as Agent } from 'undici/lib/dispatcher/agent.js'
