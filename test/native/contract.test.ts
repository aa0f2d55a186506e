import { describe, expect, test } from 'vitest'
import { buildContract } from '../contract/build.ts'
import { CONTRACT } from '../contract/cases.ts'
import { askEngine } from '../contract/engine.ts'

const results = askEngine([buildContract()])

describe("QuickJS's engine keeps the contract of the seam", () => {
  test.each(CONTRACT.map((each, index) => ({ ...each, index })))('$name', ({ gives, index }) => {
    expect(results[index]).toEqual(gives)
  })
})
