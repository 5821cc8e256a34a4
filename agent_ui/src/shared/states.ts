/** Shape: circle = no contact, diamond = arriving, square = on or after a contact; hollow = cannot be given work. */
import { ArrowLeftRight, BellRing, Check, Hourglass, Minus, Pause, PencilLine, Phone, Slash } from 'lucide-vue-next'
import type { Component } from 'vue'
import type { AgentStateName } from '@/shared/api'

export interface StateLook { icon: Component; shape: 'circle' | 'diamond' | 'square'; hollow: boolean }

export const STATE_LOOKS: Record<AgentStateName, StateLook> = {
  offline: { icon: Slash, shape: 'circle', hollow: true },
  ready: { icon: Check, shape: 'circle', hollow: false },
  not_ready: { icon: Minus, shape: 'circle', hollow: true },
  reserved: { icon: Hourglass, shape: 'diamond', hollow: true },
  ringing: { icon: BellRing, shape: 'diamond', hollow: false },
  talking: { icon: Phone, shape: 'square', hollow: false },
  hold: { icon: Pause, shape: 'square', hollow: false },
  consulting: { icon: ArrowLeftRight, shape: 'square', hollow: false },
  wrap_up: { icon: PencilLine, shape: 'square', hollow: true },
}
