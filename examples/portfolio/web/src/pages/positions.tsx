import { useState } from 'react'
import { Link } from 'react-router'
import { change, Problem, remove, type Shape } from '../api/client'
import { useApi } from '../api/queries'
import { useFormats } from '../format/formats'
import { Editing } from '../forms/editing'
import { SelectField } from '../forms/fields'
import { needed } from '../forms/rules'
import { Confirm } from '../ui/dialog'
import { Panel, Table, Toned } from '../ui/figures'
import { Icon } from '../ui/icon'
import { Empty } from '../ui/states'
import { useDeleting, useTelling } from '../ui/telling'
import { DividendForm } from './dividendForm'
import { TradeForm } from './tradeForm'

type Position = Shape<'PositionOut'>

/** The funds of a portfolio. */
export function Positions({ portfolio, positions }: { portfolio: Shape<'PortfolioOut'>; positions: Position[] }) {
  const [isAdding, setAdding] = useState(false)
  const [traded, setTraded] = useState<Position>()
  const [paid, setPaid] = useState<Position>()
  const formats = useFormats()
  return (
    <Panel
      title="Funds"
      tools={
        <button type="button" className="button small" onClick={() => setAdding(true)}>
          <Icon name="plus" /> Add a fund
        </button>
      }
    >
      {positions.length ? (
        <Table
          label="Funds of this portfolio"
          head={
            <>
              <th scope="col">Fund</th>
              <th scope="col" className="number p2">Price</th>
              <th scope="col" className="number p2">Shares</th>
              <th scope="col" className="number p3">Average cost</th>
              <th scope="col" className="number p3">Cost</th>
              <th scope="col" className="number">Value</th>
              <th scope="col" className="number">Gain</th>
              <th scope="col" className="number p3">Dividends</th>
              <th scope="col">
                <span className="hidden">Actions</span>
              </th>
            </>
          }
        >
          {positions.map((one) => (
            <tr key={one.id}>
              <th scope="row">
                <Link to={`/funds/${one.fundId}`}>{one.fundName}</Link> <small>{one.currency}</small>
                {one.missingRate ? <small className="tag">no rate</small> : null}
              </th>
              <td className="number p2">{formats.price(one.latestPrice)}</td>
              <td className="number p2">{formats.shares(one.totalShares)}</td>
              <td className="number p3">{formats.price(one.averageCost)}</td>
              <td className="number p3">{formats.amount(one.totalCost, one.currency)}</td>
              <td className="number">{formats.amount(one.currentValue, one.currency)}</td>
              <td className="number">
                <Toned plain={one.totalGainLoss}>{formats.gain(one.totalGainLoss, one.currency)}</Toned>
                <small className="below">{formats.percent(one.performance)}</small>
              </td>
              <td className="number p3">{formats.amount(one.totalDividends, one.currency)}</td>
              <td className="row-actions">
                <button
                  type="button"
                  className="icon-button"
                  aria-label={`Add a transaction of ${one.fundName}`}
                  title="Add a transaction"
                  onClick={() => setTraded(one)}
                >
                  <Icon name="plus" />
                </button>
                {one.dividendType === 'none' ? null : (
                  <button
                    type="button"
                    className="icon-button p2-inline"
                    aria-label={`Add a dividend of ${one.fundName}`}
                    title="Add a dividend"
                    onClick={() => setPaid(one)}
                  >
                    <Icon name="coin" />
                  </button>
                )}
                <Remove position={one} />
              </td>
            </tr>
          ))}
        </Table>
      ) : (
        <Empty title="No fund in it yet">
          <p>Add a fund; then enter what you bought of it.</p>
        </Empty>
      )}
      {traded ? <TradeForm positions={positions} of={traded.id} onClose={() => setTraded(undefined)} /> : null}
      {paid ? <DividendForm positions={[paid]} onClose={() => setPaid(undefined)} /> : null}
      {isAdding ? <AddFund portfolio={portfolio} positions={positions} onClose={() => setAdding(false)} /> : null}
    </Panel>
  )
}

function Remove({ position }: { position: Position }) {
  const [asked, setAsked] = useState<{ trades: number; dividends: number }>()
  const deleting = useDeleting()
  const tell = useTelling()
  const gone = (confirm: boolean) =>
    remove('/api/portfolio-funds/{positionId}', { path: { positionId: position.id }, query: { confirm } })
  const tryIt = async () => {
    let undo
    try {
      undo = await gone(false)
    } catch (error) {
      if (error instanceof Problem && error.code === 'confirm') {
        setAsked({ trades: Number(error.more['transactionCount']), dividends: Number(error.more['dividendCount']) })
      } else if (error instanceof Problem) {
        tell({ text: error.message, kind: 'failed' })
      }
      return
    }
    await deleting(() => Promise.resolve(undo), `${position.fundName} is out of the portfolio.`)
  }
  return (
    <>
      <button type="button" className="icon-button" aria-label={`Remove ${position.fundName}`} onClick={() => void tryIt()}>
        <Icon name="bin" />
      </button>
      {asked ? (
        <Confirm
          title={`Remove ${position.fundName}?`}
          action="Remove it with all of that"
          onConfirm={() => void deleting(() => gone(true), `${position.fundName} is removed.`)}
          onClose={() => setAsked(undefined)}
        >
          <p>
            Its {asked.trades} transactions and {asked.dividends} dividends in this portfolio are deleted with it. For a
            week they can be brought back.
          </p>
        </Confirm>
      ) : null}
    </>
  )
}

function AddFund(props: { portfolio: Shape<'PortfolioOut'>; positions: Position[]; onClose: () => void }) {
  const funds = useApi('/api/funds', {})
  const there = new Set(props.positions.map((one) => one.fundId))
  const choices = (funds.data ?? []).filter((fund) => !there.has(fund.id))
  return (
    <Editing
      title={`Add a fund to ${props.portfolio.name}`}
      start={{ fundId: '' }}
      rules={() => ({ fundId: needed })}
      labels={{ fundId: 'Fund' }}
      send={async (values, { key }) => {
        const body = { portfolioId: props.portfolio.id, fundId: values['fundId'] ?? '' }
        await change('post', '/api/portfolio-funds', { body, key })
      }}
      done="The fund is in the portfolio."
      onClose={props.onClose}
    >
      {(form) => (
        <SelectField
          form={form}
          name="fundId"
          label="Fund or stock"
          choices={[
            { value: '', label: funds.isPending ? 'Loading…' : 'Choose' },
            ...choices.map((fund) => ({ value: fund.id, label: `${fund.name} (${fund.isin})` })),
          ]}
          hint={
            <>
              Not in the list? <Link to="/funds?new">Enter a new fund or stock</Link>.
            </>
          }
        />
      )}
    </Editing>
  )
}
