import { useState } from 'react'
import { Link, useParams } from 'react-router'
import { change, Problem, type Shape } from '../api/client'
import { useApi } from '../api/queries'
import { useFormats } from '../format/formats'
import { Card, Title } from '../ui/figures'
import { Icon } from '../ui/icon'
import { usePageTitle } from '../ui/page'
import { Loaded, Missing } from '../ui/states'
import { useDoing } from '../ui/telling'
import { Dividends } from './dividends'
import { PortfolioChart } from './portfolioChart'
import { PortfolioForm } from './portfolioForm'
import { Positions } from './positions'
import { Trades } from './trades'

type Whole = Shape<'PortfolioWithTotals'>

/** One portfolio: its figures, its funds, what was bought and sold, and what it paid. */
export function Portfolio() {
  const { id = '' } = useParams()
  const portfolio = useApi('/api/portfolios/{portfolioId}', { path: { portfolioId: id } })
  const positions = useApi('/api/portfolio-funds', { query: { portfolioId: id } })
  usePageTitle(portfolio.data?.name ?? 'Portfolio')
  if (portfolio.error instanceof Problem && portfolio.error.status === 404) {
    return (
      <>
        <Title>There is no such portfolio</Title>
        <p>
          <Link to="/portfolios">All portfolios</Link>
        </p>
      </>
    )
  }
  return (
    <Loaded query={portfolio} lines={10}>
      {(data) => (
        <>
          <Head portfolio={data} />
          <Loaded query={positions}>
            {(held) => (
              <>
                <Missing pairs={[...new Set(held.flatMap((one) => one.missingRate ?? []))]}>
                  What needs it is in no sum here. <Link to="/settings/rates">Enter a rate</Link>.
                </Missing>
                <Figures portfolio={data} />
                {held.length ? <PortfolioChart portfolio={data} /> : null}
                <Positions portfolio={data} positions={held} />
                {held.length ? (
                  <>
                    <Trades portfolioId={id} positions={held} />
                    <Dividends portfolioId={id} positions={held} />
                  </>
                ) : null}
              </>
            )}
          </Loaded>
        </>
      )}
    </Loaded>
  )
}

function Head({ portfolio }: { portfolio: Whole }) {
  const [isEditing, setEditing] = useState(false)
  const doing = useDoing()
  const bringBack = () =>
    doing(
      () => change('post', '/api/portfolios/{portfolioId}/unarchive', { path: { portfolioId: portfolio.id } }),
      'It is back in the overview.',
    )
  return (
    <>
      <Title
        about={portfolio.description}
        actions={
          <button type="button" className="button" onClick={() => setEditing(true)}>
            <Icon name="edit" /> Edit
          </button>
        }
      >
        {portfolio.name}
      </Title>
      {portfolio.isArchived ? (
        <p className="notice">
          This portfolio is archived, and in no overview.{' '}
          <button type="button" className="link" onClick={() => void bringBack()}>
            Bring it back
          </button>
        </p>
      ) : null}
      {isEditing ? <PortfolioForm portfolio={portfolio} onClose={() => setEditing(false)} /> : null}
    </>
  )
}

function Figures({ portfolio }: { portfolio: Whole }) {
  const formats = useFormats()
  const returns = useApi('/api/portfolios/{portfolioId}/returns', { path: { portfolioId: portfolio.id } })
  const { currency } = portfolio
  const rates = returns.data
  const yearly = rates?.timeWeightedYearly
  return (
    <dl className="cards">
      <Card label="Value" under={`of a cost of ${formats.money(portfolio.totalCost, currency)}`}>
        {formats.money(portfolio.totalValue, currency)}
      </Card>
      <Card
        label="Gain"
        tone={portfolio.totalGainLoss}
        under={`${formats.percent(portfolio.performance)} of all that was paid in`}
      >
        {formats.gain(portfolio.totalGainLoss, currency)} <small>{currency}</small>
      </Card>
      <Card
        label="Unrealised"
        tone={portfolio.totalUnrealizedGainLoss}
        under={`realised ${formats.gain(portfolio.totalRealizedGainLoss, currency)}`}
      >
        {formats.gain(portfolio.totalUnrealizedGainLoss, currency)} <small>{currency}</small>
      </Card>
      <Card label="Dividends" under={`fees ${formats.money(portfolio.totalFees, currency)}`}>
        {formats.money(portfolio.totalDividends, currency)}
      </Card>
      <Card
        label="Time-weighted return"
        tone={rates?.timeWeighted}
        under={yearly ? `${formats.percent(yearly)} a year` : 'of the fund choice, without your timing'}
      >
        {formats.percent(rates?.timeWeighted)}
      </Card>
      <Card label="Money-weighted return" tone={rates?.moneyWeighted} under="a year, with your timing">
        {formats.percent(rates?.moneyWeighted)}
      </Card>
    </dl>
  )
}
