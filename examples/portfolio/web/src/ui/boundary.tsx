import { Component, type ReactNode } from 'react'
import { Icon } from './icon'

/** A page that breaks, or whose code cannot be loaded, says so; what is around it stays. */
export class Boundary extends Component<{ children: ReactNode }, { isBroken: boolean }> {
  override state = { isBroken: false }

  static getDerivedStateFromError() {
    return { isBroken: true }
  }

  override render() {
    if (!this.state.isBroken) return this.props.children
    return (
      <div className="failed" role="alert">
        <Icon name="warning" />
        <div>
          <p>This page could not be shown.</p>
          <p className="quiet">There may be a new release of it, or the connection was lost.</p>
        </div>
        <button type="button" className="button small" onClick={() => window.location.reload()}>
          Load it again
        </button>
      </div>
    )
  }
}
