import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { CONTRACT } from './cases.ts'
import { askEngine } from './engine.ts'

const results = askEngine([process.execPath, join(import.meta.dirname, 'node.ts')])

describe("Node.js's engine keeps the contract of the seam", () => {
  test.each(CONTRACT.map((each, index) => ({ ...each, index })))('$name', ({ gives, index }) => {
    expect(results[index]).toEqual(gives)
  })
})
