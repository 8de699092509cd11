import { AlertDialog, Dialog as Radix } from 'radix-ui'
import type { ReactNode } from 'react'
import { Icon } from './icon'

/** A dialog with a heading; Escape and the cross close it. */
export function Dialog(props: {
  title: string
  about?: ReactNode
  onClose: () => void
  children: ReactNode
}) {
  return (
    <Radix.Root open onOpenChange={(open) => (open ? undefined : props.onClose())}>
      <Radix.Portal>
        <Radix.Overlay className="overlay" />
        <Radix.Content className="dialog" onOpenAutoFocus={focusFirstField} {...(props.about ? {} : { 'aria-describedby': undefined })}>
          <header>
            <Radix.Title>{props.title}</Radix.Title>
            <Radix.Close className="icon-button" aria-label="Close">
              <Icon name="cross" />
            </Radix.Close>
          </header>
          {props.about ? <Radix.Description className="about">{props.about}</Radix.Description> : null}
          {props.children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}

/** The first field, where there is one, before the cross. */
function focusFirstField(event: Event) {
  const field = (event.currentTarget as Element | null)?.querySelector<HTMLElement>('form input, form select, form textarea')
  if (!field) return
  event.preventDefault()
  field.focus()
}

/** Asks before something that is not done by a slip. */
export function Confirm(props: {
  title: string
  children: ReactNode
  action: string
  keep?: string
  onConfirm: () => void
  onClose: () => void
}) {
  return (
    <AlertDialog.Root open onOpenChange={(open) => (open ? undefined : props.onClose())}>
      <AlertDialog.Portal>
        <AlertDialog.Overlay className="overlay over" />
        <AlertDialog.Content className="dialog narrow over">
          <header>
            <AlertDialog.Title>{props.title}</AlertDialog.Title>
          </header>
          <AlertDialog.Description asChild>
            <div className="about">{props.children}</div>
          </AlertDialog.Description>
          <footer className="actions">
            <AlertDialog.Cancel className="button">{props.keep ?? 'Keep it'}</AlertDialog.Cancel>
            <AlertDialog.Action className="button danger" onClick={props.onConfirm}>
              {props.action}
            </AlertDialog.Action>
          </footer>
        </AlertDialog.Content>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  )
}
