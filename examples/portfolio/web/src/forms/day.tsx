import { useId, useRef, useState, type InputHTMLAttributes, type ReactNode } from 'react'
import { isDay, parseDay, patternOf } from '../format/days'
import { useFormats } from '../format/formats'
import { useSettings } from '../format/settings'
import { Icon } from '../ui/icon'
import { Around, described } from './fields'
import type { Form } from './useForm'

interface Props {
  /** YYYY-MM-DD, or what is typed and no day yet. */
  value: string
  onChange: (value: string) => void
  /** What the day is, for the button that shows a calendar. */
  label: string
  onLeave?: (() => void) | undefined
  max?: string | undefined
}
type Rest = Pick<InputHTMLAttributes<HTMLInputElement>, 'id' | 'name' | 'aria-label' | 'aria-invalid' | 'aria-describedby'>

/** A day, typed as the owner's settings write it, or chosen from the browser's calendar. */
export function DayInput({ value, onChange, label, onLeave, max, ...rest }: Props & Rest) {
  const formats = useFormats()
  const { dateFormat } = useSettings()
  const [typed, setTyped] = useState<string>()
  const calendar = useRef<HTMLInputElement>(null)
  const type = (text: string) => {
    setTyped(text)
    onChange(text.trim() === '' ? '' : (parseDay(text, dateFormat) ?? text))
  }
  const show = () => {
    try {
      calendar.current?.showPicker()
    } catch {
      // A browser that shows none by itself: the field beside it is typed into.
      calendar.current?.focus()
    }
  }
  return (
    <span className="day-input">
      <input
        type="text"
        inputMode="numeric"
        autoComplete="off"
        placeholder={patternOf(dateFormat)}
        value={typed ?? (isDay(value) ? formats.day(value) : value)}
        onChange={(event) => type(event.target.value)}
        onBlur={() => {
          setTyped(undefined)
          onLeave?.()
        }}
        {...rest}
      />
      <input
        ref={calendar}
        className="calendar"
        type="date"
        tabIndex={-1}
        aria-hidden="true"
        max={max}
        value={isDay(value) ? value : ''}
        onChange={(event) => {
          setTyped(undefined)
          onChange(event.target.value)
        }}
      />
      <button type="button" className="icon-button" aria-label={`Choose ${label} from a calendar`} onClick={show}>
        <Icon name="calendar" />
      </button>
    </span>
  )
}

export function DayField(props: {
  form: Form
  name: string
  label: string
  hint?: ReactNode
  max?: string
  onLeave?: () => void
}) {
  const { form, name, label } = props
  const { dateFormat } = useSettings()
  const id = useId()
  const hint = props.hint ?? (form.errors[name] ? `A day is written ${patternOf(dateFormat)}.` : undefined)
  return (
    <Around form={form} name={name} label={label} hint={hint} id={id}>
      <DayInput
        id={id}
        name={name}
        label={label}
        value={form.values[name] ?? ''}
        onChange={(value) => form.set(name, value)}
        onLeave={props.onLeave}
        max={props.max}
        {...described(form, name, id, hint)}
      />
    </Around>
  )
}

/** From one day to another; a side that is empty, or no day yet, is open. */
export function DayRange({ since, until, set }: {
  since: string
  until: string
  set: (range: { since: string; until: string }) => void
}) {
  // What is no day yet is kept here, and asked for nowhere.
  const [typed, setTyped] = useState({ since: '', until: '' })
  const seen = { since: since || typed.since, until: until || typed.until }
  const change = (side: 'since' | 'until', value: string) => {
    setTyped({ ...typed, [side]: isDay(value) ? '' : value })
    set({ since, until, [side]: isDay(value) ? value : '' })
  }
  return (
    <>
      <span className="inline">
        from <DayInput aria-label="From" label="the first day" value={seen.since} onChange={(value) => change('since', value)} />
      </span>
      <span className="inline">
        to <DayInput aria-label="To" label="the last day" value={seen.until} onChange={(value) => change('until', value)} />
      </span>
    </>
  )
}
