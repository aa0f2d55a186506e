import { errorDocument, formatConf, PREV_RESULT } from '../../helpers/requests.ts'
import type { ProtocolCase } from '../protocol-case.ts'

const COMMANDS = ['ADD', 'CHECK', 'DEL', 'GC', 'STATUS']
const OBJECT_RULE = 'a network configuration is an object, {…}'

function undecodable(name: string, stdin: string, msg: string, details = ''): ProtocolCase {
  return { name, command: 'ADD', stdin, exitCode: 1, stdout: errorDocument(6, msg, details) }
}

/** Texts that are not JSON objects, and a very large one. */
export const STDIN_CASES: readonly ProtocolCase[] = [
  ...COMMANDS.map((command) => ({
    ...undecodable('', '', 'stdin is empty', 'a runtime writes the network configuration to stdin'),
    name: `${command} refuses an empty stdin`,
    command,
  })),
  undecodable(
    'blanks are an empty stdin',
    ' \n',
    'stdin is empty',
    'a runtime writes the network configuration to stdin',
  ),
  undecodable('text is not JSON', 'sysctl', 'stdin is not JSON: line 1, column 1 has "s" where a value should be'),
  undecodable(
    'the place of a mistake is told',
    '{\n  "name": "n",\n}',
    'stdin is not JSON: line 3, column 1 has "}" where a name in double quotes should be',
  ),
  undecodable(
    'half a document is not JSON',
    '{"name": "n"',
    'stdin is not JSON: line 1, column 13 ends where "," or "}" should be',
  ),
  undecodable(
    'two documents are not JSON',
    '{}{}',
    'stdin is not JSON: line 1, column 3 has "{" where the end should be',
  ),
  ...['[]', 'null', '1', '"text"'].map((stdin) =>
    undecodable(`${stdin} is not a configuration`, stdin, 'stdin is not a JSON object', OBJECT_RULE),
  ),
  undecodable(
    'JSON nested 100,000 levels deep is refused',
    `{"name":"n","x":${'['.repeat(100_000)}${']'.repeat(100_000)}}`,
    'stdin is not JSON: line 1, column 516 is nested deeper than 500 levels',
  ),
  undecodable(
    '10 MB that are not JSON are refused',
    'x'.repeat(10_000_000),
    'stdin is not JSON: line 1, column 1 has "x" where a value should be',
  ),
  undecodable(
    'a string of 10 MB that does not end is refused',
    `{"name":"${'x'.repeat(10_000_000)}`,
    'stdin is not JSON: line 1, column 9 ends within a string',
  ),
  {
    name: '10 MB of JSON are read',
    command: 'ADD',
    conf: { sysctl: { 'net.core.somaxconn': 1024 }, unknown: Array(1_000_000).fill('12345678') },
    exitCode: 0,
    stdout: PREV_RESULT,
    after: { 'net/core/somaxconn': '1024' },
  },
  {
    name: 'a prevResult of 10 MB is passed on',
    command: 'ADD',
    conf: { prevResult: { cniVersion: '1.1.0', text: 'ü'.repeat(5_000_000) } },
    exitCode: 0,
    stdout: { cniVersion: '1.1.0', text: 'ü'.repeat(5_000_000) },
  },
  {
    name: 'a byte order mark is not JSON',
    command: 'ADD',
    stdin: `\ufeff${formatConf()}`,
    exitCode: 1,
    stdout: errorDocument(6, 'stdin is not JSON: line 1, column 1 has "\\u{feff}" where a value should be'),
  },
]
