import { expect, test } from 'vitest'
import { EXECUTABLE } from '../helpers/executable.ts'
import { run } from '../helpers/netns.ts'

test.each([
  ['NODE_OPTIONS', '--no-such-option'],
  ['NODE_OPTIONS', '--require /nonexistent.js'],
  ['NODE_DEBUG', 'fs'],
  ['NODE_PENDING_DEPRECATION', '1'],
])("the runtime's %s=%s changes nothing", (name, value) => {
  const env = { CNI_COMMAND: 'VERSION', [name]: value }
  const { status, stdout, stderr } = run([EXECUTABLE], { env, input: '{"cniVersion":"1.0.0"}' })
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  expect(JSON.parse(stdout)).toMatchObject({ cniVersion: '1.0.0' })
})
