/** The search over all logs of a night. */
import { NightSearch } from './page/night-search.ts'

const form = document.getElementById('night-search')
const input = document.getElementById('q')
const panel = document.getElementById('hits')
const state = document.getElementById('search-state')
const stop = document.getElementById('stop')

if (
  form instanceof HTMLFormElement &&
  input instanceof HTMLInputElement &&
  panel !== null &&
  state !== null &&
  stop !== null
) {
  const search = new NightSearch({ form, input, panel, state, stop })
  form.addEventListener('submit', event => {
    event.preventDefault()
    void search.run()
  })
  const asked = new URLSearchParams(location.search).get('q')
  if (asked !== null && asked !== '') {
    input.value = asked
    void search.run()
  }
}
