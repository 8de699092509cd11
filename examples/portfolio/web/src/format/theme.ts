import { useSyncExternalStore } from 'react'

export type Theme = 'system' | 'light' | 'dark'
const DARK = '(prefers-color-scheme: dark)'

/** Shows a theme, and remembers it for the first paint of the next visit. */
export function showTheme(theme: Theme): void {
  if (theme === 'system') delete document.documentElement.dataset['theme']
  else document.documentElement.dataset['theme'] = theme
  try {
    localStorage.setItem('portfolio.theme', theme)
  } catch {
    // Storage is refused: the next visit begins in the system's theme.
  }
}

/** Whether it is light or dark now, for what is drawn and not styled. */
export function useLook(): 'light' | 'dark' {
  return useSyncExternalStore(subscribe, () => {
    const chosen = document.documentElement.dataset['theme']
    if (chosen === 'light' || chosen === 'dark') return chosen
    return matchMedia(DARK).matches ? 'dark' : 'light'
  })
}

function subscribe(heard: () => void): () => void {
  const query = matchMedia(DARK)
  query.addEventListener('change', heard)
  const watch = new MutationObserver(heard)
  watch.observe(document.documentElement, { attributeFilter: ['data-theme'] })
  return () => {
    query.removeEventListener('change', heard)
    watch.disconnect()
  }
}
