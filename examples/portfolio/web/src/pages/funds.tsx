import { useState } from 'react'
import { Link, useSearchParams } from 'react-router'
import { change, Problem, type Shape } from '../api/client'
import { useApi } from '../api/queries'
import { useFormats } from '../format/formats'
import { useJobs } from '../jobs/started'
import { Panel, Table, Title } from '../ui/figures'
import { Icon } from '../ui/icon'
import { usePageTitle } from '../ui/page'
import { Empty, Loaded } from '../ui/states'
import { useTelling } from '../ui/telling'
import { FundForm } from './fundForm'

type Fund = Shape<'FundOut'>

/** All funds and stocks. */
export function Funds() {
  usePageTitle('Funds')
  const [asked, setAsked] = useSearchParams()
  const [sought, setSought] = useState('')
  const funds = useApi('/api/funds', {})
  const seen = (fund: Fund) =>
    [fund.name, fund.isin, fund.symbol ?? ''].some((text) => text.toLowerCase().includes(sought.trim().toLowerCase()))
  return (
    <>
      <Title
        actions={
          <>
            <UpdateAll />
            <button type="button" className="button primary" onClick={() => setAsked({ new: '' })}>
              <Icon name="plus" /> New fund or stock
            </button>
          </>
        }
      >
        Funds and stocks
      </Title>
      <Loaded query={funds} lines={8}>
        {(all) =>
          all.length ? (
            <>
              <div className="filters">
                <input
                  type="search"
                  aria-label="Find a fund by name, ISIN or symbol"
                  placeholder="Name, ISIN or symbol"
                  value={sought}
                  onChange={(event) => setSought(event.target.value)}
                />
              </div>
              <Listed title="Funds" funds={all.filter((fund) => fund.investmentType === 'fund' && seen(fund))} />
              <Listed title="Stocks" funds={all.filter((fund) => fund.investmentType === 'stock' && seen(fund))} />
              {all.some(seen) ? null : <Empty title="None like that" />}
            </>
          ) : (
            <Empty title="No fund yet">
              <p>Enter one by its name and ISIN. With its symbol, prices are fetched by themselves.</p>
            </Empty>
          )
        }
      </Loaded>
      {asked.has('new') ? <FundForm onClose={() => setAsked({}, { replace: true })} /> : null}
    </>
  )
}

function Listed({ title, funds }: { title: string; funds: Fund[] }) {
  const formats = useFormats()
  if (!funds.length) return null
  return (
    <Panel title={title}>
      <Table
        label={title}
        head={
          <>
            <th scope="col">Name</th>
            <th scope="col" className="p2">ISIN</th>
            <th scope="col" className="p2">Symbol</th>
            <th scope="col" className="p3">Dividends</th>
            <th scope="col" className="number">Price</th>
            <th scope="col" className="p2">Of</th>
          </>
        }
      >
        {funds.map((fund) => (
          <tr key={fund.id}>
            <th scope="row">
              <Link to={`/funds/${fund.id}`}>{fund.name}</Link>
              {fund.priceError ? (
                <small className="tag pending" title={fund.priceError}>
                  no new prices
                </small>
              ) : null}
            </th>
            <td className="p2 code">{fund.isin}</td>
            <td className="p2 code">{fund.symbol ?? '–'}</td>
            <td className="p3">{fund.dividendType}</td>
            <td className="number">
              {formats.price(fund.latestPrice)} <small>{fund.currency}</small>
            </td>
            <td className="p2 day">{formats.day(fund.latestPriceDate)}</td>
          </tr>
        ))}
      </Table>
    </Panel>
  )
}

/** Prices of every fund with a symbol, as a job that goes on by itself. */
function UpdateAll() {
  const { jobs, add, drop } = useJobs()
  const tell = useTelling()
  const isBusy = jobs.some((job) => job.kind === 'prices' && !job.isOver)
  const update = async () => {
    try {
      const job = await change('post', '/api/jobs/update-prices', { query: { type: 'today' } })
      for (const job of jobs) if (job.kind === 'prices') drop(job.id)
      add({ id: job.id, kind: 'prices', title: 'Closing prices of all funds' })
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      tell({ text: error.message, kind: 'failed' })
    }
  }
  return (
    <button type="button" className="button" disabled={isBusy} onClick={() => void update()}>
      <Icon name="refresh" /> {isBusy ? 'Asking…' : 'Update prices'}
    </button>
  )
}
