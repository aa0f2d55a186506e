import { runCli } from './cli/cli.ts'
import { createNodeOs } from './engine/node/node.ts'

const os = createNodeOs(process.argv.slice(2), process.env)
os.exit(runCli(os))
