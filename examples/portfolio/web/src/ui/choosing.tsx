import { DropdownMenu } from 'radix-ui'
import { Icon } from './icon'

export interface Choice {
  value: string
  label: string
}

/** Any number of choices; none chosen is all of them. */
export function Choosing({ label, all, choices, chosen, set }: {
  label: string
  /** What it says when none is chosen: "All funds". */
  all: string
  choices: Choice[]
  chosen: string[]
  set: (chosen: string[]) => void
}) {
  const names = choices.filter((choice) => chosen.includes(choice.value)).map((choice) => choice.label)
  const said = names.length === 0 ? all : names.length === 1 ? (names[0] ?? '') : `${names.length} of ${choices.length}`
  return (
    <DropdownMenu.Root>
      <DropdownMenu.Trigger className="choice" aria-label={`${label}: ${names.join(', ') || all}`}>
        {said}
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className="menu choices" align="start" sideOffset={4}>
          {choices.map((choice) => (
            <DropdownMenu.CheckboxItem
              key={choice.value}
              checked={chosen.includes(choice.value)}
              // Several are chosen in one go.
              onSelect={(event) => event.preventDefault()}
              onCheckedChange={(isOn) =>
                set(isOn ? [...chosen, choice.value] : chosen.filter((value) => value !== choice.value))
              }
            >
              <DropdownMenu.ItemIndicator>
                <Icon name="check" />
              </DropdownMenu.ItemIndicator>
              {choice.label}
            </DropdownMenu.CheckboxItem>
          ))}
          <DropdownMenu.Item disabled={!chosen.length} onSelect={() => set([])}>
            {all}
          </DropdownMenu.Item>
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  )
}
