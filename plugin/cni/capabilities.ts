/** The capability that makes containerd and CRI-O send a pod's annotations, and the member of `runtimeConfig` that has them. */
export const POD_ANNOTATIONS = 'io.kubernetes.cri.pod-annotations'
