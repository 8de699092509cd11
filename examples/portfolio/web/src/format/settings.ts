import { createContext, useContext } from 'react'
import { DEFAULTS, type Settings } from './formats'

export const SettingsContext = createContext<Settings>(DEFAULTS)

export function useSettings(): Settings {
  return useContext(SettingsContext)
}
