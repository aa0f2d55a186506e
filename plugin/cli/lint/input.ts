import { catchOsError, type Os, OsError } from '../../os/os.ts'
import { CliError } from '../cli-error.ts'
import { wordError } from '../errors.ts'

/** A file to check. */
export interface Input {
  readonly file: string
  readonly text: string
}

/** A folder of configurations. */
export interface Folder {
  readonly folder: string
  /** The file that containerd and CRI-O load: the first by name. */
  readonly inForce: string
  readonly files: readonly string[]
}

export interface Inputs {
  readonly inputs: readonly Input[]
  readonly folders: readonly Folder[]
  /** What could not be read, in words. */
  readonly unread: readonly string[]
}

/** Reads the named files, folders of configurations, and stdin as `-`. */
export function readInputs(os: Os, operands: readonly string[]): Inputs {
  const inputs: Input[] = []
  const folders: Folder[] = []
  const unread: string[] = []
  const tryTo = (action: () => void) => {
    try {
      action()
    } catch (error) {
      if (!(error instanceof OsError || error instanceof CliError)) throw error
      unread.push(wordError(error))
    }
  }
  const readOne = (file: string) => tryTo(() => inputs.push({ file, text: os.readFile(file) }))
  for (const typed of new Set(operands)) {
    const operand = typed.replace(/(?<=.)\/+$/, '')
    if (operand === '-') tryTo(() => inputs.push({ file: '<stdin>', text: os.readStdin() }))
    else if (isFolder(os, operand)) {
      tryTo(() => {
        const folder = listFolder(os, operand)
        folders.push(folder)
        for (const file of folder.files) readOne(file)
      })
    } else readOne(operand)
  }
  return { inputs, folders, unread }
}

function isFolder(os: Os, path: string): boolean {
  // A link to a folder is one too.
  return !(catchOsError(() => os.list(path)) instanceof OsError)
}

/** The endings of files that libcni reads as configurations. */
const CONFIGURATION = /\.(conf|conflist|json)$/

function listFolder(os: Os, folder: string): Folder {
  const names = os.list(folder).filter(({ name, isDirectory }) => !isDirectory && CONFIGURATION.test(name))
  const files = names.map(({ name }) => `${folder === '/' ? '' : folder}/${name}`).sort()
  const [inForce] = files
  if (inForce === undefined)
    throw new CliError(`${folder}: has no configuration, which would end in .conf, .conflist or .json`)
  return { folder, inForce, files }
}
