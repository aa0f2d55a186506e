import { join } from 'node:path'
import { Client, credentials, type ServiceDefinition } from '@grpc/grpc-js'
import { loadSync } from '@grpc/proto-loader'

/** Calls a method of the container runtime interface, as the kubelet does. Throws an Error with the runtime's message. */
export type Cri = <Response>(method: string, request: object) => Promise<Response>

export interface CriClient {
  readonly call: Cri
  readonly close: () => void
}

/** A call that takes longer hangs. */
const DEADLINE_MS = 25_000

const OPTIONS = { keepCase: true, longs: Number, defaults: true }

export function connectCri(socket: string): CriClient {
  const definitions = loadSync(join(import.meta.dirname, 'cri.proto'), OPTIONS)
  const methods: ServiceDefinition = {
    ...(definitions['runtime.v1.RuntimeService'] as ServiceDefinition),
    ...(definitions['runtime.v1.ImageService'] as ServiceDefinition),
  }
  const client = new Client(`unix:${socket}`, credentials.createInsecure())
  return {
    close: () => client.close(),
    call: <Response>(name: string, request: object) => {
      const method = methods[name]
      if (method === undefined) throw new Error(`cri.proto has no method ${name}`)
      return new Promise<Response>((resolve, reject) => {
        client.makeUnaryRequest(
          method.path,
          method.requestSerialize,
          (bytes) => method.responseDeserialize(bytes) as Response,
          request,
          { deadline: Date.now() + DEADLINE_MS },
          (error, response) => {
            if (response === undefined) reject(new Error(error?.details, { cause: error }))
            else resolve(response)
          },
        )
      })
    },
  }
}
