/** CNI_ARGS, `A=1;B=2`. What has no `=` is left out; runtimes and other plugins put their own in here too. */
export function parseCniArgs(text: string): ReadonlyMap<string, string> {
  const pairs = text.split(';').map((pair) => [pair.indexOf('='), pair] as const)
  return new Map(pairs.filter(([at]) => at > 0).map(([at, pair]) => [pair.slice(0, at), pair.slice(at + 1)]))
}

/** The pod that is attached, `pod default/web-0`, as CRI runtimes tell it. */
export function formatPod(args: ReadonlyMap<string, string>): string {
  const name = args.get('K8S_POD_NAME')
  if (name === undefined || name === '') return 'the pod'
  const namespace = args.get('K8S_POD_NAMESPACE')
  return namespace === undefined || namespace === '' ? `pod ${name}` : `pod ${namespace}/${name}`
}
