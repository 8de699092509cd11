import { useState } from 'react'
import { remove, type Shape } from '../api/client'
import { useApi } from '../api/queries'
import { useFormats } from '../format/formats'
import { Panel, Table } from '../ui/figures'
import { Firsts } from '../ui/firsts'
import { Icon } from '../ui/icon'
import { Empty, Loaded } from '../ui/states'
import { useDeleting } from '../ui/telling'
import { DividendForm } from './dividendForm'

type Dividend = Shape<'DividendOut'>

/** What the funds of a portfolio paid, in cash and in shares. */
export function Dividends({ portfolioId, positions }: { portfolioId: string; positions: Shape<'PositionOut'>[] }) {
  const [edited, setEdited] = useState<Dividend | 'new'>()
  const dividends = useApi('/api/dividends', { query: { portfolioId } })
  const paying = positions.filter((one) => one.dividendType !== 'none')
  return (
    <Panel
      title="Dividends"
      tools={
        paying.length ? (
          <button type="button" className="button small" onClick={() => setEdited('new')}>
            <Icon name="plus" /> Add a dividend
          </button>
        ) : null
      }
    >
      <Loaded query={dividends}>
        {(all) =>
          all.length ? (
            <Firsts all={all}>{(shown) => <Rows dividends={shown} edit={setEdited} />}</Firsts>
          ) : (
            <Empty title="No dividend yet">
              {paying.length ? null : <p>No fund here is entered as paying dividends.</p>}
            </Empty>
          )
        }
      </Loaded>
      {edited ? (
        <DividendForm positions={paying} onClose={() => setEdited(undefined)} {...(edited === 'new' ? {} : { dividend: edited })} />
      ) : null}
    </Panel>
  )
}

function Rows({ dividends, edit }: { dividends: Dividend[]; edit: (dividend: Dividend) => void }) {
  return (
    <Table
      label="Dividends"
      head={
        <>
          <th scope="col" className="p2">Ex-dividend</th>
          <th scope="col">Fund</th>
          <th scope="col" className="p3">Record date</th>
          <th scope="col" className="number p2">Shares</th>
          <th scope="col" className="number p2">A share</th>
          <th scope="col" className="number">Total</th>
          <th scope="col" className="p2">Reinvested</th>
          <th scope="col">
            <span className="hidden">Actions</span>
          </th>
        </>
      }
    >
      {dividends.map((one) => (
        <Row key={one.id} dividend={one} edit={() => edit(one)} />
      ))}
    </Table>
  )
}

function Row({ dividend, edit }: { dividend: Dividend; edit: () => void }) {
  const formats = useFormats()
  const deleting = useDeleting()
  const { id, version } = dividend
  const name = `dividend of ${dividend.fundName} on ${formats.day(dividend.exDividendDate)}`
  const gone = () =>
    deleting(() => remove('/api/dividends/{dividendId}', { path: { dividendId: id }, version }), `The ${name} is deleted.`)
  return (
    <tr>
      <td className="day p2">{formats.day(dividend.exDividendDate)}</td>
      <th scope="row">
        {dividend.fundName} <small>{dividend.currency}</small>
        <small className="below p1">
          {formats.day(dividend.exDividendDate)}
          {dividend.reinvestmentStatus === 'PENDING' ? ', pending' : ''}
        </small>
      </th>
      <td className="p3 day">{formats.day(dividend.recordDate)}</td>
      <td className="number p2">{formats.shares(dividend.sharesOwned)}</td>
      <td className="number p2">{formats.price(dividend.dividendPerShare)}</td>
      <td className="number">{formats.amount(dividend.totalAmount, dividend.currency)}</td>
      <td className="p2">
        {dividend.dividendType === 'cash' ? (
          <span className="tag">cash</span>
        ) : dividend.reinvestmentStatus === 'PENDING' ? (
          <span className="tag pending">pending</span>
        ) : (
          `${formats.shares(dividend.reinvestmentShares)} at ${formats.price(dividend.reinvestmentPrice)}`
        )}
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
