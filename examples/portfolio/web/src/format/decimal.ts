/** Decimal text, as the API sends it, and as people type it. No figure of money is ever a float here. */

const PLAIN = /^-?\d+(\.\d+)?$/

export interface Separators {
  decimal: string
  group: string
}

/** How a locale separates decimals and thousands. */
export function separatorsOf(locale: string): Separators {
  const parts = new Intl.NumberFormat(locale).formatToParts(-12345.6)
  const find = (type: string) => parts.find((part) => part.type === type)?.value ?? ''
  return { decimal: find('decimal') || '.', group: find('group') || ',' }
}

/** What a number typed in a locale means, as plain text; or why it means nothing. */
export function parseDecimal(typed: string, locale: string): { plain: string } | { why: string } {
  const { decimal, group } = separatorsOf(locale)
  const text = typed.trim().replace(/[\s\u00a0\u202f]/g, '').replace(/^\u2212/, '-')
  const pieces = text.split(decimal)
  const whole = pieces[0] ?? ''
  const fraction = pieces[1]
  if (pieces.length > 2 || !/\d/.test(text)) return { why: `is not a number, such as ${example(locale)}` }
  const grouped = new RegExp(`^-?\\d{1,3}(\\${group}\\d{3})+$`)
  const digits = grouped.test(whole) ? whole.replaceAll(group, '') : whole
  const plain = (digits === '' || digits === '-' ? `${digits}0` : digits) + (fraction ? `.${fraction}` : '')
  if (!/^-?\d*$/.test(digits) || !PLAIN.test(plain)) {
    const other = text.includes(group) ? `; decimals are written ${example(locale)}` : `, such as ${example(locale)}`
    return { why: `is not a number${other}` }
  }
  return { plain: plain.replace(/^(-?)0+(?=\d)/, '$1') }
}

/** A plain decimal as it is typed in a locale: to be edited, so without thousands. */
export function typedDecimal(plain: string | null | undefined, locale: string): string {
  return plain == null ? '' : plain.replace('.', separatorsOf(locale).decimal)
}

/** How many decimals a plain number has. */
export function decimalsOf(plain: string): number {
  const fraction = plain.split('.')[1] ?? ''
  return fraction.replace(/0+$/, '').length
}

/** Whether a plain number is below a power of ten. */
export function isBelowPowerOfTen(plain: string, power: number): boolean {
  return (plain.replace('-', '').split('.')[0] ?? '').length <= power
}

export function isZero(plain: string): boolean {
  return /^-?0*(\.0*)?$/.test(plain)
}

export function isNegative(plain: string): boolean {
  return plain.startsWith('-') && !isZero(plain)
}

function example(locale: string): string {
  return `12${separatorsOf(locale).decimal}50`
}

/** The product of two plain decimals, exactly. */
export function times(one: string, other: string): string {
  const scale = (text: string) => (text.split('.')[1] ?? '').length
  const digits = BigInt(one.replace('.', '')) * BigInt(other.replace('.', ''))
  const decimals = scale(one) + scale(other)
  const text = digits.toString().replace('-', '').padStart(decimals + 1, '0')
  const cut = text.length - decimals
  const sign = digits < 0n ? '-' : ''
  return sign + text.slice(0, cut) + (decimals ? `.${text.slice(cut)}` : '')
}
