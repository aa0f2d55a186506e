/**
 * CNI_ARGS, `A=1;B=2`. What has no `=` is left out; runtimes and other plugins put their own in here too. The last of a
 * name counts, but for what tells the pod (K8S_…): that has both values then, with a `;` between, which no check lets
 * pass. Their order is a matter of chance, and a name with a `;` in it must not make a pod another's.
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

/** The pod that is attached, `pod default/web-0`, as CRI runtimes tell it. */
export function formatPod(args: ReadonlyMap<string, string>): string {
  const name = args.get('K8S_POD_NAME')
  if (name === undefined || name === '') return 'the pod'
  const namespace = args.get('K8S_POD_NAMESPACE')
  return namespace === undefined || namespace === '' ? `pod ${name}` : `pod ${namespace}/${name}`
}
