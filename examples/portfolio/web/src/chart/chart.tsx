import { memo, useCallback, useEffect, useMemo, useRef, useState, type ReactNode } from 'react'
import 'uplot/dist/uPlot.min.css'
import type uPlot from 'uplot'
import { useFormats, type Formats } from '../format/formats'
import { useLook } from '../format/theme'
import { Icon } from '../ui/icon'
import { draw, isDashed, windowSeen, zoom, type Line, type Window } from './plot'

interface Props {
  label: string
  dates: string[]
  lines: Line[]
  /** Which lines are off, by id; the chart keeps it. */
  off?: string[]
  fromZero?: boolean
  /** Prices have more decimals than amounts. */
  isPrice?: boolean
  note?: ReactNode
}

/** Lines over days: each can be turned off; zoomed by dragging or by buttons; and the same as a table. */
export function Chart({ label, dates, lines, off = [], fromZero: startsAtZero = true, isPrice = false, note }: Props) {
  const formats = useFormats()
  const look = useLook()
  const place = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot>(null)
  // What was zoomed to, which another look of the same days keeps.
  const seen = useRef<{ dates: string[]; window: Window }>(null)
  const [hidden, setHidden] = useState<ReadonlySet<string>>(() => new Set(off))
  const [fromZero, setFromZero] = useState(startsAtZero)
  const [point, setPoint] = useState<number | null>(null)
  const [isZoomed, setZoomed] = useState(false)
  const shown = useMemo(() => lines.filter((line) => !hidden.has(line.id)), [lines, hidden])

  useEffect(() => {
    const element = place.current
    if (!element) return
    const made = draw(element, { dates, lines: shown, fromZero, formats, onPoint: setPoint, onZoom: setZoomed })
    plot.current = made
    if (seen.current?.dates === dates) made.setScale('x', seen.current.window)
    const watch = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height: element.clientHeight }))
    watch.observe(element)
    return () => {
      watch.disconnect()
      seen.current = { dates, window: windowSeen(made) }
      made.destroy()
      plot.current = null
    }
  }, [dates, shown, fromZero, formats, look])

  const move = (factor: number, shift = 0) => plot.current && zoom(plot.current, factor, shift)
  const toggle = useCallback(
    (id: string) =>
      setHidden((before) => {
        const next = new Set(before)
        if (!next.delete(id)) next.add(id)
        return next
      }),
    [],
  )
  const at = point ?? dates.length - 1
  return (
    <figure className="chart" aria-label={label}>
      <div className="legend" role="group" aria-label="Lines">
        <span className="chart-day">{formats.day(dates[at])}</span>
        {lines.map((line) => (
          <Entry
            key={line.id}
            line={line}
            isOn={!hidden.has(line.id)}
            figure={figureOf(line, at, formats, isPrice)}
            toggle={toggle}
          />
        ))}
        {lines.length > 3 ? (
          <button
            type="button"
            className="link small"
            onClick={() => setHidden(new Set(shown.length ? lines.map((line) => line.id) : []))}
          >
            {shown.length ? 'All off' : 'All on'}
          </button>
        ) : null}
      </div>
      <div className="plot" ref={place} aria-hidden="true" />
      {shown.length ? null : <p className="chart-empty">All lines are off.</p>}
      <div className="chart-tools">
        <div className="segments" role="group" aria-label="Zoom">
          <button type="button" aria-label="Earlier" onClick={() => move(1, -0.5)}>‹</button>
          <button type="button" aria-label="Zoom in" onClick={() => move(0.5)}>+</button>
          <button type="button" aria-label="Zoom out" onClick={() => move(2)}>−</button>
          <button type="button" aria-label="Later" onClick={() => move(1, 0.5)}>›</button>
        </div>
        <button type="button" className="button small" disabled={!isZoomed} onClick={() => move(1e6)}>
          <Icon name="zoom" /> Whole range
        </button>
        <label className="inline">
          <input type="checkbox" checked={fromZero} onChange={(event) => setFromZero(event.target.checked)} /> Axis from 0
        </label>
        <span className="quiet">{note}</span>
      </div>
      <AsTable label={label} dates={dates} lines={shown} isPrice={isPrice} />
    </figure>
  )
}

function figureOf(line: Line, index: number, formats: Formats, isPrice: boolean): string {
  const value = line.values[index] ?? null
  return isPrice ? formats.price(value) : formats.amount(value, line.currency)
}

/** A line's name, its figure of the day that is pointed at, and whether it is drawn. */
const Entry = memo(function Entry({ line, isOn, figure, toggle }: {
  line: Line
  isOn: boolean
  figure: string
  toggle: (id: string) => void
}) {
  return (
    <button type="button" className="legend-line" aria-pressed={isOn} onClick={() => toggle(line.id)}>
      <span className="swatch" style={{ borderColor: `var(--c${line.colour % 8})` }} data-dashed={isDashed(line)} />
      {line.name}
      <b>
        {figure} <small>{line.currency}</small>
      </b>
    </button>
  )
})

/** The same figures in rows, made when they are asked for: pointing at a day makes none of them again. */
const AsTable = memo(function AsTable({ label, dates, lines, isPrice }: {
  label: string
  dates: string[]
  lines: Line[]
  isPrice: boolean
}) {
  const formats = useFormats()
  const [isOpen, setOpen] = useState(false)
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>The same as a table</summary>
      {isOpen ? (
        <div className="table-place short" role="region" aria-label={`${label}, as a table`} tabIndex={0}>
          <table>
            <thead>
              <tr>
                <th scope="col">Day</th>
                {lines.map((line) => (
                  <th scope="col" className="number" key={line.id}>
                    {line.name}, {line.currency}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rowsOf(dates).map((index) => (
                <tr key={index}>
                  <th scope="row" className="day">
                    {formats.day(dates[index])}
                  </th>
                  {lines.map((line) => (
                    <td className="number" key={line.id}>
                      {figureOf(line, index, formats, isPrice)}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : null}
    </details>
  )
})

/** Each day of a month's worth, else the last day of each month; newest first. */
function rowsOf(dates: string[]): number[] {
  const all = dates.map((_, index) => index).reverse()
  if (dates.length <= 62) return all
  return all.filter((index) => dates[index]?.slice(0, 7) !== dates[index + 1]?.slice(0, 7))
}
