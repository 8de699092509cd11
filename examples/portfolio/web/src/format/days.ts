/** Days as people type them, in the order of their locale; a day itself is text: YYYY-MM-DD. */

type Part = 'day' | 'month' | 'year'
const ISO = /^(\d{4})-(\d{2})-(\d{2})$/
const WIDTHS = { day: 2, month: 2, year: 4 } as const

interface Order {
  parts: Part[]
  /** What is between the parts. */
  between: string
}

function orderOf(locale: string): Order {
  const pieces = new Intl.DateTimeFormat(locale, { year: 'numeric', month: '2-digit', day: '2-digit', timeZone: 'UTC' })
    .formatToParts(new Date(0))
  const isPart = (type: string): type is Part => type === 'day' || type === 'month' || type === 'year'
  return {
    parts: pieces.map((piece) => piece.type).filter(isPart),
    between: pieces.find((piece) => piece.type === 'literal')?.value.trim() ?? '-',
  }
}

/** How a locale writes a day: dd-mm-yyyy. */
export function patternOf(locale: string): string {
  const { parts, between } = orderOf(locale)
  return parts.map((part) => part[0]?.repeat(WIDTHS[part])).join(between)
}

export function isDay(text: string): boolean {
  const [, year = '', month = '', day = ''] = ISO.exec(text) ?? []
  return isThere(Number(year), Number(month), Number(day))
}

/** What a typed day means: in the locale's order with anything between its parts, all digits in a row, or ISO 8601. */
export function parseDay(typed: string, locale: string): string | undefined {
  const text = typed.trim()
  if (ISO.test(text)) return isDay(text) ? text : undefined
  const { parts } = orderOf(locale)
  const pieces = /^\d{8}$/.test(text) ? cut(text, parts) : text.split(/[^\d]+/)
  if (pieces.length !== 3 || !pieces.every((piece) => /^\d{1,4}$/.test(piece))) return undefined
  const found = { day: 0, month: 0, year: 0 }
  for (const [place, part] of parts.entries()) {
    const piece = pieces[place] ?? ''
    if (part === 'year' ? piece.length === 1 || piece.length === 3 : piece.length > 2) return undefined
    found[part] = Number(piece) + (part === 'year' && piece.length === 2 ? 2000 : 0)
  }
  if (!isThere(found.year, found.month, found.day)) return undefined
  return [pad(found.year, 4), pad(found.month, 2), pad(found.day, 2)].join('-')
}

function cut(text: string, parts: Part[]): string[] {
  let at = 0
  return parts.map((part) => text.slice(at, (at += WIDTHS[part])))
}

function isThere(year: number, month: number, day: number): boolean {
  if (!year || month < 1 || month > 12 || day < 1) return false
  const last = new Date(Date.UTC(2000, month, 0)).getUTCDate()
  const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0
  return day <= (month === 2 && !isLeap ? 28 : last)
}

const pad = (number: number, width: number) => String(number).padStart(width, '0')

export function nextDay(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10)
}

/** The moment at which a day begins in a time zone. */
export function beginOf(day: string, timeZone: string): string {
  const utc = Date.parse(`${day}T00:00:00Z`)
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' })
  const ahead = (moment: number) => Date.parse(`${format.format(moment).replace(' ', 'T')}Z`) - moment
  // The clock may be changed between the two: what counts is how far it is ahead when the day begins.
  return new Date(utc - ahead(utc - ahead(utc))).toISOString()
}
