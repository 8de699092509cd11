import uPlot from 'uplot'
import type { Formats } from '../format/formats'

/** A line of a chart: a figure for each day, null where there is none. */
export interface Line {
  id: string
  name: string
  currency: string
  values: (string | null)[]
  /** Which of the colours, 0 to 7. */
  colour: number
  dashed?: boolean
  filled?: boolean
}

export interface Drawn {
  dates: string[]
  lines: Line[]
  fromZero: boolean
  formats: Formats
  onPoint: (index: number | null) => void
  onZoom: (isZoomed: boolean) => void
}

/** Colours come again after eight lines, dashed the second time: no line is told by its colour alone. */
export const isDashed = (line: Line) => line.dashed ?? Math.floor(line.colour / 8) % 2 === 1

/** More days than a screen has room for are not asked for; three years have all of theirs. */
export const POINTS = 1100

const DAY = 86_400

export const secondsOf = (day: string) => Date.parse(`${day}T00:00:00Z`) / 1000

/** Figures for the screen: pixels need no decimals, so floats are right here, and only here. */
const pixels = (values: (string | null)[]) => values.map((value) => (value === null ? null : Number(value)))

/** Where the axis of figures runs: with nought, or close to the figures; a little room at either end. */
export function spanOf(least: number | null, most: number | null, fromZero: boolean): [number, number] {
  let low = least ?? 0
  let high = most ?? 1
  if (fromZero) {
    low = Math.min(low, 0)
    high = Math.max(high, 0)
  }
  if (low === high) {
    const room = Math.abs(low) * 0.05 || 1
    return [low - room, high + room]
  }
  const room = (high - low) * 0.06
  return [low === 0 ? 0 : low - room, high === 0 ? 0 : high + room]
}

/** Draws into an element, and hands back the drawing. */
export function draw(place: HTMLElement, drawn: Drawn): uPlot {
  const style = getComputedStyle(place)
  const colour = (name: string) => style.getPropertyValue(name).trim()
  const faint = colour('--line')
  const axis: uPlot.Axis = {
    stroke: colour('--quiet'),
    font: `12px ${style.fontFamily}`,
    grid: { stroke: faint, width: 1 },
    ticks: { show: false },
  }
  const options: uPlot.Options = {
    width: place.clientWidth,
    height: place.clientHeight,
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), 'Etc/UTC'),
    legend: { show: false },
    padding: [8, 8, 0, 0],
    scales: { x: { time: true }, y: { range: (_, low, high) => spanOf(low, high, drawn.fromZero) } },
    axes: [
      { ...axis, space: 70, size: 28, grid: { show: false }, values: (_, splits, __, ___, step) => labelsOf(splits, step, drawn.formats.months) },
      { ...axis, size: sizeOf, gap: 6, values: (_, splits) => splits.map(drawn.formats.short) },
    ],
    cursor: {
      drag: { x: true, y: false, dist: 8 },
      points: { size: 7 },
      y: false,
    },
    series: [
      {},
      ...drawn.lines.map((line): uPlot.Series => {
        const stroke = colour(`--c${line.colour % 8}`)
        return {
          label: line.name,
          stroke,
          width: 1.75,
          spanGaps: false,
          points: { show: line.values.filter((value) => value !== null).length === 1 },
          ...(isDashed(line) ? { dash: [6, 4] } : {}),
          ...(line.filled ? { fill: `color-mix(in srgb, ${stroke} 10%, transparent)` } : {}),
        }
      }),
    ],
    hooks: {
      setCursor: [(plot) => drawn.onPoint(plot.cursor.idx ?? null)],
      setScale: [
        (plot, scale) => {
          if (scale !== 'x') return
          const { min, max } = plot.scales['x'] ?? {}
          const days = plot.data[0]
          drawn.onZoom((min ?? 0) > (days[0] ?? 0) || (max ?? 0) < (days[days.length - 1] ?? 0))
        },
      ],
    },
  }
  const data = [drawn.dates.map(secondsOf), ...drawn.lines.map((line) => pixels(line.values))]
  return new uPlot(options, data as uPlot.AlignedData, place)
}

/** Zooms by a factor around the middle, or moves by a share of what is seen; never beyond the days there are. */
export function zoom(plot: uPlot, factor: number, shift = 0): void {
  const days = plot.data[0]
  const whole = { min: days[0] ?? 0, max: days[days.length - 1] ?? 0 }
  plot.setScale('x', windowOf(windowSeen(plot), whole, factor, shift))
}

/** From when to when is seen, in seconds: everything, until it is drawn for the first time, as its ends are null. */
export function windowSeen(plot: Pick<uPlot, 'data' | 'scales'>): Window {
  const days = plot.data[0]
  const { min, max } = plot.scales['x'] ?? {}
  return { min: min ?? days[0] ?? 0, max: max ?? days[days.length - 1] ?? 0 }
}

export interface Window {
  min: number
  max: number
}

export function windowOf(seen: Window, whole: Window, factor: number, shift: number): Window {
  const width = Math.min(Math.max((seen.max - seen.min) * factor, 5 * DAY), whole.max - whole.min)
  const middle = (seen.min + seen.max) / 2 + shift * (seen.max - seen.min)
  const min = Math.min(Math.max(middle - width / 2, whole.min), whole.max - width)
  return { min, max: min + width }
}

function labelsOf(splits: number[], step: number, locale: string): string[] {
  const write = (options: Intl.DateTimeFormatOptions) => {
    const format = new Intl.DateTimeFormat(locale, { ...options, timeZone: 'UTC' })
    return splits.map((split) => format.format(new Date(split * 1000)))
  }
  if (step >= 360 * DAY) return write({ year: 'numeric' })
  return write(step >= 27 * DAY ? { month: 'short', year: '2-digit' } : { day: 'numeric', month: 'short' })
}

/** As wide as the widest figure beside it. */
function sizeOf(_: uPlot, values: string[] | null): number {
  const longest = Math.max(0, ...(values ?? []).map((value) => value.length))
  return 18 + longest * 7
}
