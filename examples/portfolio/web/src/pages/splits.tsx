import { useState } from 'react'
import { change, remove, type Shape } from '../api/client'
import { useApi } from '../api/queries'
import { todayIn, useFormats } from '../format/formats'
import { useSettings } from '../format/settings'
import { Editing } from '../forms/editing'
import { DayField } from '../forms/day'
import { NumberField } from '../forms/fields'
import * as rules from '../forms/rules'
import { Panel, Table } from '../ui/figures'
import { Icon } from '../ui/icon'
import { Empty, Loaded } from '../ui/states'
import { useDeleting } from '../ui/telling'

type Split = Shape<'SplitOut'>

/** A fund's splits: so many shares for so many. */
export function Splits({ fund }: { fund: Shape<'FundOut'> }) {
  const [isAdding, setAdding] = useState(false)
  const formats = useFormats()
  const deleting = useDeleting()
  const path = { fundId: fund.id }
  const splits = useApi('/api/funds/{fundId}/splits', { path })
  const gone = (split: Split) => {
    const { version } = split
    const all = { ...path, splitId: split.id }
    void deleting(
      () => remove('/api/funds/{fundId}/splits/{splitId}', { path: all, version }),
      `The split of ${formats.day(split.date)} is deleted.`,
    )
  }
  return (
    <Panel
      title="Splits"
      tools={
        <button type="button" className="button small" onClick={() => setAdding(true)}>
          <Icon name="plus" /> Enter a split
        </button>
      }
    >
      <Loaded query={splits} lines={2}>
        {(all) =>
          all.length ? (
            <Table
              label="Splits"
              head={
                <>
                  <th scope="col">Day</th>
                  <th scope="col">Shares</th>
                  <th scope="col">
                    <span className="hidden">Actions</span>
                  </th>
                </>
              }
            >
              {all.map((split) => (
                <tr key={split.id}>
                  <th scope="row" className="day">
                    {formats.day(split.date)}
                  </th>
                  <td>
                    {split.new} for {split.old}
                  </td>
                  <td className="row-actions">
                    <button type="button" className="icon-button" aria-label={`Delete the split of ${formats.day(split.date)}`} onClick={() => gone(split)}>
                      <Icon name="bin" />
                    </button>
                  </td>
                </tr>
              ))}
            </Table>
          ) : (
            <Empty title="No split" />
          )
        }
      </Loaded>
      {isAdding ? <SplitForm fund={fund} onClose={() => setAdding(false)} /> : null}
    </Panel>
  )
}

function SplitForm({ fund, onClose }: { fund: Shape<'FundOut'>; onClose: () => void }) {
  const today = todayIn(useSettings().timeZone)
  return (
    <Editing
      title="Enter a split"
      about={`Of ${fund.name}, before trading begins that day, in every portfolio.`}
      start={{ date: today, new: '2', old: '1' }}
      rules={() => ({ date: rules.anyDay, new: rules.whole(1, 10_000), old: rules.whole(1, 10_000) })}
      labels={{ date: 'Day', new: 'New shares', old: 'Old shares' }}
      send={(values, { key }) => {
        const body = { date: values['date'] ?? '', new: Number(values['new']), old: Number(values['old']) }
        return change('post', '/api/funds/{fundId}/splits', { path: { fundId: fund.id }, body, key })
      }}
      done="The split is entered; what follows is worked out again."
      onClose={onClose}
    >
      {(form) => (
        <>
          <DayField form={form} name="date" label="Day" />
          <div className="two">
            <NumberField form={form} name="new" label="New shares" inputMode="numeric" />
            <NumberField form={form} name="old" label="For old ones" inputMode="numeric" />
          </div>
        </>
      )}
    </Editing>
  )
}
