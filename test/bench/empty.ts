// An empty program, packed like the plugin: the engine's own cost. It ends like
// plugin/node.ts, with _exit(2), so that this cost belongs to the engine, not to the plugin.
import { dlopen } from 'node:ffi'

dlopen(null, { _exit: { arguments: ['i32'], return: 'void' } }).functions._exit(0)
