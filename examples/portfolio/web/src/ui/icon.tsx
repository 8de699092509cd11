/** Line drawings of 24 units, in the colour of the text. */
const PATHS = {
  overview: 'M4 19V9m5 10V5m6 14v-7m5 7V8',
  portfolios: 'M4 8h16v11H4zM9 8V5h6v3',
  funds: 'M4 17l5-6 4 4 7-9M15 6h5v5',
  files: 'M7 4v12m0 0-3-3m3 3 3-3M17 20V8m0 0-3 3m3-3 3 3',
  settings: 'M4 7h10m4 0h2M4 17h2m4 0h10M16 5v4M8 15v4',
  logs: 'M5 6h14M5 12h14M5 18h9',
  cross: 'M6 6l12 12M18 6L6 18',
  plus: 'M12 5v14M5 12h14',
  edit: 'M5 19l1-4L16 5l3 3L9 18zM14 7l3 3',
  bin: 'M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13',
  refresh: 'M19 8a8 8 0 1 0 1 5M19 4v4h-4',
  warning: 'M12 4l9 16H3zM12 10v4m0 3v.1',
  more: 'M12 5v.1M12 12v.1M12 19v.1',
  leave: 'M14 5H5v14h9M10 12h10m0 0-4-4m4 4-4 4',
  back: 'M15 5l-7 7 7 7',
  coin: 'M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16zM14.5 9.3c-.5-.8-1.4-1.3-2.5-1.3-1.500 0-2.500.8-2.500 1.900 0 2.700 5 1.300 5 4 0 1.200-1 2-2.500 2-1.200 0-2.200-.5-2.700-1.400M12 6.500v11',
  calendar: 'M5 6h14v14H5zM5 10h14M9 4v4m6-4v4',
  undo: 'M8 5 4 9l4 4M4 9h9a6 6 0 0 1 0 12h-3',
  sort: 'M8 5v14m0 0-3-3m3 3 3-3M16 19V5m0 0-3 3m3-3 3 3',
  check: 'M5 13l4 4L19 7',
  zoom: 'M10 4a6 6 0 1 0 0 12 6 6 0 0 0 0-12zM15 15l5 5',
} as const
export type IconName = keyof typeof PATHS

export function Icon({ name }: { name: IconName }) {
  return (
    <svg className="icon" viewBox="0 0 24 24" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  )
}
