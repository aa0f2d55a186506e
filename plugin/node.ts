import { createNodeOs } from './engine/node/node.ts'
import { answerRuntime } from './runtime.ts'

const os = createNodeOs(process.argv.slice(2), process.env)
os.exit(answerRuntime(os))
