export type Theme = 'auto' | 'light' | 'dark'
const KEY = 'gigsta.theme'

/** What was chosen in this browser; `auto` follows the device. */
export function keptTheme(): Theme {
  const value = localStorage.getItem(KEY)
  return value === 'light' || value === 'dark' ? value : 'auto'
}

/** Keep a choice in this browser. */
export function keepTheme(chosen: Theme): void {
  if (chosen === 'auto') localStorage.removeItem(KEY)
  else localStorage.setItem(KEY, chosen)
}

/** Show the document in it. */
export function showTheme(chosen: Theme): void {
  if (chosen === 'auto') delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = chosen
}
