import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { Problem } from '../api/client'
import { Icon } from './icon'

/** What a query has: its answer, or that it is under way, or why there is none. */
export function Loaded<T>({ query, lines = 4, children }: {
  query: Pick<UseQueryResult<T>, 'data' | 'error' | 'isPending' | 'refetch' | 'isPlaceholderData'>
  lines?: number
  children: (data: T) => ReactNode
}) {
  if (query.data !== undefined && !(query.error && query.isPlaceholderData)) {
    return (
      <>
        {query.error ? <Failed error={query.error} again={() => void query.refetch()} isStale /> : null}
        {children(query.data)}
      </>
    )
  }
  if (query.error) return <Failed error={query.error} again={() => void query.refetch()} />
  return <Loading lines={lines} />
}

export function Loading({ lines = 4 }: { lines?: number }) {
  return (
    <div className="loading" role="status">
      <span className="hidden">Loading…</span>
      {Array.from({ length: lines }, (_, line) => (
        <div key={line} className="loading-line" />
      ))}
    </div>
  )
}

export function Failed({ error, again, isStale = false }: { error: Error; again?: () => void; isStale?: boolean }) {
  const id = error instanceof Problem ? error.more['requestId'] : undefined
  return (
    <div className="failed" role="alert">
      <Icon name="warning" />
      <div>
        <p>{error instanceof Problem ? error.message : 'This page has a fault.'}</p>
        {isStale ? <p className="quiet">What is shown is from before.</p> : null}
        {typeof id === 'string' && id ? <p className="quiet">Request {id}, to be found in the log.</p> : null}
      </div>
      {again ? (
        <button type="button" className="button small" onClick={again}>
          Try again
        </button>
      ) : null}
    </div>
  )
}

export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className="empty">
      <p className="empty-title">{title}</p>
      {children}
    </div>
  )
}

/** Rates that are missing: said, never taken as 1. */
export function Missing({ pairs, children }: { pairs: string[]; children: ReactNode }) {
  if (!pairs.length) return null
  return (
    <div className="notice" role="note">
      <Icon name="warning" />
      <p>
        No exchange rate for <b>{pairs.join(', ')}</b>. {children}
      </p>
    </div>
  )
}
