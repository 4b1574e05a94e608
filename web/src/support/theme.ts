import { ref } from 'vue'

export type Theme = 'auto' | 'light' | 'dark'
const KEY = 'gigsta.theme'
const kept = (): Theme => {
  const value = localStorage.getItem(KEY)
  return value === 'light' || value === 'dark' ? value : 'auto'
}

/** What was chosen here; `auto` follows the device. */
export const theme = ref<Theme>('auto')

/** Choose an appearance, and keep it in this browser. */
export function setTheme(chosen: Theme): void {
  theme.value = chosen
  if (chosen === 'auto') {
    localStorage.removeItem(KEY)
    delete document.documentElement.dataset.theme
  } else {
    localStorage.setItem(KEY, chosen)
    document.documentElement.dataset.theme = chosen
  }
}

/** Take up what was chosen before. */
export const restoreTheme = (): void => setTheme(kept())
