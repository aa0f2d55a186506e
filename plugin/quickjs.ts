import { ARGS_SCHEMAS, CONF_SCHEMAS, GC_SCHEMAS, POD_SCHEMAS, RUNTIME_SCHEMAS } from './config/schema.ts'
import { operate, start } from './engine/quickjs/quickjs.ts'
import { main } from './main.ts'

// Objects that are made at build time are there when a process starts, see kept.c.
const schemas = [CONF_SCHEMAS, ARGS_SCHEMAS, POD_SCHEMAS, RUNTIME_SCHEMAS, GC_SCHEMAS].flatMap(Object.values)
for (const schema of schemas) schema().safeParse(undefined)

start((os) => main(os, operate))
