/**
 * CNI_ARGS, `A=1;B=2`. Items without `=` are left out; runtimes and other plugins put their own in here too. If a name
 * is given twice, the last one counts. But a name that tells the pod (K8S_…) then gets both values with a `;` between,
 * which every check refuses: their order is random, and a pod must not be taken for another one.
 */
export function parseCniArgs(text: string): ReadonlyMap<string, string> {
  const args = new Map<string, string>()
  for (const pair of text.split(';')) {
    const at = pair.indexOf('=')
    if (at <= 0) continue
    const name = pair.slice(0, at)
    const value = pair.slice(at + 1)
    const other = name.startsWith('K8S_') ? (args.get(name) ?? value) : value
    args.set(name, other === value ? value : `${other};${value}`)
  }
  return args
}

/** The pod as messages name it, `pod default/web-0`, from what CRI runtimes send. */
export function formatPod(args: ReadonlyMap<string, string>): string {
  const name = args.get('K8S_POD_NAME')
  if (name === undefined || name === '') return 'the pod'
  const namespace = args.get('K8S_POD_NAMESPACE')
  return namespace === undefined || namespace === '' ? `pod ${name}` : `pod ${namespace}/${name}`
}
