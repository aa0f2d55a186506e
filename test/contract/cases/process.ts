import { type ContractCase, error, folderAt } from '../case.ts'

export const STDIN_TEXT = '{"é":"€😀"}\n'
export const VARIABLE = 'NETNS_SYSCTL_CONTRACT'

export const PROCESS: readonly ContractCase[] = [
  { name: 'readStdin gives all of it', run: (os) => os.readStdin(), gives: STDIN_TEXT },
  { name: 'getenv of what is set', run: (os) => os.getenv(VARIABLE), gives: 'é' },
  { name: 'getenv of what is not set', run: (os) => os.getenv(`${VARIABLE}_NOT`), gives: null },
  { name: 'args', run: (os) => os.args.slice(1), gives: ['--é', ''] },
  { name: 'isTerminal of a pipe', run: (os) => os.isTerminal(), gives: false },
  {
    name: 'sleep and elapsed',
    run(os) {
      const before = os.elapsed()
      os.sleep(20)
      return os.elapsed() - before >= 19
    },
    gives: true,
    isReal: true,
  },
  {
    name: 'wallClock is that of files',
    run(os, root) {
      os.replaceFile('new', '', 0o600, folderAt(os, root))
      const age = os.ageOf('new', folderAt(os, root)) ?? -1
      return [os.wallClock() > 1_700_000_000, age > -1 && age < 3600]
    },
    gives: [true, true],
  },
  {
    name: 'watchFolders of nothing',
    run: (os, root) => os.watchFolders([`${root}/nosuch`]),
    gives: error('ENOENT', 'inotify_add_watch', '/nosuch'),
  },
  {
    name: 'waitForChange tells a change once',
    run(os, root) {
      os.watchFolders([`${root}/hollow`])
      const before = os.waitForChange(0)
      os.replaceFile('new', 'x', 0o600, folderAt(os, `${root}/hollow`))
      return [before, os.waitForChange(60_000), os.waitForChange(0), os.pause(1)]
    },
    gives: ['timeout', 'changed', 'timeout', false],
    isReal: true,
  },
]
