import { main } from './main.ts'
import { start } from './os/quickjs.ts'

start(main)
