import type { ReactNode } from 'react'
import { isNegative, isZero } from '../format/decimal'

/** Whether a figure is a gain or a loss: it has its sign too, so its colour is never all that says so. */
export function toneOf(plain: string | null | undefined): 'up' | 'down' | undefined {
  if (plain == null || isZero(plain)) return undefined
  return isNegative(plain) ? 'down' : 'up'
}

export function Toned({ plain, children }: { plain: string | null | undefined; children: ReactNode }) {
  return <span className={toneOf(plain)}>{children}</span>
}

export function Card({ label, children, under, tone }: {
  label: string
  children: ReactNode
  under?: ReactNode
  tone?: string | null | undefined
}) {
  return (
    <div className="card">
      <dt>{label}</dt>
      <dd className={toneOf(tone)}>{children}</dd>
      {under ? <dd className="under">{under}</dd> : null}
    </div>
  )
}

/** A table that scrolls by itself where it is wider than the window, with the keyboard too. */
export function Table({ label, head, children, foot }: {
  label: string
  head: ReactNode
  children: ReactNode
  foot?: ReactNode
}) {
  return (
    <div className="table-place" role="region" aria-label={label} tabIndex={0}>
      <table>
        <caption className="hidden">{label}</caption>
        <thead>
          <tr>{head}</tr>
        </thead>
        <tbody>{children}</tbody>
        {foot ? <tfoot>{foot}</tfoot> : null}
      </table>
    </div>
  )
}

export function Title({ children, about, actions }: { children: string; about?: ReactNode; actions?: ReactNode }) {
  return (
    <header className="title">
      <div>
        <h1>{children}</h1>
        {about ? <p className="quiet">{about}</p> : null}
      </div>
      {actions ? <div className="actions">{actions}</div> : null}
    </header>
  )
}

export function Panel({ title, tools, children }: { title: string; tools?: ReactNode; children: ReactNode }) {
  return (
    <section className="panel">
      <header>
        <h2>{title}</h2>
        {tools ? <div className="tools">{tools}</div> : null}
      </header>
      {children}
    </section>
  )
}
