import { restore, type Shape } from '../api/client'
import { useApi } from '../api/queries'
import { useFormats, type Formats } from '../format/formats'
import { Panel, Table } from '../ui/figures'
import { Firsts } from '../ui/firsts'
import { Icon } from '../ui/icon'
import { usePageTitle } from '../ui/page'
import { Empty, Loaded } from '../ui/states'
import { useDoing } from '../ui/telling'

type Gone = Shape<'DeletedOut'>
const KINDS: Record<string, string> = { position: 'fund of a portfolio', rate: 'exchange rate', price: 'closing price' }

/** What was deleted in the last week, and the way back. */
export function Deleted() {
  usePageTitle('Deleted')
  const deleted = useApi('/api/deleted', {})
  return (
    <Panel title="Deleted in the last week">
      <p className="quiet">It comes back whole, as it was, with all that belonged to it.</p>
      <Loaded query={deleted}>
        {(all) => (all.length ? <Firsts all={all}>{(shown) => <Rows all={shown} />}</Firsts> : <Empty title="Nothing was deleted" />)}
      </Loaded>
    </Panel>
  )
}

function Rows({ all }: { all: Gone[] }) {
  const formats = useFormats()
  const doing = useDoing()
  return (
    <Table
      label="What was deleted"
      head={
        <>
          <th scope="col">What</th>
          <th scope="col" className="p2">Deleted</th>
          <th scope="col" className="p3">Kept until</th>
          <th scope="col">
            <span className="hidden">Actions</span>
          </th>
        </>
      }
    >
      {all.map((one) => (
        <tr key={one.id}>
          <th scope="row" className="wrap">
            {nameOf(one, formats)} <small className="tag">{KINDS[one.kind] ?? one.kind}</small>
            <small className="below p1">deleted {formats.time(one.deletedAt)}</small>
          </th>
          <td className="p2 day">{formats.time(one.deletedAt)}</td>
          <td className="p3 day">{formats.time(one.keptUntil)}</td>
          <td className="row-actions">
            <button
              type="button"
              className="button small"
              onClick={() => void doing(() => restore(one.id), `${nameOf(one, formats)} is back.`)}
            >
              <Icon name="undo" /> Bring back<span className="hidden"> {nameOf(one, formats)}</span>
            </button>
          </td>
        </tr>
      ))}
    </Table>
  )
}

function nameOf(one: Gone, formats: Formats): string {
  return one.date === null ? one.name : `${one.name}, ${formats.day(one.date)}`
}
