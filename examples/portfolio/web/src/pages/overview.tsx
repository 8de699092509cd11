import { useMemo } from 'react'
import { Link } from 'react-router'
import type { Shape } from '../api/client'
import { useApi } from '../api/queries'
import { Chart } from '../chart/chart'
import { POINTS, type Line } from '../chart/plot'
import { startOf, type Range } from '../chart/ranges'
import { todayIn, useFormats } from '../format/formats'
import { useSettings } from '../format/settings'
import { Card, Panel, Table, Title, Toned } from '../ui/figures'
import { usePageTitle } from '../ui/page'
import { Empty, Loaded, Missing } from '../ui/states'
import { HistoryPanel, type Drawn } from './historyPanel'
import { metricLines, noteOf } from './metrics'

/** What all portfolios are worth together, and how that came about. */
export function Overview() {
  usePageTitle('Overview')
  const overview = useApi('/api/portfolio-summary', {})
  useTotals('1Y') // asked for beside the summary, not after it
  return (
    <>
      <Title about="All portfolios that are neither archived nor excluded.">Overview</Title>
      <Loaded query={overview} lines={8}>
        {(data) =>
          data.portfolios.length ? (
            <>
              <Missing pairs={data.missingRates}>
                What needs it is in no sum. <Link to="/settings/rates">Enter a rate</Link>.
              </Missing>
              <Totals overview={data} />
              <History />
              <Portfolios overview={data} />
            </>
          ) : (
            <Empty title="No portfolio yet">
              <p>Make one, put a fund into it, and enter what you bought. Everything here follows from that.</p>
              <Link className="button primary" to="/portfolios?new">
                Make a portfolio
              </Link>
            </Empty>
          )
        }
      </Loaded>
    </>
  )
}

function Totals({ overview }: { overview: Shape<'Overview'> }) {
  const { total, currency } = overview
  const formats = useFormats()
  return (
    <dl className="cards">
      <Card label="Value" under={`of a cost of ${formats.money(total.totalCost, currency)}`}>
        {formats.money(total.totalValue, currency)}
      </Card>
      <Card label="Gain" tone={total.totalGainLoss} under={`${formats.percent(total.performance)} of all that was paid in`}>
        {formats.gain(total.totalGainLoss, currency)} <small>{currency}</small>
      </Card>
      <Card label="Realised" tone={total.totalRealizedGainLoss} under={`unrealised ${formats.gain(total.totalUnrealizedGainLoss, currency)}`}>
        {formats.gain(total.totalRealizedGainLoss, currency)} <small>{currency}</small>
      </Card>
      <Card label="Total return" tone={total.totalReturn} under={`with ${formats.money(total.totalDividends, currency)} of dividends`}>
        {formats.percent(total.totalReturn)}
      </Card>
    </dl>
  )
}

/** The days of all portfolios together. */
function useTotals(range: Range, enabled = true) {
  const startDate = startOf(range, todayIn(useSettings().timeZone))
  return useApi('/api/portfolio-history', { query: { startDate, points: POINTS, totalOnly: true } }, enabled)
}

function History() {
  return (
    <HistoryPanel whole="All together" part="portfolio">
      {(range, drawn) => <Days range={range} drawn={drawn} />}
    </HistoryPanel>
  )
}

function Days({ range, drawn }: { range: Range; drawn: Drawn }) {
  const today = todayIn(useSettings().timeZone)
  const isTotal = drawn === 'total'
  const total = useTotals(range, isTotal)
  const each = useApi('/api/portfolio-history', { query: { startDate: startOf(range, today), points: POINTS } }, !isTotal)
  return (
    <Loaded query={isTotal ? total : each} lines={6}>
      {(data) => <HistoryChart key={drawn} history={data} drawn={drawn} />}
    </Loaded>
  )
}

function HistoryChart({ history, drawn }: { history: Shape<'History'>; drawn: Drawn }) {
  const lines = useMemo(() => {
    if (drawn === 'total') return history.total ? metricLines(history.total) : []
    return history.portfolios.map(
      (series, index): Line => ({
        id: series.id,
        name: series.name,
        currency: series.currency,
        values: series[drawn],
        colour: index,
      }),
    )
  }, [history, drawn])
  if (!lines.length || !history.dates.length) {
    return <Empty title="No day in this range has figures." />
  }
  const note = noteOf(history.dates, lines)
  const off = drawn === 'total' ? ['realized', 'unrealized', 'gain'] : []
  return <Chart label="History of the portfolios" dates={history.dates} lines={lines} off={off} note={note} />
}

function Portfolios({ overview }: { overview: Shape<'Overview'> }) {
  const formats = useFormats()
  const { total, currency } = overview
  const isMixed = overview.portfolios.some((portfolio) => portfolio.currency !== currency)
  return (
    <Panel title="Portfolios" tools={isMixed ? <span className="quiet">Each in its own currency</span> : null}>
      <Table
        label="Portfolios"
        head={
          <>
            <th scope="col">Portfolio</th>
            <th scope="col" className="number">Value</th>
            <th scope="col" className="number p2">Cost</th>
            <th scope="col" className="number p2">Unrealised</th>
            <th scope="col" className="number p2">Realised</th>
            <th scope="col" className="number p3">Dividends</th>
            <th scope="col" className="number">Performance</th>
          </>
        }
        foot={
          <tr>
            <th scope="row">
              All <small>{currency}</small>
            </th>
            <td className="number">{formats.amount(total.totalValue, currency)}</td>
            <td className="number p2">{formats.amount(total.totalCost, currency)}</td>
            <td className="number p2">{formats.gain(total.totalUnrealizedGainLoss, currency)}</td>
            <td className="number p2">{formats.gain(total.totalRealizedGainLoss, currency)}</td>
            <td className="number p3">{formats.amount(total.totalDividends, currency)}</td>
            <td className="number">{formats.percent(total.performance)}</td>
          </tr>
        }
      >
        {overview.portfolios.map((portfolio) => (
          <Row key={portfolio.id} portfolio={portfolio} />
        ))}
      </Table>
    </Panel>
  )
}

function Row({ portfolio }: { portfolio: Shape<'PortfolioWithTotals'> }) {
  const formats = useFormats()
  const { currency } = portfolio
  return (
    <tr>
      <th scope="row">
        <Link to={`/portfolios/${portfolio.id}`}>{portfolio.name}</Link> <small>{currency}</small>
        {portfolio.missing ? <small className="tag">{portfolio.missing} without a rate</small> : null}
      </th>
      <td className="number">{formats.amount(portfolio.totalValue, currency)}</td>
      <td className="number p2">{formats.amount(portfolio.totalCost, currency)}</td>
      <td className="number p2">
        <Toned plain={portfolio.totalUnrealizedGainLoss}>
          {formats.gain(portfolio.totalUnrealizedGainLoss, currency)}
        </Toned>
      </td>
      <td className="number p2">
        <Toned plain={portfolio.totalRealizedGainLoss}>{formats.gain(portfolio.totalRealizedGainLoss, currency)}</Toned>
      </td>
      <td className="number p3">{formats.amount(portfolio.totalDividends, currency)}</td>
      <td className="number">
        <Toned plain={portfolio.performance}>{formats.percent(portfolio.performance)}</Toned>
      </td>
    </tr>
  )
}
