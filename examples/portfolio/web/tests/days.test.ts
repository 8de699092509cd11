import { describe, expect, it } from 'vitest'
import { beginOf, isDay, nextDay, parseDay, patternOf } from '../src/format/days'

describe('a day is written as its locale has it', () => {
  it.each([
    ['nl-NL', 'dd-mm-yyyy'],
    ['de-DE', 'dd.mm.yyyy'],
    ['en-GB', 'dd/mm/yyyy'],
    ['en-US', 'mm/dd/yyyy'],
    ['sv-SE', 'yyyy-mm-dd'],
  ])('%s: %s', (locale, pattern) => expect(patternOf(locale)).toBe(pattern))
})

describe('a typed day is understood', () => {
  it.each([
    ['nl-NL', '28-06-2024'],
    ['nl-NL', '28-6-2024'],
    ['nl-NL', '28/6/24'],
    ['nl-NL', '28 6 2024'],
    ['nl-NL', '28062024'],
    ['nl-NL', ' 2024-06-28 '],
    ['de-DE', '28.06.2024'],
    ['en-US', '06/28/2024'],
    ['en-US', '06282024'],
    ['en-US', '2024-06-28'],
    ['sv-SE', '20240628'],
    ['sv-SE', '2024/6/28'],
  ])('%s: %s', (locale, typed) => expect(parseDay(typed, locale)).toBe('2024-06-28'))

  it.each(['', '28', '28-06', '28-06-202', '30-02-2024', '00-01-2024', '06-28-2024', '28-06-2024-1', 'today', '2024-13-01', '28--2024'])(
    'but not "%s"',
    (typed) => expect(parseDay(typed, 'nl-NL')).toBeUndefined(),
  )

  it('knows leap years', () => {
    expect(['2024-02-29', '2000-02-29', '2023-02-29', '1900-02-29'].map(isDay)).toEqual([true, true, false, false])
  })
})

describe('a day begins', () => {
  it.each([
    ['2024-06-28', 'Europe/Amsterdam', '2024-06-27T22:00:00.000Z'],
    ['2024-03-31', 'Europe/Amsterdam', '2024-03-30T23:00:00.000Z'],
    ['2024-04-01', 'Europe/Amsterdam', '2024-03-31T22:00:00.000Z'],
    ['2024-10-27', 'Europe/Amsterdam', '2024-10-26T22:00:00.000Z'],
    ['2024-10-28', 'Europe/Amsterdam', '2024-10-27T23:00:00.000Z'],
    ['2024-06-28', 'America/New_York', '2024-06-28T04:00:00.000Z'],
    ['2024-06-28', 'UTC', '2024-06-28T00:00:00.000Z'],
  ])('%s in %s at %s', (day, zone, moment) => expect(beginOf(day, zone)).toBe(moment))

  it('after the last of a month comes the first', () => expect(nextDay('2024-02-29')).toBe('2024-03-01'))
})
