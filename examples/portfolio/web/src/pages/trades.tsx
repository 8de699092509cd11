import { useState } from 'react'
import { change, type Shape } from '../api/client'
import { usePages } from '../api/queries'
import { useFormats } from '../format/formats'
import { Panel, Table, Toned } from '../ui/figures'
import { Icon } from '../ui/icon'
import { Empty, Loaded } from '../ui/states'
import { useDoing } from '../ui/telling'
import { TradeForm } from './tradeForm'

type Trade = Shape<'TransactionOut'>
type Kind = 'buy' | 'sell' | 'fee'
const KINDS: { id: Kind; name: string }[] = [
  { id: 'buy', name: 'Buys' },
  { id: 'sell', name: 'Sells' },
  { id: 'fee', name: 'Fees' },
]
interface Filter {
  fundId: string
  type: Kind | ''
  startDate: string
  endDate: string
  sort: '-date' | 'date'
}
const ALL: Filter = { fundId: '', type: '', startDate: '', endDate: '', sort: '-date' }

/** What was bought and sold in a portfolio, and what it cost in fees. */
export function Trades({ portfolioId, positions }: { portfolioId: string; positions: Shape<'PositionOut'>[] }) {
  const [filter, setFilter] = useState(ALL)
  const [edited, setEdited] = useState<Trade | 'new'>()
  const pages = usePages('/api/transactions', { query: queryOf(portfolioId, filter) })
  const isFiltered = JSON.stringify({ ...filter, sort: '' }) !== JSON.stringify({ ...ALL, sort: '' })
  return (
    <Panel
      title="Transactions"
      tools={
        <button type="button" className="button small primary" onClick={() => setEdited('new')}>
          <Icon name="plus" /> Add a transaction
        </button>
      }
    >
      <Filters filter={filter} set={setFilter} positions={positions} />
      <Loaded query={pages} lines={6}>
        {(data) => {
          const trades = data.pages.flatMap((page) => page.items)
          if (!trades.length) {
            return isFiltered ? (
              <Empty title="None like that">
                <button type="button" className="button small" onClick={() => setFilter(ALL)}>
                  Show all
                </button>
              </Empty>
            ) : (
              <Empty title="No transaction yet">
                <p>Enter what you bought, anywhere in time: what follows is worked out again.</p>
              </Empty>
            )
          }
          return (
            <>
              <Rows trades={trades} filter={filter} set={setFilter} edit={setEdited} />
              {pages.hasNextPage ? (
                <button type="button" className="button more" disabled={pages.isFetching} onClick={() => void pages.fetchNextPage()}>
                  {pages.isFetchingNextPage ? 'Loading…' : 'More'}
                </button>
              ) : null}
            </>
          )
        }}
      </Loaded>
      {edited ? (
        <TradeForm positions={positions} onClose={() => setEdited(undefined)} {...(edited === 'new' ? {} : { trade: edited })} />
      ) : null}
    </Panel>
  )
}

function queryOf(portfolioId: string, filter: Filter) {
  const { fundId, type, startDate, endDate, sort } = filter
  return {
    portfolioId,
    sort,
    limit: 20,
    ...(fundId ? { fundId: [fundId] } : {}),
    ...(type ? { type: [type] } : {}),
    ...(startDate ? { startDate } : {}),
    ...(endDate ? { endDate } : {}),
  }
}

function Filters(props: { filter: Filter; set: (filter: Filter) => void; positions: Shape<'PositionOut'>[] }) {
  const { filter, set } = props
  return (
    <div className="filters" role="group" aria-label="Which transactions">
      <select aria-label="Fund" value={filter.fundId} onChange={(event) => set({ ...filter, fundId: event.target.value })}>
        <option value="">All funds</option>
        {props.positions.map((one) => (
          <option key={one.fundId} value={one.fundId}>
            {one.fundName}
          </option>
        ))}
      </select>
      <select
        aria-label="Type"
        value={filter.type}
        onChange={(event) => set({ ...filter, type: KINDS.find((kind) => kind.id === event.target.value)?.id ?? '' })}
      >
        <option value="">All types</option>
        {KINDS.map((kind) => (
          <option key={kind.id} value={kind.id}>
            {kind.name}
          </option>
        ))}
      </select>
      <label className="inline">
        from{' '}
        <input type="date" value={filter.startDate} onChange={(event) => set({ ...filter, startDate: event.target.value })} />
      </label>
      <label className="inline">
        to <input type="date" value={filter.endDate} onChange={(event) => set({ ...filter, endDate: event.target.value })} />
      </label>
    </div>
  )
}

function Rows(props: {
  trades: Trade[]
  filter: Filter
  set: (filter: Filter) => void
  edit: (trade: Trade) => void
}) {
  const { filter } = props
  const isDown = filter.sort === '-date'
  return (
    <Table
      label="Transactions"
      head={
        <>
          <th scope="col" className="p2" aria-sort={isDown ? 'descending' : 'ascending'}>
            <button type="button" className="sort" onClick={() => props.set({ ...filter, sort: isDown ? 'date' : '-date' })}>
              Date <span aria-hidden="true">{isDown ? '↓' : '↑'}</span>
            </button>
          </th>
          <th scope="col">Fund</th>
          <th scope="col" className="p2">Type</th>
          <th scope="col" className="number p2">Shares</th>
          <th scope="col" className="number p2">Price</th>
          <th scope="col" className="number">Total</th>
          <th scope="col" className="number p3">Realised</th>
          <th scope="col">
            <span className="hidden">Actions</span>
          </th>
        </>
      }
    >
      {props.trades.map((trade) => (
        <Row key={trade.id} trade={trade} edit={() => props.edit(trade)} />
      ))}
    </Table>
  )
}

function Row({ trade, edit }: { trade: Trade; edit: () => void }) {
  const formats = useFormats()
  const doing = useDoing()
  const name = `${trade.type} of ${trade.fundName} on ${formats.day(trade.date)}`
  const path = { transactionId: trade.id }
  const remove = () =>
    doing(
      () => change('delete', '/api/transactions/{transactionId}', { path, version: trade.version }),
      `The ${name} is deleted.`,
      () => change('post', '/api/transactions', { body: bodyOf(trade), key: `undo ${trade.id} ${trade.version}` }),
    )
  return (
    <tr>
      <td className="day p2">{formats.day(trade.date)}</td>
      <th scope="row">
        {trade.fundName} <small>{trade.currency}</small>
        <small className="below p1">
          {formats.day(trade.date)}, {trade.type}
          {trade.shares === null ? '' : ` ${formats.shares(trade.shares)} at ${formats.price(trade.costPerShare)}`}
        </small>
      </th>
      <td className="p2">
        <span className="kind" data-kind={trade.type}>
          {trade.type}
        </span>
      </td>
      <td className="number p2">{formats.shares(trade.shares)}</td>
      <td className="number p2">{formats.price(trade.costPerShare)}</td>
      <td className="number">{formats.amount(trade.total, trade.currency)}</td>
      <td className="number p3">
        <Toned plain={trade.realizedGainLoss}>{formats.gain(trade.realizedGainLoss, trade.currency)}</Toned>
      </td>
      <td className="row-actions">
        <button type="button" className="icon-button" aria-label={`Edit the ${name}`} onClick={edit}>
          <Icon name="edit" />
        </button>
        <button type="button" className="icon-button" aria-label={`Delete the ${name}`} onClick={() => void remove()}>
          <Icon name="bin" />
        </button>
      </td>
    </tr>
  )
}

function bodyOf(trade: Trade): Shape<'TransactionIn'> {
  const { portfolioFundId, date, shares, costPerShare, amount } = trade
  return { portfolioFundId, date, type: trade.type as Kind, shares, costPerShare, amount }
}
