import { createContext, useContext } from 'react'
import type { Shape } from '../api/client'

export type Settings = Shape<'SettingsShape'>

/** How figures and days are written: by the owner's settings, for every page. */
export interface Formats {
  locale: string
  /** Money with its currency: € 1.234,56. Nothing known is a dash. */
  money: (plain: string | null | undefined, currency: string) => string
  /** Money without its currency, for columns that name it. */
  amount: (plain: string | null | undefined, currency: string) => string
  /** The same with a plus or a minus. */
  gain: (plain: string | null | undefined, currency: string) => string
  /** Shares, prices and rates: as many decimals as there are, two at least of a price. */
  shares: (plain: string | null | undefined) => string
  price: (plain: string | null | undefined) => string
  /** A fraction as a percentage with its sign. */
  percent: (plain: string | null | undefined) => string
  day: (iso: string | null | undefined) => string
  time: (iso: string | null | undefined) => string
  /** Of a chart's axis. */
  short: (value: number) => string
  /** The locale in which months have English names, in the order of days that was chosen. */
  months: string
}

const NONE = '–'
const literal = (plain: string) => plain as Intl.StringNumericLiteral

/** The formats of settings. */
export function formatsOf(settings: Settings): Formats {
  const { numberFormat: locale, dateFormat, timeZone } = settings
  const kept = new Map<string, Intl.NumberFormat>()
  const number = (name: string, options: Intl.NumberFormatOptions) => {
    const found = kept.get(name) ?? new Intl.NumberFormat(locale, options)
    kept.set(name, found)
    return found
  }
  const write = (plain: string | null | undefined, format: Intl.NumberFormat) =>
    plain == null ? NONE : format.format(literal(plain)).replace('-', '\u2212')
  const inCurrency = (currency: string) => number(`m${currency}`, { style: 'currency', currency })
  const decimals = (currency: string) => inCurrency(currency).resolvedOptions().maximumFractionDigits ?? 2
  const bare = (currency: string, sign: 'auto' | 'exceptZero') => {
    const digits = decimals(currency)
    return number(`${sign}${digits}`, {
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
      signDisplay: sign,
    })
  }
  const dates = { year: 'numeric', month: '2-digit', day: '2-digit' } as const
  const day = new Intl.DateTimeFormat(dateFormat, { ...dates, timeZone: 'UTC' })
  const clock = { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' } as const
  const time = new Intl.DateTimeFormat(dateFormat, { ...dates, ...clock, timeZone })
  const short = number('short', { notation: 'compact', maximumFractionDigits: 2 })
  return {
    locale,
    money: (plain, currency) => write(plain, inCurrency(currency)),
    amount: (plain, currency) => write(plain, bare(currency, 'auto')),
    gain: (plain, currency) => write(plain, bare(currency, 'exceptZero')),
    shares: (plain) => write(plain, number('shares', { maximumFractionDigits: 6 })),
    price: (plain) => write(plain, number('price', { minimumFractionDigits: 2, maximumFractionDigits: 6 })),
    percent: (plain) => write(plain, number('percent', PERCENT)),
    day: (iso) => (iso == null ? NONE : day.format(new Date(`${iso}T00:00:00Z`))),
    time: (iso) => (iso == null ? NONE : time.format(new Date(iso))),
    short: (value) => short.format(value).replace('-', '\u2212'),
    months: dateFormat === 'en-US' ? 'en-US' : 'en-GB',
  }
}

const PERCENT = {
  style: 'percent',
  minimumFractionDigits: 2,
  maximumFractionDigits: 2,
  signDisplay: 'exceptZero',
} as const

/** Of a house whose owner has chosen nothing yet. */
export const DEFAULTS: Settings = {
  currency: 'EUR',
  timeZone: 'Europe/Amsterdam',
  numberFormat: 'nl-NL',
  dateFormat: 'nl-NL',
  theme: 'system',
  priceProvider: 'yahoo',
  loggingEnabled: true,
  loggingLevel: 'info',
}

export const FormatsContext = createContext<Formats>(formatsOf(DEFAULTS))

export function useFormats(): Formats {
  return useContext(FormatsContext)
}

/** Today in the time zone of the settings, as YYYY-MM-DD. */
export function todayIn(timeZone: string): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone }).format(new Date())
}
