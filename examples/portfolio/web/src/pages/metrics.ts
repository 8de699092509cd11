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

/** All of them of one portfolio, as lines. */
export function metricLines(series: Pick<Shape<'Series'>, Metric | 'currency'>): Line[] {
  return METRICS.map((metric, index) => ({
    id: metric.id,
    name: metric.name,
    currency: series.currency,
    values: series[metric.id],
    colour: index,
    dashed: metric.id === 'cost',
    filled: metric.id === 'value',
  }))
}
