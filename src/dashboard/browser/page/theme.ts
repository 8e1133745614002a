/** Light or dark as the system says, until the reader says otherwise; the server reads the cookie. */
export function installTheme(): void {
  document.getElementById('theme')?.addEventListener('click', switchTheme)
}

export function switchTheme(): void {
  const root = document.documentElement
  const { theme } = root.dataset
  const systemIsDark = matchMedia('(prefers-color-scheme: dark)').matches
  const isDark = theme === 'dark' || (theme !== 'light' && systemIsDark)
  const next = isDark ? 'light' : 'dark'
  root.dataset['theme'] = next
  document.cookie = `ferry_theme=${next}; path=/; max-age=31536000; samesite=lax`
  document.dispatchEvent(new Event('ferry:theme'))
}
