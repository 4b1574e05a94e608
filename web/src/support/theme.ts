import { ref } from 'vue'
import { keepTheme, keptTheme, showTheme, type Theme } from '../early/theme'

export type { Theme }

/** What was chosen here. */
export const theme = ref<Theme>(keptTheme())

/** Choose an appearance, and keep it in this browser. */
export function setTheme(chosen: Theme): void {
  theme.value = chosen
  keepTheme(chosen)
  showTheme(chosen)
}
