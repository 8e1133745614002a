/** What every page does: theme, keys, and its live parts. */
import { keepLive } from './page/live.ts'
import { installKeys } from './page/keys.ts'
import { installTheme } from './page/theme.ts'

installTheme()
installKeys()
keepLive()
