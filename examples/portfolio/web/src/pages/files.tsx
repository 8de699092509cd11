import { useState } from 'react'
import { useApi } from '../api/queries'
import { useFormats } from '../format/formats'
import { useSettings } from '../format/settings'
import { Panel, Title } from '../ui/figures'
import { Icon } from '../ui/icon'
import { usePageTitle } from '../ui/page'
import { Loaded } from '../ui/states'
import { Import } from './import'
import { Restore } from './restore'

const SHEETS = ['portfolios', 'funds', 'portfolio-funds', 'transactions', 'dividends', 'prices', 'splits', 'exchange-rates', 'settings']

/** Files in, and everything out. */
export function Files() {
  usePageTitle('Files')
  const [kind, setKind] = useState<'transactions' | 'prices'>('transactions')
  return (
    <>
      <Title about="CSV in, all or nothing, after a look at it; CSV out, of everything.">Import and export</Title>
      <Panel
        title="Import"
        tools={
          <div className="segments" role="group" aria-label="What is imported">
            <button type="button" aria-pressed={kind === 'transactions'} onClick={() => setKind('transactions')}>
              Transactions
            </button>
            <button type="button" aria-pressed={kind === 'prices'} onClick={() => setKind('prices')}>
              Prices
            </button>
          </div>
        }
      >
        <Template kind={kind} />
        <Import key={kind} kind={kind} />
      </Panel>
      <Export />
      <Restore />
    </>
  )
}

function Template({ kind }: { kind: 'transactions' | 'prices' }) {
  const template = useApi(`/api/imports/${kind}/template`, {})
  return (
    <Loaded query={template} lines={2}>
      {(data) => {
        const csv = `${data.headers.join(',')}\r\n${data.example.join(',')}\r\n`
        return (
          <div className="template">
            <p>{data.description}</p>
            <pre tabIndex={0} aria-label="An example">{csv.trim()}</pre>
            <a className="link" href={`data:text/csv;charset=utf-8,${encodeURIComponent(csv)}`} download={`${kind}.csv`}>
              Take this as a file
            </a>
          </div>
        )
      }}
    </Loaded>
  )
}

function Export() {
  const formats = useFormats()
  const { currency } = useSettings()
  return (
    <Panel title="Export">
      <p>
        Everything as CSV files in one archive. Figures in them are plain: <code>1234.5</code>, never{' '}
        {formats.amount('1234.5', currency)}.
      </p>
      <p className="actions">
        <a className="button primary" href="/api/export" download>
          <Icon name="files" /> Export everything
        </a>
      </p>
      <ul className="sheets" aria-label="One file">
        {SHEETS.map((sheet) => (
          <li key={sheet}>
            <a href={`/api/export/${sheet}.csv`} download={`${sheet}.csv`}>
              {sheet}.csv
            </a>
          </li>
        ))}
      </ul>
    </Panel>
  )
}
