// Nothing, packed as the plugin is: what the engine takes before and after the plugin's own work. It leaves as
// plugin/node.ts does, by _exit(2), so that this counts for the engine and not for the plugin.
import { dlopen } from 'node:ffi'

dlopen(null, { _exit: { arguments: ['i32'], return: 'void' } }).functions._exit(0)
