import type { Shape } from '../api/client'
import type { Line } from '../chart/plot'

/** What of a portfolio can be drawn. */
export const METRICS = [
  { id: 'value', name: 'Value' },
  { id: 'cost', name: 'Cost' },
  { id: 'realized', name: 'Realised' },
  { id: 'unrealized', name: 'Unrealised' },
  { id: 'gain', name: 'Total gain' },
] as const
export type Metric = (typeof METRICS)[number]['id']

/** Of lines that have fewer points than days: which. */
export function noteOf(dates: string[], lines: Line[]): string | undefined {
  const [first, second] = dates
  const step = first && second ? Math.round((Date.parse(second) - Date.parse(first)) / 86_400_000) : 1
  const isMixed = new Set(lines.map((line) => line.currency)).size > 1
  const notes = [
    isMixed ? 'Each line is in its own currency.' : '',
    step > 1 ? `A point every ${step} days; a shorter range has every day.` : '',
  ]
  return notes.filter(Boolean).join(' ') || undefined
}

/** All of them of one portfolio, as lines. */
export function metricLines(series: Pick<Shape<'Series'>, Metric | 'currency'>): Line[] {
  return METRICS.map((metric, index) => ({
    id: metric.id,
    name: metric.name,
    currency: series.currency,
    values: series[metric.id],
    colour: index,
    ...(metric.id === 'cost' ? { dashed: true } : {}),
    filled: metric.id === 'value',
  }))
}
