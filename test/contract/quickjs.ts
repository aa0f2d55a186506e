import { start } from '../../plugin/engine/quickjs/quickjs.ts'
import { answerContract } from './cases.ts'

start(answerContract)
