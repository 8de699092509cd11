import { useMemo, useState } from 'react'
import { Link, useNavigate, useParams } from 'react-router'
import { change, Problem, remove, type Shape } from '../api/client'
import { changed, useApi, usePrices } from '../api/queries'
import { Chart } from '../chart/chart'
import type { Line } from '../chart/plot'
import { Ranges, startOf, type Range } from '../chart/ranges'
import { todayIn, useFormats } from '../format/formats'
import { useSettings } from '../format/settings'
import { Confirm } from '../ui/dialog'
import { Card, Panel, Title } from '../ui/figures'
import { Icon } from '../ui/icon'
import { usePageTitle } from '../ui/page'
import { Empty, Loaded } from '../ui/states'
import { useDeleting, useTelling } from '../ui/telling'
import { FundForm } from './fundForm'
import { Prices } from './prices'
import { Splits } from './splits'

type FundOut = Shape<'FundOut'>

/** One fund or stock: what it is, its prices and its splits. */
export function Fund() {
  const { id = '' } = useParams()
  const fund = useApi('/api/funds/{fundId}', { path: { fundId: id } })
  usePageTitle(fund.data?.name ?? 'Fund')
  if (fund.error instanceof Problem && fund.error.status === 404) {
    return (
      <>
        <Title>There is no such fund</Title>
        <p>
          <Link to="/funds">All funds</Link>
        </p>
      </>
    )
  }
  return (
    <Loaded query={fund} lines={10}>
      {(data) => (
        <>
          <Head fund={data} />
          <Facts fund={data} />
          <PriceChart fund={data} />
          <Prices fund={data} />
          <Splits fund={data} />
        </>
      )}
    </Loaded>
  )
}

function Head({ fund }: { fund: FundOut }) {
  const [isEditing, setEditing] = useState(false)
  const [isBusy, setBusy] = useState(false)
  const tell = useTelling()
  const update = async (type: 'today' | 'historical') => {
    setBusy(true)
    try {
      const found = await change('post', '/api/funds/{fundId}/prices/update', { path: { fundId: fund.id }, query: { type } })
      tell({ text: found.newPrices ? `${found.newPrices} new prices.` : 'Its prices are up to date.' })
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      tell({ text: error.message, kind: 'failed' })
    } finally {
      setBusy(false)
      await changed()
    }
  }
  return (
    <>
      <Title
        about={`${fund.investmentType === 'stock' ? 'Stock' : 'Fund'} in ${fund.currency}`}
        actions={
          <>
            <button type="button" className="button" disabled={isBusy || !fund.symbol} onClick={() => void update('historical')}>
              <Icon name="refresh" /> {isBusy ? 'Asking…' : 'Update all prices'}
            </button>
            <button type="button" className="button" onClick={() => setEditing(true)}>
              <Icon name="edit" /> Edit
            </button>
            <Delete fund={fund} />
          </>
        }
      >
        {fund.name}
      </Title>
      {fund.priceError ? (
        <p className="notice">
          <Icon name="warning" /> <span>The last update brought no prices: {fund.priceError}</span>
        </p>
      ) : null}
      {isEditing ? <FundForm fund={fund} onClose={() => setEditing(false)} /> : null}
    </>
  )
}

/** Deletes a fund that no portfolio has; else says which ones do. */
function Delete({ fund }: { fund: FundOut }) {
  const [isAsking, setAsking] = useState(false)
  const usage = useApi('/api/funds/{fundId}/usage', { path: { fundId: fund.id } }, isAsking)
  const deleting = useDeleting()
  const navigate = useNavigate()
  const gone = async () => {
    const path = { fundId: fund.id }
    const isGone = await deleting(() => remove('/api/funds/{fundId}', { path, version: fund.version }), `${fund.name} is deleted.`)
    if (isGone) void navigate('/funds')
  }
  const inUse = usage.data?.inUse ? usage.data.portfolios : []
  return (
    <>
      <button type="button" className="button danger-quiet" onClick={() => setAsking(true)}>
        Delete…
      </button>
      {isAsking && usage.data ? (
        <Confirm
          title={`Delete ${fund.name}?`}
          action={inUse.length ? 'Try anyway' : 'Delete it'}
          onConfirm={() => void gone()}
          onClose={() => setAsking(false)}
        >
          {inUse.length ? (
            <p>
              It cannot be deleted while these have it:{' '}
              {inUse.map((one) => `${one.name} (${one.transactionCount} transactions)`).join(', ')}.
            </p>
          ) : (
            <p>Its prices and splits go with it. For a week it can be brought back.</p>
          )}
        </Confirm>
      ) : null}
    </>
  )
}

function Facts({ fund }: { fund: FundOut }) {
  const formats = useFormats()
  const dividends = { none: 'none', cash: 'in cash', stock: 'in shares' }[fund.dividendType] ?? fund.dividendType
  return (
    <dl className="cards">
      <Card label="Latest price" under={formats.day(fund.latestPriceDate)}>
        {formats.price(fund.latestPrice)} <small>{fund.currency}</small>
      </Card>
      <Card label="ISIN">
        <span className="code">{fund.isin}</span>
      </Card>
      <Card label="Symbol" under={fund.exchange || 'no exchange'}>
        <span className="code">{fund.symbol ?? '–'}</span>
      </Card>
      <Card label="Dividends">{dividends}</Card>
    </dl>
  )
}

function PriceChart({ fund }: { fund: FundOut }) {
  const [range, setRange] = useState<Range>('1Y')
  const today = todayIn(useSettings().timeZone)
  const prices = usePrices(fund.id, startOf(range, today))
  return (
    <Panel title="Price" tools={<Ranges value={range} onChange={setRange} />}>
      <Loaded query={prices} lines={6}>
        {(data) => <Drawn fund={fund} prices={data} />}
      </Loaded>
    </Panel>
  )
}

function Drawn({ fund, prices }: { fund: FundOut; prices: Shape<'PriceOut'>[] }) {
  const { dates, lines } = useMemo(() => {
    const rising = [...prices].reverse()
    const line: Line = {
      id: 'price',
      name: 'Close',
      currency: fund.currency,
      values: rising.map((one) => one.price),
      colour: 0,
    }
    return { dates: rising.map((one) => one.date), lines: [line] }
  }, [fund, prices])
  if (!dates.length) return <Empty title="No price in this range" />
  return <Chart label={`Price of ${fund.name}`} dates={dates} lines={lines} fromZero={false} isPrice note="Closing prices, as they were quoted." />
}
