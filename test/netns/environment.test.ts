import { readFileSync } from 'node:fs'
import { describe, test } from 'vitest'
import { prepareEnvironment } from '../helpers/environment.ts'
import { EXECUTABLE } from '../helpers/executable.ts'

const { expectNoEffect, fifo, variables } = await prepareEnvironment()

describe("the environment of the runtime's owner changes nothing", () => {
  test('with every variable that is known to do something', () => {
    expectNoEffect(Object.fromEntries(variables))
  })

  test('with any variable that the executable may know, with a FIFO for a value', () => {
    const text = readFileSync(EXECUTABLE, 'latin1')
    const names = text.match(/\b(?:NODE|OPENSSL|SSL|ICU|UV|V8|PKG|CARES|LC)_[A-Z0-9_]{2,40}\b/g) ?? []
    expectNoEffect(Object.fromEntries([...new Set(names)].map((name) => [name, fifo])))
  })
})
