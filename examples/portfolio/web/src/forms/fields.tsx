import { useId, type InputHTMLAttributes, type ReactNode } from 'react'
import type { Form } from './useForm'

interface Common {
  form: Form
  name: string
  label: string
  hint?: ReactNode
}
type Inputs = Pick<
  InputHTMLAttributes<HTMLInputElement>,
  'type' | 'inputMode' | 'autoComplete' | 'max' | 'min' | 'list' | 'placeholder' | 'autoFocus' | 'maxLength' | 'onBlur'
>

export function Around({ form, name, label, hint, id, children }: Common & { id: string; children: ReactNode }) {
  const error = form.errors[name]
  return (
    <div className="field" data-invalid={error ? '' : undefined}>
      <label htmlFor={id}>{label}</label>
      {children}
      {error ? (
        <p className="field-error" id={`${id}-e`}>
          {label} {error}.
        </p>
      ) : null}
      {hint ? (
        <p className="field-hint" id={`${id}-h`}>
          {hint}
        </p>
      ) : null}
    </div>
  )
}

export function described(form: Form, name: string, id: string, hint: ReactNode) {
  const error = form.errors[name]
  const ids = [error ? `${id}-e` : '', hint ? `${id}-h` : ''].filter(Boolean).join(' ')
  return { 'aria-invalid': error ? true : undefined, 'aria-describedby': ids || undefined }
}

export function TextField({ form, name, label, hint, ...input }: Common & Inputs) {
  const id = useId()
  return (
    <Around form={form} name={name} label={label} hint={hint} id={id}>
      <input
        id={id}
        name={name}
        type="text"
        value={form.values[name] ?? ''}
        onChange={(event) => form.set(name, event.target.value)}
        {...described(form, name, id, hint)}
        {...input}
      />
    </Around>
  )
}

export function NumberField(props: Common & Inputs) {
  return <TextField inputMode="decimal" autoComplete="off" {...props} />
}

export interface Choice {
  value: string
  label: string
}

export function SelectField({ form, name, label, hint, choices }: Common & { choices: Choice[] }) {
  const id = useId()
  return (
    <Around form={form} name={name} label={label} hint={hint} id={id}>
      <select
        id={id}
        name={name}
        value={form.values[name] ?? ''}
        onChange={(event) => form.set(name, event.target.value)}
        {...described(form, name, id, hint)}
      >
        {choices.map((choice) => (
          <option key={choice.value} value={choice.value}>
            {choice.label}
          </option>
        ))}
      </select>
    </Around>
  )
}

/** A yes or no; its value is "true" or "". */
export function CheckField({ form, name, label, hint }: Common) {
  const id = useId()
  return (
    <div className="field check">
      <input
        id={id}
        name={name}
        type="checkbox"
        checked={form.values[name] === 'true'}
        onChange={(event) => form.set(name, event.target.checked ? 'true' : '')}
        {...described(form, name, id, hint)}
      />
      <label htmlFor={id}>{label}</label>
      {hint ? (
        <p className="field-hint" id={`${id}-h`}>
          {hint}
        </p>
      ) : null}
    </div>
  )
}

export function FormProblem({ form }: { form: Form }) {
  return (
    <div role="alert" className="form-problem-place">
      {form.problem ? <p className="form-problem">{form.problem}</p> : null}
    </div>
  )
}
