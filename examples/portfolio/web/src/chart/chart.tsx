import { useEffect, useRef, useState, type ReactNode } from 'react'
import 'uplot/dist/uPlot.min.css'
import type uPlot from 'uplot'
import { useFormats } from '../format/formats'
import { useLook } from '../format/theme'
import { Icon } from '../ui/icon'
import { draw, zoom, type Line } from './plot'

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
  const [hidden, setHidden] = useState<ReadonlySet<string>>(() => new Set(off))
  const [fromZero, setFromZero] = useState(startsAtZero)
  const [point, setPoint] = useState<number | null>(null)
  const [isZoomed, setZoomed] = useState(false)
  const shown = lines.filter((line) => !hidden.has(line.id))

  useEffect(() => {
    const element = place.current
    if (!element) return
    const visible = lines.filter((line) => !hidden.has(line.id))
    const made = draw(element, { dates, lines: visible, fromZero, formats, onPoint: setPoint, onZoom: setZoomed })
    plot.current = made
    const watch = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height: element.clientHeight }))
    watch.observe(element)
    return () => {
      watch.disconnect()
      made.destroy()
      plot.current = null
    }
  }, [dates, lines, hidden, fromZero, formats, look])

  const move = (factor: number, shift = 0) => plot.current && zoom(plot.current, factor, shift)
  const toggle = (id: string) =>
    setHidden((before) => {
      const next = new Set(before)
      if (!next.delete(id)) next.add(id)
      return next
    })
  const at = point ?? dates.length - 1
  const figure = (line: Line, index: number) => {
    const value = line.values[index] ?? null
    return isPrice ? formats.price(value) : formats.amount(value, line.currency)
  }
  return (
    <figure className="chart" aria-label={label}>
      <div className="legend" role="group" aria-label="Lines">
        <span className="chart-day">{formats.day(dates[at])}</span>
        {lines.map((line) => (
          <button
            key={line.id}
            type="button"
            className="legend-line"
            aria-pressed={!hidden.has(line.id)}
            onClick={() => toggle(line.id)}
          >
            <span className="swatch" style={{ borderColor: `var(--c${line.colour % 8})` }} data-dashed={line.dashed} />
            {line.name}
            <b>
              {figure(line, at)} <small>{line.currency}</small>
            </b>
          </button>
        ))}
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
      <details>
        <summary>The same as a table</summary>
        <div className="table-place short" role="region" aria-label={`${label}, as a table`} tabIndex={0}>
          <table>
            <thead>
              <tr>
                <th scope="col">Day</th>
                {shown.map((line) => (
                  <th scope="col" className="number" key={line.id}>
                    {line.name}, {line.currency}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rowsOf(dates).map((index) => (
                <tr key={index}>
                  <th scope="row">{formats.day(dates[index])}</th>
                  {shown.map((line) => (
                    <td className="number" key={line.id}>
                      {figure(line, index)}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </details>
    </figure>
  )
}

/** Each day of a month's worth, else the last day of each month; newest first. */
function rowsOf(dates: string[]): number[] {
  const all = dates.map((_, index) => index).reverse()
  if (dates.length <= 62) return all
  return all.filter((index) => dates[index]?.slice(0, 7) !== dates[index + 1]?.slice(0, 7))
}
