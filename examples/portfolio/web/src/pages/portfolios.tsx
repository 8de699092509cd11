import { useState } from 'react'
import { Link, useSearchParams } from 'react-router'
import { change, type Shape } from '../api/client'
import { useApi } from '../api/queries'
import { useFormats } from '../format/formats'
import { Title, Toned } from '../ui/figures'
import { Icon } from '../ui/icon'
import { usePageTitle } from '../ui/page'
import { Empty, Loaded } from '../ui/states'
import { useDoing } from '../ui/telling'
import { PortfolioForm } from './portfolioForm'

type PortfolioOut = Shape<'PortfolioOut'>

/** All portfolios, put away ones too. */
export function Portfolios() {
  usePageTitle('Portfolios')
  const [asked, setAsked] = useSearchParams()
  const portfolios = useApi('/api/portfolios', {})
  const overview = useApi('/api/portfolio-summary', {})
  const isMaking = asked.has('new')
  const add = (
    <button type="button" className="button primary" onClick={() => setAsked({ new: '' })}>
      <Icon name="plus" /> New portfolio
    </button>
  )
  const sums = new Map((overview.data?.portfolios ?? []).map((one) => [one.id, one]))
  return (
    <>
      <Title actions={add}>Portfolios</Title>
      <Loaded query={portfolios} lines={6}>
        {(all) => {
          const open = all.filter((one) => !one.isArchived)
          const away = all.filter((one) => one.isArchived)
          return (
            <>
              {all.length ? null : (
                <Empty title="No portfolio yet">
                  <p>A portfolio holds funds and stocks, and has a currency of its own.</p>
                </Empty>
              )}
              <ul className="tiles">
                {open.map((one) => (
                  <Tile key={one.id} portfolio={one} sums={sums.get(one.id)} />
                ))}
              </ul>
              {away.length ? <h2 className="section">Archived</h2> : null}
              <ul className="tiles">
                {away.map((one) => (
                  <Tile key={one.id} portfolio={one} sums={undefined} />
                ))}
              </ul>
            </>
          )
        }}
      </Loaded>
      {isMaking ? <PortfolioForm onClose={() => setAsked({}, { replace: true })} /> : null}
    </>
  )
}

function Tile({ portfolio, sums }: { portfolio: PortfolioOut; sums: Shape<'PortfolioWithTotals'> | undefined }) {
  const formats = useFormats()
  const doing = useDoing()
  const [isEditing, setEditing] = useState(false)
  const { id, version, currency } = portfolio
  const put = (where: 'archive' | 'unarchive') =>
    change('post', `/api/portfolios/{portfolioId}/${where}`, { path: { portfolioId: id } })
  const archive = () =>
    portfolio.isArchived
      ? doing(() => put('unarchive'), `${portfolio.name} is back in the overview.`)
      : doing(() => put('archive'), `${portfolio.name} is archived.`, () => put('unarchive'))
  return (
    <li className="tile" data-version={version}>
      <h2>
        <Link to={`/portfolios/${id}`}>{portfolio.name}</Link>
      </h2>
      <p className="quiet">{portfolio.description || 'No description'}</p>
      <p className="tile-figure">
        {sums ? formats.money(sums.totalValue, currency) : <span className="quiet">{currency}</span>}{' '}
        {sums ? <Toned plain={sums.performance}>{formats.percent(sums.performance)}</Toned> : null}
      </p>
      <p className="tags">
        <span className="tag">{portfolio.method === 'fifo' ? 'first in, first out' : 'average cost'}</span>
        {portfolio.excludeFromOverview ? <span className="tag">not in the overview</span> : null}
      </p>
      <div className="actions">
        <button type="button" className="button small" onClick={() => setEditing(true)} aria-label={`Edit ${portfolio.name}`}>
          Edit
        </button>
        <button type="button" className="button small" onClick={() => void archive()}>
          {portfolio.isArchived ? 'Bring back' : 'Archive'}
          <span className="hidden"> {portfolio.name}</span>
        </button>
      </div>
      {isEditing ? <PortfolioForm portfolio={portfolio} onClose={() => setEditing(false)} /> : null}
    </li>
  )
}
