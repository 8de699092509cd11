import { createContext, useContext } from 'react'
import { Problem, type Undo } from '../api/client'
import { changed } from '../api/queries'

/** Something to be told in passing. */
export interface Told {
  text: string
  kind?: 'done' | 'failed'
  undo?: Undo
}

export const ToastsContext = createContext<(one: Told) => void>(() => undefined)

export function useTelling(): (one: Told) => void {
  return useContext(ToastsContext)
}

/** Does something at once, and tells what came of it, with a way back where there is one. */
export function useDoing(): (work: () => Promise<unknown>, told: string, undo?: Undo) => Promise<boolean> {
  const doing = useDeleting()
  const done = async (work: () => Promise<unknown>, undo?: Undo) => {
    await work()
    return undo
  }
  return (work, told, undo) => doing(() => done(work, undo), told)
}

/** The same of what says itself how it is undone. */
export function useDeleting(): (work: () => Promise<Undo | undefined>, told: string) => Promise<boolean> {
  const tell = useTelling()
  return async (work, told) => {
    let undo: Undo | undefined
    try {
      undo = await work()
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
