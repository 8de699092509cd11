import { useState, type ReactNode } from 'react'

const FIRST = 50

/** The first of a long list, and more of them when that is wanted. */
export function Firsts<T>({ all, children }: { all: T[]; children: (shown: T[]) => ReactNode }) {
  const [count, setCount] = useState(FIRST)
  return (
    <>
      {children(all.slice(0, count))}
      {all.length > count ? (
        <button type="button" className="button more" onClick={() => setCount(count + 4 * FIRST)}>
          More
        </button>
      ) : null}
    </>
  )
}
