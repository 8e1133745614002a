/** What those take from packages of others who speak to any server over HTTP; bundled apart. */
export { default as Agent } from 'undici/lib/dispatcher/agent.js'
