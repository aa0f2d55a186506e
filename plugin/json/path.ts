import type { Step } from './member.ts'

/** A path in a JSON value, as people write it: `sysctl["net.core.somaxconn"]`, `interfaces[2].mac`. */
export function formatPath(path: readonly PropertyKey[]): string {
  return path.map((step, index) => formatStep(step as Step, index === 0)).join('')
}

function formatStep(step: Step, isFirst: boolean): string {
  if (typeof step === 'number') return `[${step}]`
  if (!/^[A-Za-z_]\w*$/.test(step)) return `[${JSON.stringify(step)}]`
  return isFirst ? step : `.${step}`
}
