/** The things the API speaks of, named as in its OpenAPI document. */

export type Id = string
/** ISO 8601 in UTC, as the server sends every time. */
export type Instant = string
export type Captions = Record<string, string>
export interface Named { id: Id; name: string }
export interface Page<T> { items: T[]; total: number; page: number; page_size: number }

export type Role = 'operator' | 'conf' | 'admin' | 'agent' | 'leader' | 'inspector'
export type Home = 'console' | 'supervisor' | 'quality' | 'admin' | 'config' | 'operator'

export interface Me {
  user: { id: Id; employee_code: string; name: string; role: Role; extension: string | null; teams: Named[] }
  enterprise: {
    id: Id; code: string; name: string; time_zone: string; display_numbers: string[]; options: Record<string, boolean | string>
  }
  permissions: string[]
  csrf_token: string
  must_change_password: boolean
  home: Home
  locale: string
  signed_in_at: Instant
}

export const AGENT_STATES = [
  'ready', 'not_ready', 'offline', 'reserved', 'ringing', 'talking', 'hold', 'consulting', 'wrap_up',
] as const
export type AgentStateName = (typeof AGENT_STATES)[number]

export interface Reason { id: Id; code?: string; label: string | Captions }
export interface AgentState {
  state: AgentStateName
  since: Instant
  reason: Reason | null
  call_id: Id | null
  wrap_up_until: Instant | null
  after: 'ready' | 'not_ready' | 'offline' | null
  /** `nailed_up`: the phone stays on the line between calls. */
  leg_form?: 'rung' | 'nailed_up'
}

export type CallState = 'offered' | 'ringing' | 'connected' | 'held' | 'consulting' | 'ended'
export interface DeskCall {
  id: Id
  direction: 'inbound' | 'outbound' | 'internal'
  state: CallState
  number: string | null
  number_kind: 'e164' | 'short' | 'service' | 'extension' | 'withheld'
  location: string | null
  service: Named | null
  access_number: string | null
  offered_at: Instant
  answered_at: Instant | null
  waited_seconds: number | null
  consult: { target: Target; state: string } | null
  attempt_id: Id | null
}
export interface Target {
  kind: 'seat' | 'service' | 'number'; value: string; name?: string; detail?: string; state?: AgentStateName | null; waiting?: number | null
}
export interface Disposition { id: Id; code: string; label: string | Captions; sort: number; active: boolean }

export interface Desk {
  agent: AgentState
  phone: { registered: boolean }
  calls: DeskCall[]
  reasons: Reason[]
  dispositions: Disposition[]
  display_numbers: string[]
  services: Named[]
  work_order_object: string | null
  customer_object: string | null
  server_time: Instant
}
export interface SoftphoneAccount {
  ws_path: string
  uri: string
  authorization_user: string
  password: string
  display_name: string
  ice_servers: RTCIceServer[]
}
export interface HistoryItem {
  kind: 'call' | 'work_order' | 'appointment'
  at: Instant
  id: Id
  object?: string | null
  title: string
  agent_name: string | null
  seconds: number | null
  result: string | null
  direction?: 'inbound' | 'outbound' | 'internal'
}
export interface Draft { payload: Record<string, unknown>; updated_at: Instant }
export interface Pop {
  call: DeskCall
  customers: DataRecord[]
  /** Whom the agent has chosen, or the only match. */
  customer_id: Id | null
  open_work_orders: DataRecord[]
  history: HistoryItem[]
  work_order: DataRecord | null
  draft: Draft | null
}
export interface Day {
  answered: number; offered: number; missed: number; dialled: number; connected_out: number
  talk_average: number | null; wrap_up_average: number | null; utilisation: number | null; signed_in_seconds: number
  ribbon: { state: AgentStateName; reason: string | null; from: Instant; to: Instant | null }[]
  totals: Partial<Record<AgentStateName, number>>
}
export interface QueueFigures {
  service: Named; waiting: number; ready: number; longest_wait: number | null; level_percent: number | null
}
export interface Appointment {
  id: Id; due_at: Instant; number: string | null; customer_id: Id | null; customer_name: string | null; subject: string
  status: 'open' | 'done' | 'cancelled'
}
export interface CallingTask {
  id: Id; name: string; mode: string; status: string; total: number; done: number; connected: number; mine_open: number
}
export interface Attempt { id: Id; contact: { id: Id; name: string; number: string }; task: Named }
export interface Work {
  appointments: Appointment[]; calling_tasks: CallingTask[]; open_work_orders: DataRecord[]; counts: Record<string, number>
}
export interface CallLeg { id: Id; party: string; agent: Named | null; number: string | null; started_at: Instant; answered_at: Instant | null; ended_at: Instant | null }
export interface CallItem {
  id: Id; direction: 'inbound' | 'outbound' | 'internal'; number: string | null; customer_name: string | null; service: Named | null
  agent: Named | null; started_at: Instant; answered_at: Instant | null; ended_at: Instant | null; talk_seconds: number | null
  waited_seconds: number | null; result: string | null; disposition: string | null; has_recording?: boolean
  legs?: CallLeg[]
}
export interface Recording {
  url: string; peaks: { agent: number[]; customer: number[] } | null; duration: number; expires_at: Instant; holds: { from: number; to: number }[]
}

export type FieldType =
  | 'text' | 'long_text' | 'integer' | 'decimal' | 'boolean' | 'date' | 'datetime' | 'choice' | 'choices' | 'cascade'
  | 'phone' | 'email' | 'user' | 'team' | 'reference' | 'serial'
export interface Option { value: string; label: string | Captions; color?: string | null; parent?: string | null; active: boolean }
export interface Field {
  key: string; type: FieldType; label: string | Captions; required: boolean; read_only: boolean; unique: boolean; width: 1 | 2
  help: string | Captions | null; default: unknown; options: Option[]; reference: { object: string; display: string } | null
  min: number | null; max: number | null; max_length: number | null; pattern: string | null; in_list: boolean; in_search: boolean; sortable: boolean; filterable: boolean
}
export interface Definition {
  identifier: string; kind: 'customer' | 'work_order' | 'base'; name: string | Captions; key_field: string; title_field: string
  version: number; groups: { key: string; label: string | Captions; fields: string[] }[]; fields: Field[]
  list: { columns: string[]; sort: string }
  /** Which field plays which part: customer, status, assignee. */
  links: Record<string, string>
  permissions: { create: boolean; read: boolean; edit: boolean; delete: boolean }
}
export type Values = Record<string, unknown>
export interface DataRecord {
  id: Id; object: string; key: string; title: string; values: Values; display: Record<string, string>; masked: string[]
  created_at: Instant; created_by: Named | null; updated_at: Instant; updated_by: Named | null; version: number
}

export interface SeatState {
  id: Id; employee_code: string; name: string; team_ids: Id[]; state: AgentStateName; since: Instant; reason_id: Id | null
  call: { id: Id; number: string | null; service: string | Named | null; direction: string; connected_at: Instant | null } | null
  today: { answered: number; talk_seconds: number }
}
export interface QueueState {
  id: Id; name: string; waiting: number; longest_since: Instant | null; ready: number; signed_in: number
  level_percent: number | null; level_target: number | null; level_seconds?: number | null
  offered: number; answered: number; abandoned: number
}
export interface TrendPoint { from: Instant; answered: number; abandoned: number; level: number | null }
export interface Wall {
  seats: SeatState[]; services: QueueState[]; teams: { id: Id; name: string; leader_name: string | null }[]
  figures: Record<string, number | null>; trend: TrendPoint[]; alarms: unknown[]; at: Instant
}

export interface RecordChange {
  id: Id; at: Instant; actor: Named | null; action: string; changes: { field: string; label: Captions; before: string | null; after: string | null }[]
}

export interface QualityForm {
  id: Id; name: string; version: number; fatal: { key: string; label: string | Captions }[]
  groups: { key: string; label: string | Captions; items: { key: string; label: string | Captions; points: number[] }[] }[]; total: number
}
export interface Mark { at: number; kind: 'good' | 'bad' | 'note'; note: string; item?: string | null }
export interface Score {
  id: Id; call_id: Id; form_version_id: Id; answers: Record<string, number>; fatal: string[]; marks: Mark[]; comment: string
  status: 'draft' | 'submitted'; total: number; version: number; inspector?: Named | null; submitted_at?: Instant | null
}
export interface QualityItem {
  call_id: Id; agent: Named | null; service: Named | null; started_at: Instant; talk_seconds: number
  work_order: { id: Id; key: string } | null; score: { id: Id; total: number; status: 'draft' | 'submitted' } | null
}
export interface QualityDetail {
  call: CallItem; work_order: DataRecord | null; recording: Recording | null; score: Score | null; trend: { at: Instant; total: number }[]
}

export interface Seat {
  id: Id; employee_code: string; name: string; role: Role; teams: Named[]; extension: { id: Id; number: string } | null
  skills: { id: Id; name: string; level: number }[]; wrap_up_seconds: number | null; auto_answer: boolean; leg_form: 'rung' | 'nailed_up'
  status: 'active' | 'inactive'; last_sign_in_at: Instant | null
}
export interface Team { id: Id; name: string; leader_id: Id | null; leader_name: string | null; member_count: number }
export interface Skill { id: Id; name: string }
export interface Extension { id: Id; number: string; kind: 'browser' | 'desk'; user: Named | null; status: string }
export interface AgentService {
  id: Id; name: string; members: { teams: Id[]; users: Id[] }; priority: number; ring_seconds: number; wrap_up_seconds: number
  max_wait_seconds: number; queue_capacity: number; level_percent: number; level_seconds: number; short_call_seconds: number
  missed_policy: 'not_ready' | 'ready'; music: string; announce_position: boolean; work_order_object: string; status: string
}
export interface IvrService { id: Id; name: string; status: string; published_version: number | null }
export type StrategyKind = 'agent_service' | 'ivr_service' | 'routing_service'
export interface AccessNumber {
  id: Id; number: string; trunk: Named | null; enterprise: { id: Id; code: string; name: string } | null
  strategy: { kind: StrategyKind; target: Named } | null; status: 'enabled' | 'paused'; note: string | null
  channels_in_use: number; created_at: Instant; updated_at: Instant
}
export interface Trunk {
  id: Id; name: string; host: string; port: number; transport: string; channels: number; national_prefix: string
  status: 'enabled' | 'paused'; access_number_count: number; state: 'up' | 'down' | 'unknown'
}
export interface Enterprise {
  id: Id; code: string; name: string; display_number: { id: Id; number: string } | null; area_code: string; time_zone: string
  status: 'active' | 'suspended'; options: Record<string, boolean | string | number>; seats: { total: number; online: number }
  access_numbers: { id: Id; number: string }[]
  initial_users: { employee_code: string; state: 'unused' | 'changed'; issued_at: Instant | null }[]; created_at: Instant
}
export interface OptionDefinition {
  key: string; kind: 'switch' | 'text' | 'number'; label: Captions; default: boolean | string | number | null; sort: number; active: boolean
}
export interface Overview {
  access_numbers: { total: number; bound: number }; enterprises: { total: number; active: number }
  calls: { now: number; capacity: number }; trunks: { total: number; up: number }; drift_24h: number; reconciled_at: Instant | null
}
export interface AuditEntry {
  id: Id; at: Instant; actor: { id: Id; name: string; employee_code: string } | null; action: string; entity: string; entity_id: Id | null
  entity_name: string | null; before: Values | null; after: Values | null; ip: string | null
}
