import { main } from './main.ts'
import { createNodeOs } from './os/node.ts'

const os = createNodeOs(process.argv.slice(2), process.env)
os.exit(main(os))
