/** The `type` of the plugin's entries, which is the name of its executable too. */
export const OWN_TYPE = 'netns-sysctl'
