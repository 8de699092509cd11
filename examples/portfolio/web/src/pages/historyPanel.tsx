import { useState, type ReactNode } from 'react'
import { Ranges, type Range } from '../chart/ranges'
import { Panel } from '../ui/figures'
import { METRICS, type Metric } from './metrics'

/** What a chart of days draws: all figures of the whole, or one figure of each part. */
export type Drawn = 'total' | Metric

/** A panel for a chart of days, with what is chosen about it. */
export function HistoryPanel(props: {
  whole: string
  part: string
  children: (range: Range, drawn: Drawn) => ReactNode
}) {
  const [range, setRange] = useState<Range>('1Y')
  const [drawn, setDrawn] = useState<Drawn>('total')
  return (
    <Panel
      title="History"
      tools={
        <>
          <label className="inline">
            <span className="hidden">What is drawn</span>
            <select value={drawn} onChange={(event) => setDrawn(event.target.value as Drawn)}>
              <option value="total">{props.whole}</option>
              {METRICS.map((metric) => (
                <option key={metric.id} value={metric.id}>
                  {metric.name} by {props.part}
                </option>
              ))}
            </select>
          </label>
          <Ranges value={range} onChange={setRange} />
        </>
      }
    >
      {props.children(range, drawn)}
    </Panel>
  )
}
