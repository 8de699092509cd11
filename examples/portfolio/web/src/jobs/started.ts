import { createContext, useContext } from 'react'

/** A job of the API's that these pages have begun, and what it is called here. */
export interface Started {
  id: string
  kind: 'prices' | 'transactions'
  title: string
  /** It is shown for what went wrong. */
  isOver?: boolean
}

interface Under {
  jobs: Started[]
  add: (one: Started) => void
  over: (id: string) => void
  drop: (id: string) => void
}

export const JobsContext = createContext<Under>({ jobs: [], add: () => undefined, over: () => undefined, drop: () => undefined })

/** What is under way, or failed and not yet dismissed. */
export function useJobs(): Under {
  return useContext(JobsContext)
}

const PLACE = 'portfolio.jobs'

/** The jobs of this tab, which a reload does not lose. */
export function remembered(): Started[] {
  try {
    return JSON.parse(sessionStorage.getItem(PLACE) ?? '[]') as Started[]
  } catch {
    return []
  }
}

export function remember(jobs: Started[]): void {
  try {
    sessionStorage.setItem(PLACE, JSON.stringify(jobs))
  } catch {
    // Storage is refused: a reload loses sight of them.
  }
}
