import { ARGS_CASES } from './cases/args.ts'
import { CAPTURE_CASES } from './cases/captures.ts'
import { ENVIRONMENT_CASES, NETNS_CASES } from './cases/environment.ts'
import { INHERIT_CASES } from './cases/inherit.ts'
import { MEMBER_CASES } from './cases/members.ts'
import { POD_CASES } from './cases/pod.ts'
import { PROFILE_CASES } from './cases/profiles.ts'
import { RECORD_CASES } from './cases/records.ts'
import { STDIN_CASES } from './cases/stdin.ts'
import { REFUSED_SYSCTL_CASES, SYSCTL_CASES } from './cases/sysctls.ts'
import { ODD_VERSION_CASES, VERSION_CASES } from './cases/versions.ts'
import type { ProtocolCase } from './protocol-case.ts'

/** Every case that both the fake and the executable must pass, by topic. */
export const CASES: Readonly<Record<string, readonly ProtocolCase[]>> = {
  versions: [...VERSION_CASES, ...ODD_VERSION_CASES],
  environment: ENVIRONMENT_CASES,
  netns: NETNS_CASES,
  stdin: STDIN_CASES,
  members: MEMBER_CASES,
  sysctls: [...SYSCTL_CASES, ...REFUSED_SYSCTL_CASES],
  args: ARGS_CASES,
  inherit: INHERIT_CASES,
  pod: POD_CASES,
  profiles: PROFILE_CASES,
  records: RECORD_CASES,
  captures: CAPTURE_CASES,
}
