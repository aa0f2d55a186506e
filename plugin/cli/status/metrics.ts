import { visibleLine } from '../../os/visible.ts'
import { STATES } from '../node/judge.ts'
import type { Row } from '../node/rows.ts'
import type { Found } from './found.ts'

/** The same in Prometheus' text format (version 0.0.4). */
export function formatMetrics({ inForce, executable, rows }: Found): string {
  const bad = rows.filter(({ state }) => state !== 'in order' && state !== 'unknown')
  return [
    ...formatMetric(
      'netns_sysctl_attachments',
      'Attachments of containers to networks, by their state.',
      STATES.map((state) => ({ labels: { state }, value: rows.filter((row) => row.state === state).length })),
    ),
    ...formatMetric(
      'netns_sysctl_attachment_not_in_order',
      'An attachment that is not in order.',
      bad.map((row) => ({ labels: labelsOf(row), value: 1 })),
    ),
    ...formatMetric('netns_sysctl_conflist_has_entry', 'Whether the conflist in force has an entry of the plugin.', [
      { labels: { file: inForce?.file ?? '' }, value: (inForce?.entries.length ?? 0) > 0 ? 1 : 0 },
    ]),
    ...formatMetric('netns_sysctl_executable_info', "The plugin's executable; 0 if it is missing.", [
      {
        labels: { path: executable.path, version: executable.version ?? '' },
        value: executable.version === null ? 0 : 1,
      },
    ]),
  ]
    .map((line) => `${line}\n`)
    .join('')
}

interface Sample {
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

function labelsOf({ pod, attachment, state }: Row): Sample['labels'] {
  const { containerId = '', network = '', ifName = '' } = attachment ?? {}
  const { namespace = '', name = '' } = pod ?? {}
  return { namespace, pod: name, container: containerId, network, interface: ifName, state }
}

function formatMetric(name: string, help: string, samples: readonly Sample[]): string[] {
  const lines = samples.map(({ labels, value }) => {
    const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escapeLabel(text)}"`)
    return `${name}{${pairs.join(',')}} ${value}`
  })
  return [`# HELP ${name} ${help}`, `# TYPE ${name} gauge`, ...lines]
}

/** Prometheus knows three escapes. Invisible characters are shown as in texts for people, with an escaped backslash. */
function escapeLabel(text: string): string {
  return visibleLine(text).replaceAll('\\', '\\\\').replaceAll('"', '\\"')
}
