import { useState } from 'react'
import { change, remove, type Shape } from '../api/client'
import { usePages } from '../api/queries'
import { typedDecimal } from '../format/decimal'
import { todayIn, useFormats } from '../format/formats'
import { useSettings } from '../format/settings'
import { Editing } from '../forms/editing'
import { DayField, DayRange } from '../forms/day'
import { NumberField } from '../forms/fields'
import * as rules from '../forms/rules'
import { Panel, Table } from '../ui/figures'
import { Icon } from '../ui/icon'
import { NextPage } from '../ui/nextPage'
import { Empty, Loaded } from '../ui/states'
import { useDeleting } from '../ui/telling'

type Price = Shape<'PriceOut'>

/** A fund's closing prices: looked up, entered, corrected. */
export function Prices({ fund }: { fund: Shape<'FundOut'> }) {
  const [{ since, until }, setRange] = useState({ since: '', until: '' })
  const [edited, setEdited] = useState<Price | 'new'>()
  const pages = usePages('/api/funds/{fundId}/prices', {
    path: { fundId: fund.id },
    query: { limit: 20, ...(since ? { startDate: since } : {}), ...(until ? { endDate: until } : {}) },
  })
  return (
    <Panel
      title="Closing prices"
      tools={
        <button type="button" className="button small" onClick={() => setEdited('new')}>
          <Icon name="plus" /> Enter a price
        </button>
      }
    >
      <div className="filters" role="group" aria-label="Which prices">
        <DayRange since={since} until={until} set={setRange} />
      </div>
      <Loaded query={pages} lines={6}>
        {(data) => {
          const prices = data.pages.flatMap((page) => page.items)
          if (!prices.length) return <Empty title={since || until ? 'None in those days' : 'No price yet'} />
          return (
            <>
              <Rows fund={fund} prices={prices} edit={setEdited} />
              <NextPage pages={pages} />
            </>
          )
        }}
      </Loaded>
      {edited ? <PriceForm fund={fund} onClose={() => setEdited(undefined)} {...(edited === 'new' ? {} : { price: edited })} /> : null}
    </Panel>
  )
}

function Rows({ fund, prices, edit }: { fund: Shape<'FundOut'>; prices: Price[]; edit: (price: Price) => void }) {
  const formats = useFormats()
  const deleting = useDeleting()
  const gone = (one: Price) => {
    const path = { fundId: fund.id, day: one.date }
    void deleting(() => remove('/api/funds/{fundId}/prices/{day}', { path }), `The price of ${formats.day(one.date)} is deleted.`)
  }
  return (
    <Table
      label="Closing prices"
      head={
        <>
          <th scope="col">Day</th>
          <th scope="col" className="number">Price, {fund.currency}</th>
          <th scope="col">
            <span className="hidden">Actions</span>
          </th>
        </>
      }
    >
      {prices.map((one) => (
        <tr key={one.date}>
          <th scope="row" className="day">
            {formats.day(one.date)}
          </th>
          <td className="number">{formats.price(one.price)}</td>
          <td className="row-actions">
            <button type="button" className="icon-button" aria-label={`Correct the price of ${formats.day(one.date)}`} onClick={() => edit(one)}>
              <Icon name="edit" />
            </button>
            <button type="button" className="icon-button" aria-label={`Delete the price of ${formats.day(one.date)}`} onClick={() => gone(one)}>
              <Icon name="bin" />
            </button>
          </td>
        </tr>
      ))}
    </Table>
  )
}

function PriceForm({ fund, price, onClose }: { fund: Shape<'FundOut'>; price?: Price; onClose: () => void }) {
  const { locale } = useFormats()
  const today = todayIn(useSettings().timeZone)
  return (
    <Editing
      title={price ? 'Correct a price' : 'Enter a price'}
      about={`The closing price of ${fund.name}. A day that has one gets this one.`}
      start={{ date: price?.date ?? today, price: typedDecimal(price?.price, locale) }}
      rules={() => ({ date: rules.day(today), price: rules.price(locale) })}
      labels={{ date: 'Day', price: 'Price' }}
      send={(values) => {
        const path = { fundId: fund.id, day: values['date'] ?? '' }
        const body = { price: rules.sentDecimal(values['price'] ?? '', locale) }
        return change('put', '/api/funds/{fundId}/prices/{day}', { path, body })
      }}
      done="The price is entered."
      onClose={onClose}
    >
      {(form) => (
        <div className="two">
          <DayField form={form} name="date" label="Day" max={today} />
          <NumberField form={form} name="price" label="Price" hint={`in ${fund.currency}`} />
        </div>
      )}
    </Editing>
  )
}
