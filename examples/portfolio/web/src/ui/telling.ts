import { createContext, useContext } from 'react'
import { Problem } from '../api/client'
import { changed } from '../api/queries'

/** Something to be told in passing. */
export interface Told {
  text: string
  kind?: 'done' | 'failed'
  undo?: () => Promise<unknown>
}

export const ToastsContext = createContext<(one: Told) => void>(() => undefined)

export function useTelling(): (one: Told) => void {
  return useContext(ToastsContext)
}

/** Does something at once, and tells what came of it. Its undo, if it has one, is what makes it again. */
export function useDoing(): (work: () => Promise<unknown>, told: string, undo?: () => Promise<unknown>) => Promise<boolean> {
  const tell = useTelling()
  return async (work, told, undo) => {
    try {
      await work()
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      tell({ text: error.message, kind: 'failed' })
      await changed()
      return false
    }
    await changed()
    const back = async () => {
      await undo?.()
      await changed()
    }
    tell(undo ? { text: told, undo: back } : { text: told })
    return true
  }
}
