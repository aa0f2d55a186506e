import { runCli } from './cli/cli.ts'
import { start } from './engine/quickjs/quickjs.ts'

start(runCli)
