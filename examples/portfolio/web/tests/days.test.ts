import { describe, expect, it } from 'vitest'
import { isDay, parseDay, patternOf } from '../src/format/days'

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
