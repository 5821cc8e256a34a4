export * from './client'
export * from './errors'
export type * from './model'
export { AGENT_STATES } from './model'
