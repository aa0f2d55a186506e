import { type Answer, createStand, type Stand } from './stand.ts'

/** Something that the two plugins do differently. */
export interface Behaviour {
  readonly name: string
  /** Makes the plugin do it, and returns the result in a few words. */
  readonly observe: (stand: Stand) => string
}

/** The behaviour of one plugin, on its own container. */
export async function observe(executable: string, behaviour: Behaviour): Promise<string> {
  const stand = await createStand(executable)
  try {
    return behaviour.observe(stand)
  } finally {
    await stand.close()
  }
}

/** `passes`, or the code of the error. */
export function verdict({ exitCode, documents, stdout }: Answer): string {
  if (exitCode === 0) return 'passes'
  const [error] = documents
  if (error !== undefined) return `fails (${error.code})`
  return `fails: exit ${exitCode}, ${stdout === '' ? 'no JSON' : 'not JSON'}`
}

/** The message of the error. */
export function message({ documents }: Answer): string {
  return String(documents[0]?.msg ?? '')
}

/** The verdict on a CHECK right after an ADD of the same configuration. */
export function checkAfterAdd(stand: Stand, conf: Readonly<Record<string, unknown>>): string {
  const added = stand.ask('ADD', { conf })
  return added.exitCode === 0 ? verdict(stand.ask('CHECK', { conf })) : `ADD ${verdict(added)}`
}
