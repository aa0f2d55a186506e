import type { ValueProblem } from '../subject/subject.ts'
import type { SysctlKey } from './key.ts'

/** A number as the kernel reads it, with base 0: proc_get_long() in kernel/sysctl.c, which takes no plus sign. */
const NUMBER = /^-?(?:0x[0-9a-f]+|0[0-7]*|[1-9][0-9]*)$/i

/** The separators: proc_wspace_sep. */
const BLANKS = /[ \t\n]+/

/** The form of a file with integers. */
const INTEGERS = /^-?[0-9]+(?:[ \t]+-?[0-9]+)*[ \t]*$/

/**
 * Lists and masks, whose text may look like an integer: proc_do_large_bitmap(), rps_default_mask_sysctl(),
 * flow_limit_cpu_sysctl(), ipvs_proc_est_cpulist().
 */
const OWN_FORM =
  /^net\.(?:ipv4\.(?:ip_local_reserved_ports|vs\.est_cpulist)|ipv6\.icmp\.ratemask|core\.(?:rps_default_mask|flow_limit_cpu_bitmap))$/

/**
 * The problem of `wanted` as a value of a sysctl that shows `current`, before it is written. If the kernel shows
 * integers, it reads as many as it can from the start of the text, and drops the rest without an error.
 */
export function shapeProblem(key: SysctlKey, wanted: string, current: string): ValueProblem | undefined {
  if (wanted === current) return undefined
  // Nearly always one number replaces one number.
  if (NUMBER.test(wanted) && NUMBER.test(current)) return undefined
  if (!INTEGERS.test(current) || OWN_FORM.test(key.canonical)) return undefined
  const words = wanted.split(BLANKS)
  const count = current.trimEnd().split(BLANKS).length
  if (words.length > count || !words.every((word) => NUMBER.test(word))) {
    return { isRefused: true, reason: `${JSON.stringify(wanted)} must be ${formatCount(count)}` }
  }
  if (words.length === count) return undefined
  const stays = count - words.length === 1 ? 'the last one stays' : `the last ${count - words.length} stay`
  const set = `sets only the first${words.length === 1 ? '' : ` ${words.length}`} of ${count} integers`
  return { isRefused: false, reason: `${JSON.stringify(wanted)} ${set}, ${stays} as before` }
}

function formatCount(count: number): string {
  return count === 1 ? 'one integer' : `${count} integers separated by blanks`
}
