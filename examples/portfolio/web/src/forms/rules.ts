/** What the API takes, told before it is asked. The API decides: these are its rules in portfolio/api. */
import { isDay } from '../format/days'
import { decimalsOf, isBelowPowerOfTen, isNegative, isZero, parseDecimal } from '../format/decimal'

/** What is wrong with a value, or nothing. */
export type Rule = (value: string) => string | undefined

/** Nothing was traded before. */
const FIRST = '1900-01-01'
// eslint-disable-next-line no-control-regex -- these are what is looked for
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f]/

export const all =
  (...rules: Rule[]): Rule =>
  (value) => {
    for (const rule of rules) {
      const found = rule(value)
      if (found) return found
    }
    return undefined
  }

export const optional =
  (rule: Rule): Rule =>
  (value) =>
    value.trim() === '' ? undefined : rule(value)

export const needed: Rule = (value) => (value.trim() === '' ? 'is needed' : undefined)

export const line =
  (most: number): Rule =>
  (value) => {
    if (value.trim().length > most) return `has more than ${most} characters`
    return CONTROLS.test(value) ? 'has a control character' : undefined
  }

export const name = all(needed, line(100))

export const currency: Rule = (value) =>
  /^[A-Za-z]{3}$/.test(value.trim()) ? undefined : 'is not a code of three letters, such as EUR'

export const symbol: Rule = (value) =>
  /^[A-Za-z0-9.\-=^]{1,20}$/.test(value.trim())
    ? undefined
    : 'has only letters, digits and . - = ^, twenty at most'

/** ISO 6166, with its check digit. */
export const isin: Rule = (value) => {
  const text = value.trim().toUpperCase()
  if (!/^[A-Z]{2}[A-Z0-9]{9}[0-9]$/.test(text)) return 'is not two letters, nine letters or digits, and a digit'
  const digits = Array.from(text, (letter) => String(parseInt(letter, 36))).join('')
  const sum = Array.from(digits).reverse().reduce((total, digit, place) => {
    const weight = Number(digit) * (place % 2 === 0 ? 1 : 2)
    return total + Math.floor(weight / 10) + (weight % 10)
  }, 0)
  return sum % 10 ? 'has a wrong check digit; one of its characters is mistyped' : undefined
}

export const day =
  (today: string): Rule =>
  (value) => {
    if (!isDay(value)) return 'is not a date'
    if (value < FIRST) return 'is before 1900'
    return value > today ? 'is after today' : undefined
  }

export const anyDay: Rule = (value) => (isDay(value) ? (value < FIRST ? 'is before 1900' : undefined) : 'is not a date')

/** More than nothing, below a power of ten, with so many decimals. */
const positive =
  (power: number, decimals: number) =>
  (locale: string): Rule =>
  (value) => {
    if (value.trim() === '') return 'is needed'
    const parsed = parseDecimal(value, locale)
    if ('why' in parsed) return parsed.why
    if (isNegative(parsed.plain) || isZero(parsed.plain)) return 'must be more than 0'
    if (!isBelowPowerOfTen(parsed.plain, power)) return 'is far too much'
    return decimalsOf(parsed.plain) > decimals ? `has more than ${decimals} decimals` : undefined
  }

export const shares = positive(9, 6)
export const price = positive(9, 6)
export const amount = positive(12, 4)
export const rate = positive(8, 10)

export const whole =
  (least: number, most: number): Rule =>
  (value) => {
    const number = Number(value)
    return /^\d+$/.test(value.trim()) && number >= least && number <= most
      ? undefined
      : `is not a whole number from ${least} to ${most}`
  }

/** Typed in a locale, as it is sent. Asked of values that a rule has passed. */
export function sentDecimal(value: string, locale: string): string {
  const parsed = parseDecimal(value, locale)
  if ('why' in parsed) throw new Error(`${value} ${parsed.why}`)
  return parsed.plain
}
