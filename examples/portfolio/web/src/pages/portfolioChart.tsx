import { useMemo } from 'react'
import type { Shape } from '../api/client'
import { useApi } from '../api/queries'
import { Chart } from '../chart/chart'
import { POINTS, type Line } from '../chart/plot'
import { startOf, type Range } from '../chart/ranges'
import { todayIn } from '../format/formats'
import { useSettings } from '../format/settings'
import { Empty, Loaded } from '../ui/states'
import { HistoryPanel } from './historyPanel'
import { metricLines, noteOf, type Metric } from './metrics'

type Whole = Shape<'PortfolioWithTotals'>

/** A portfolio's days: all of it, or fund by fund. */
export function PortfolioChart({ portfolio }: { portfolio: Whole }) {
  return (
    <HistoryPanel whole="The portfolio" part="fund">
      {(range, drawn) =>
        drawn === 'total' ? (
          <OfPortfolio portfolio={portfolio} range={range} />
        ) : (
          <ByFund portfolio={portfolio} range={range} metric={drawn} />
        )
      }
    </HistoryPanel>
  )
}

function OfPortfolio({ portfolio, range }: { portfolio: Whole; range: Range }) {
  const today = todayIn(useSettings().timeZone)
  const history = useApi('/api/portfolio-history', {
    query: { portfolioId: portfolio.id, startDate: startOf(range, today), points: POINTS },
  })
  return (
    <Loaded query={history} lines={6}>
      {(data) => <Lines history={data} id={portfolio.id} />}
    </Loaded>
  )
}

function Lines({ history, id }: { history: Shape<'History'>; id: string }) {
  const lines = useMemo(() => {
    const series = history.portfolios.find((one) => one.id === id)
    return series ? metricLines(series) : []
  }, [history, id])
  if (!lines.length) return <Empty title="No day in this range has figures." />
  const note = noteOf(history.dates, lines)
  return <Chart label="History" dates={history.dates} lines={lines} off={['realized', 'unrealized', 'gain']} note={note} />
}

function ByFund({ portfolio, range, metric }: { portfolio: Whole; range: Range; metric: Metric }) {
  const today = todayIn(useSettings().timeZone)
  const history = useApi('/api/portfolios/{portfolioId}/fund-history', {
    path: { portfolioId: portfolio.id },
    query: { startDate: startOf(range, today), points: POINTS },
  })
  return (
    <Loaded query={history} lines={6}>
      {(data) => <FundLines history={data} metric={metric} />}
    </Loaded>
  )
}

function FundLines({ history, metric }: { history: Shape<'FundHistory'>; metric: Metric }) {
  const lines = useMemo(
    () =>
      history.funds.map(
        (fund, index): Line => ({
          id: fund.portfolioFundId,
          name: fund.fundName,
          currency: fund.currency,
          values: fund[metric],
          colour: index,
        }),
      ),
    [history, metric],
  )
  if (!lines.length || !history.dates.length) return <Empty title="No day in this range has figures." />
  const note = noteOf(history.dates, lines)
  return <Chart label="History by fund" dates={history.dates} lines={lines} note={note} />
}
