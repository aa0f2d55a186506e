import type { FakeFile } from '../helpers/fake-files.ts'

/** The files at the start of a case, below its folder; the text of a link is its target. */
export const WORLD: Readonly<Record<string, FakeFile>> = {
  '/file': { text: 'text\n', mode: 0o640 },
  '/same': { text: 'text\n', mode: 0o644 },
  '/other': { text: 'test\n', mode: 0o644 },
  '/longer': { text: 'text\n\n', mode: 0o644 },
  '/empty': { text: '', mode: 0o644 },
  '/folder': { text: '', kind: 'directory', mode: 0o750 },
  '/folder/inner': { text: 'é€😀', mode: 0o644 },
  '/folder/sub': { text: '', kind: 'directory', mode: 0o755 },
  '/hollow': { text: '', kind: 'directory', mode: 0o755 },
  '/link': { text: 'file', kind: 'link', mode: 0o777 },
  '/loop': { text: 'loop', kind: 'link', mode: 0o777 },
  '/to-folder': { text: 'folder', kind: 'link', mode: 0o777 },
  '/fifo': { text: '', kind: 'other', mode: 0o644 },
}
