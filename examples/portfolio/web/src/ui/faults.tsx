import type { Shape } from '../api/client'
import { Table } from './figures'

/** What is wrong with a file, row by row. */
export function Faults({ label, faults }: { label: string; faults: Shape<'RowFault'>[] }) {
  return (
    <Table
      label={label}
      head={
        <>
          <th scope="col" className="number">Line</th>
          <th scope="col">Column</th>
          <th scope="col">What is wrong</th>
        </>
      }
    >
      {faults.map((fault, index) => (
        <tr key={index}>
          <td className="number">{fault.line}</td>
          <td className="code">{fault.column || '–'}</td>
          <td>{fault.detail}</td>
        </tr>
      ))}
    </Table>
  )
}
