/** The numbers of the system calls that every ADD needs and node:fs does not have: <asm/unistd.h>. */
const X64 = { flock: 73, getsockopt: 55, setns: 308, socket: 41, exit_group: 231 }
const ARM64: typeof X64 = { flock: 32, getsockopt: 209, setns: 268, socket: 198, exit_group: 94 }

export type Syscall = keyof typeof X64

export const SYSCALLS: Readonly<Record<Syscall, number>> = process.arch === 'arm64' ? ARM64 : X64
