import { change, remove, type Shape } from '../api/client'
import { changed, useApi } from '../api/queries'
import { todayIn, useFormats } from '../format/formats'
import { useSettings } from '../format/settings'
import { DayField } from '../forms/day'
import { FormProblem, NumberField, TextField } from '../forms/fields'
import * as rules from '../forms/rules'
import { useForm } from '../forms/useForm'
import { Panel, Table } from '../ui/figures'
import { Firsts } from '../ui/firsts'
import { Icon } from '../ui/icon'
import { usePageTitle } from '../ui/page'
import { Empty, Loaded } from '../ui/states'
import { useDeleting, useTelling } from '../ui/telling'

type Rate = Shape<'RateOut'>

/** Exchange rates, by day: each counts until the next. */
export function Rates() {
  usePageTitle('Exchange rates')
  const rates = useApi('/api/exchange-rates', {})
  return (
    <>
      <Enter />
      <Panel title="Rates that were entered">
        <Loaded query={rates}>{(all) => (all.length ? <Firsts all={all}>{(shown) => <Rows rates={shown} />}</Firsts> : <Empty title="No rate yet" />)}</Loaded>
      </Panel>
    </>
  )
}

function Enter() {
  const { locale } = useFormats()
  const settings = useSettings()
  const today = todayIn(settings.timeZone)
  const tell = useTelling()
  const start = { fromCurrency: 'USD', toCurrency: settings.currency, rate: '', date: today }
  const ruled = () => ({
    fromCurrency: rules.currency,
    toCurrency: rules.currency,
    rate: rules.rate(locale),
    date: rules.day(today),
  })
  const form = useForm(start, ruled, async (values) => {
    const body = {
      fromCurrency: values['fromCurrency'] ?? '',
      toCurrency: values['toCurrency'] ?? '',
      rate: rules.sentDecimal(values['rate'] ?? '', locale),
      date: values['date'] ?? '',
    }
    await change('put', '/api/exchange-rates', { body })
    await changed()
    tell({ text: 'The rate is entered, and all figures it is in are worked out again.' })
  })
  return (
    <Panel title="Enter a rate">
      <p className="quiet">
        A rate counts from its day until the next one; the other way round it is turned. Without a rate nothing is
        converted: it is never taken as 1.
      </p>
      <form className="form wide" onSubmit={form.submit} noValidate>
        <div className="four">
          <TextField form={form} name="fromCurrency" label="One" maxLength={3} />
          <NumberField form={form} name="rate" label="is worth" />
          <TextField form={form} name="toCurrency" label="of" maxLength={3} />
          <DayField form={form} name="date" label="from" max={today} />
        </div>
        <FormProblem form={form} />
        <div className="actions">
          <button type="submit" className="button primary" disabled={form.isBusy}>
            Enter the rate
          </button>
        </div>
      </form>
    </Panel>
  )
}

function Rows({ rates }: { rates: Rate[] }) {
  const formats = useFormats()
  const deleting = useDeleting()
  const gone = (one: Rate) => {
    const { fromCurrency, toCurrency, date } = one
    void deleting(
      () => remove('/api/exchange-rates', { query: { fromCurrency, toCurrency, date } }),
      `The rate of ${fromCurrency} of ${formats.day(date)} is deleted.`,
    )
  }
  return (
    <Table
      label="Exchange rates"
      head={
        <>
          <th scope="col">From</th>
          <th scope="col">Pair</th>
          <th scope="col" className="number">Rate</th>
          <th scope="col">
            <span className="hidden">Actions</span>
          </th>
        </>
      }
    >
      {rates.map((one) => (
        <tr key={`${one.fromCurrency}${one.toCurrency}${one.date}`}>
          <td className="day">{formats.day(one.date)}</td>
          <th scope="row" className="code">
            {one.fromCurrency}/{one.toCurrency}
          </th>
          <td className="number">{formats.price(one.rate)}</td>
          <td className="row-actions">
            <button
              type="button"
              className="icon-button"
              aria-label={`Delete the rate of ${one.fromCurrency} in ${one.toCurrency} of ${formats.day(one.date)}`}
              onClick={() => gone(one)}
            >
              <Icon name="bin" />
            </button>
          </td>
        </tr>
      ))}
    </Table>
  )
}
