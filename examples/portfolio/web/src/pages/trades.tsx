import { useState } from 'react'
import { remove, type Shape } from '../api/client'
import { usePages } from '../api/queries'
import { useFormats } from '../format/formats'
import { DayRange } from '../forms/day'
import { Choosing } from '../ui/choosing'
import { Panel, Table, Toned } from '../ui/figures'
import { Icon } from '../ui/icon'
import { NextPage } from '../ui/nextPage'
import { Empty, Loaded } from '../ui/states'
import { useDeleting } from '../ui/telling'
import { TradeForm } from './tradeForm'

type Trade = Shape<'TransactionOut'>
type Kind = 'buy' | 'sell' | 'fee'
const KINDS: { value: Kind; label: string }[] = [
  { value: 'buy', label: 'Buys' },
  { value: 'sell', label: 'Sells' },
  { value: 'fee', label: 'Fees' },
]
type By = 'date' | 'fund' | 'type' | 'shares' | 'costPerShare' | 'total' | 'realizedGainLoss'
type Order = By | `-${By}`
const ORDERS: { value: Order; label: string }[] = [
  { value: '-date', label: 'Newest first' },
  { value: 'date', label: 'Oldest first' },
  { value: 'fund', label: 'Fund, A to Z' },
  { value: '-fund', label: 'Fund, Z to A' },
  { value: 'type', label: 'Buys first' },
  { value: '-type', label: 'Sells first' },
  { value: '-shares', label: 'Most shares first' },
  { value: 'shares', label: 'Fewest shares first' },
  { value: '-costPerShare', label: 'Highest price first' },
  { value: 'costPerShare', label: 'Lowest price first' },
  { value: '-total', label: 'Largest total first' },
  { value: 'total', label: 'Smallest total first' },
  { value: '-realizedGainLoss', label: 'Largest gain first' },
  { value: 'realizedGainLoss', label: 'Largest loss first' },
]
/** `first` is the order that a column's head gives the first time. */
const COLUMNS: { by: By; label: string; first: Order; className?: string }[] = [
  { by: 'date', label: 'Date', first: '-date', className: 'p2' },
  { by: 'fund', label: 'Fund', first: 'fund' },
  { by: 'type', label: 'Type', first: 'type', className: 'p2' },
  { by: 'shares', label: 'Shares', first: '-shares', className: 'number p2' },
  { by: 'costPerShare', label: 'Price', first: '-costPerShare', className: 'number p2' },
  { by: 'total', label: 'Total', first: '-total', className: 'number' },
  { by: 'realizedGainLoss', label: 'Realised', first: '-realizedGainLoss', className: 'number p3' },
]
interface Filter {
  fundId: string[]
  type: Kind[]
  startDate: string
  endDate: string
  sort: Order
}
const ALL: Filter = { fundId: [], type: [], startDate: '', endDate: '', sort: '-date' }

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
              <NextPage pages={pages} />
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
    ...(fundId.length ? { fundId } : {}),
    ...(type.length ? { type } : {}),
    ...(startDate ? { startDate } : {}),
    ...(endDate ? { endDate } : {}),
  }
}

function Filters(props: { filter: Filter; set: (filter: Filter) => void; positions: Shape<'PositionOut'>[] }) {
  const { filter, set } = props
  return (
    <div className="filters" role="group" aria-label="Which transactions">
      <Choosing
        label="Funds"
        all="All funds"
        choices={props.positions.map((one) => ({ value: one.fundId, label: one.fundName }))}
        chosen={filter.fundId}
        set={(fundId) => set({ ...filter, fundId })}
      />
      <Choosing
        label="Types"
        all="All types"
        choices={KINDS}
        chosen={filter.type}
        set={(type) => set({ ...filter, type: KINDS.map((kind) => kind.value).filter((kind) => type.includes(kind)) })}
      />
      <DayRange
        since={filter.startDate}
        until={filter.endDate}
        set={({ since, until }) => set({ ...filter, startDate: since, endDate: until })}
      />
      <label className="inline">
        <span className="hidden">Order</span>
        <select value={filter.sort} onChange={(event) => set({ ...filter, sort: event.target.value as Order })}>
          {ORDERS.map((order) => (
            <option key={order.value} value={order.value}>
              {order.label}
            </option>
          ))}
        </select>
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
  const { filter, set } = props
  const sorting = { sort: filter.sort, set: (sort: Order) => set({ ...filter, sort }) }
  return (
    <Table
      label="Transactions"
      head={
        <>
          {COLUMNS.map(({ label, ...column }) => (
            <Sorted key={column.by} {...column} {...sorting}>
              {label}
            </Sorted>
          ))}
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

/** A column's head, which sorts by it, and then the other way round. */
function Sorted(props: {
  by: By
  first: Order
  sort: Order
  set: (sort: Order) => void
  className?: string
  children: string
}) {
  const { by, first, sort, set } = props
  const isDown = sort === `-${by}`
  const isThis = isDown || sort === by
  const next = !isThis ? first : isDown ? by : (`-${by}` as const)
  return (
    <th scope="col" className={props.className} {...(isThis ? { 'aria-sort': isDown ? 'descending' : 'ascending' } : {})}>
      <button type="button" className="sort" onClick={() => set(next)}>
        {props.children}
        {isThis ? <span aria-hidden="true"> {isDown ? '↓' : '↑'}</span> : null}
      </button>
    </th>
  )
}

function Row({ trade, edit }: { trade: Trade; edit: () => void }) {
  const formats = useFormats()
  const deleting = useDeleting()
  const name = `${trade.type} of ${trade.fundName} on ${formats.day(trade.date)}`
  const path = { transactionId: trade.id }
  const gone = () =>
    deleting(() => remove('/api/transactions/{transactionId}', { path, version: trade.version }), `The ${name} is deleted.`)
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
        <button type="button" className="icon-button" aria-label={`Delete the ${name}`} onClick={() => void gone()}>
          <Icon name="bin" />
        </button>
      </td>
    </tr>
  )
}
