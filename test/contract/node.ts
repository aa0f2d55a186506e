import { createNodeOs } from '../../plugin/engine/node/node.ts'
import { answerContract } from './cases.ts'

const os = createNodeOs(process.argv.slice(2), process.env)
os.exit(answerContract(os))
