import { useMemo, useState, type ReactNode } from 'react'
import { JobsContext, remember, remembered, type Started } from './started'

/** Keeps what was begun in sight, on whichever page. */
export function Jobs({ children }: { children: ReactNode }) {
  const [jobs, setJobs] = useState(remembered)
  const under = useMemo(() => {
    const set = (next: (before: Started[]) => Started[]) =>
      setJobs((before) => {
        const after = next(before)
        remember(after)
        return after
      })
    return {
      jobs,
      add: (one: Started) => set((before) => [...before.filter((job) => job.id !== one.id), one]),
      over: (id: string) => set((before) => before.map((job) => (job.id === id ? { ...job, isOver: true } : job))),
      drop: (id: string) => set((before) => before.filter((job) => job.id !== id)),
    }
  }, [jobs])
  return <JobsContext value={under}>{children}</JobsContext>
}
