import { test } from 'vitest'
import { prepareEnvironment } from '../helpers/environment.ts'

const { expectNoEffect, variables } = await prepareEnvironment()

test.each(variables)("the runtime's owner changes nothing with %s=%s", (name, value) => {
  expectNoEffect({ [name]: value })
})
