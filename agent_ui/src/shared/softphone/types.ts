/** What a screen may ask of a telephone, whatever is behind it. Works by SIP alone: the web server may be gone. */
import type { SoftphoneAccount } from '@/shared/api'

export type LineState = 'off' | 'connecting' | 'registered' | 'lost' | 'refused'

export interface PhoneCall {
  /** The softphone's own id of the session. */
  id: string
  direction: 'inbound' | 'outbound'
  state: 'ringing' | 'connecting' | 'talking'
  /** As the exchange shows it (masked where the role demands). */
  name: string
  number: string
  /** Our call's id when the exchange names it. */
  callId: string | null
  autoAnswer: boolean
  since: number
  held: boolean
  muted: boolean
}

export interface Quality { level: 'good' | 'fair' | 'poor'; mos: number; delay: number; loss: number }

export interface PhoneEvents {
  line: (state: LineState) => void
  call: (call: PhoneCall | null) => void
  quality: (quality: Quality | null) => void
  trouble: (code: 'microphone' | 'media' | 'rejected', detail: string) => void
}

export interface Softphone {
  start(account: SoftphoneAccount): void
  stop(): void
  answer(): Promise<void>
  hangUp(): void
  hold(on: boolean): void
  mute(on: boolean): void
  digit(key: string): void
}

export interface Devices { microphone: string; speaker: string; ringer: string }
