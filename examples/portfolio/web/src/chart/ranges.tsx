/** How far back a chart goes. */
export const RANGES = ['1M', '3M', '6M', 'YTD', '1Y', '3Y', 'All'] as const
export type Range = (typeof RANGES)[number]

const MONTHS: Record<string, number> = { '1M': 1, '3M': 3, '6M': 6, '1Y': 12, '3Y': 36 }

/** The first day of a range that ends today: the same day of an earlier month, or its last. */
export function startOf(range: Range, today: string): string {
  if (range === 'All') return '1900-01-01'
  if (range === 'YTD') return `${today.slice(0, 4)}-01-01`
  const [year = 0, month = 1, day = 1] = today.split('-').map(Number)
  const months = year * 12 + (month - 1) - (MONTHS[range] ?? 12)
  const last = new Date(Date.UTC(Math.floor(months / 12), (months % 12) + 1, 0)).getUTCDate()
  const found = new Date(Date.UTC(Math.floor(months / 12), months % 12, Math.min(day, last)))
  return found.toISOString().slice(0, 10)
}

export function Ranges({ value, onChange }: { value: Range; onChange: (range: Range) => void }) {
  return (
    <div className="segments" role="group" aria-label="Range">
      {RANGES.map((range) => (
        <button key={range} type="button" aria-pressed={range === value} onClick={() => onChange(range)}>
          {range}
        </button>
      ))}
    </div>
  )
}
