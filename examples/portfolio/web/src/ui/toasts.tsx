import { Toast } from 'radix-ui'
import { useState, type ReactNode } from 'react'
import { Problem } from '../api/client'
import { ToastsContext, type Told } from './telling'

const UNDO_FOR = 10_000

/** Messages that go by themselves; with something to undo, after ten seconds. F8 leads to them. */
export function Toasts({ children }: { children: ReactNode }) {
  const [told, setTold] = useState<(Told & { id: number })[]>([])
  const tell = (one: Told) => setTold((before) => [...before.slice(-2), { ...one, id: (before.at(-1)?.id ?? 0) + 1 }])
  const drop = (id: number) => setTold((before) => before.filter((one) => one.id !== id))
  return (
    <ToastsContext value={tell}>
      <Toast.Provider swipeDirection="right" duration={UNDO_FOR}>
        {children}
        {told.map((one) => (
          <Toast.Root
            key={one.id}
            className="toast"
            data-kind={one.kind ?? 'done'}
            type={one.kind === 'failed' ? 'foreground' : 'background'}
            onOpenChange={(open) => (open ? undefined : drop(one.id))}
          >
            <Toast.Description>{one.text}</Toast.Description>
            {one.undo ? (
              <Toast.Action altText="Undo" className="button small" onClick={() => void undone(one, tell)}>
                Undo
              </Toast.Action>
            ) : null}
            <Toast.Close className="icon-button" aria-label="Dismiss">
              ×
            </Toast.Close>
          </Toast.Root>
        ))}
        <Toast.Viewport className="toasts" />
      </Toast.Provider>
    </ToastsContext>
  )
}

async function undone(one: Told, tell: (one: Told) => void): Promise<void> {
  try {
    await one.undo?.()
    tell({ text: 'It is back.' })
  } catch (error) {
    tell({ text: error instanceof Problem ? error.message : 'It could not be brought back.', kind: 'failed' })
  }
}
