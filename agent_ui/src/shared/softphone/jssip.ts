/** The telephone by SIP over WebSocket (JsSIP). Nothing here asks the web server for anything. */
import JsSIP from 'jssip'
import type { IncomingRTCSessionEvent, RTCSessionEvent, UA as UserAgent } from 'jssip/lib/UA'
import type { RTCSession } from 'jssip/lib/RTCSession'
import type { SoftphoneAccount } from '@/shared/api'
import { leaveWithUdp } from './gathering'
import { Holder } from './hold'
import { rate, readStats, type Reading } from './quality'
import type { Devices, PhoneCall, PhoneEvents, Softphone } from './types'

const QUALITY_INTERVAL_MS = 2000
const BUSY_HERE = 486
const RETRY_MOST_MS = 5000
const PATIENCE = 8

export class JsSipPhone implements Softphone {
  private agent: UserAgent | null = null
  private session: RTCSession | null = null
  private holder: Holder | null = null
  private call: PhoneCall | null = null
  private audio = new Audio()
  private iceServers: RTCIceServer[] = []
  private statistics: ReturnType<typeof setInterval> | undefined
  private refusals = 0
  private retry: ReturnType<typeof setTimeout> | undefined

  constructor(
    private readonly events: PhoneEvents,
    private readonly devices: () => Devices,
  ) {
    this.audio.autoplay = true
  }

  start(account: SoftphoneAccount): void {
    this.stop()
    this.iceServers = account.ice_servers
    const scheme = location.protocol === 'https:' ? 'wss' : 'ws'
    const socket = new JsSIP.WebSocketInterface(`${scheme}://${location.host}${account.ws_path}`)
    const agent = new JsSIP.UA({
      sockets: [socket], uri: account.uri, authorization_user: account.authorization_user, password: account.password,
      display_name: account.display_name, register: true, register_expires: 120, session_timers: false,
      connection_recovery_min_interval: 1, connection_recovery_max_interval: 5, user_agent: 'callcenter-softphone',
    })
    this.agent = agent
    agent.on('connecting', () => this.events.line('connecting'))
    agent.on('registered', () => {
      this.refusals = 0
      this.events.line('registered')
    })
    agent.on('unregistered', () => this.events.line('lost'))
    agent.on('disconnected', () => this.events.line('lost'))
    agent.on('registrationFailed', () => this.registerAgain())
    agent.on('newRTCSession', (event: RTCSessionEvent) => {
      if (event.originator === 'remote') this.receive(event as IncomingRTCSessionEvent)
    })
    agent.start()
  }

  stop(): void {
    clearTimeout(this.retry)
    this.hangUp()
    this.agent?.stop()
    this.agent = null
    this.events.line('off')
  }

  async answer(): Promise<void> {
    if (!this.session || this.call?.state !== 'ringing') return
    this.change({ state: 'connecting' })
    const microphone = this.devices().microphone
    this.session.answer({
      mediaConstraints: { audio: microphone ? { deviceId: { ideal: microphone } } : true, video: false },
      pcConfig: { iceServers: this.iceServers, bundlePolicy: 'max-bundle' },
    })
  }

  hangUp(): void {
    if (!this.session || this.session.isEnded()) return
    if (this.call?.state === 'ringing') this.session.terminate({ status_code: BUSY_HERE })
    else this.session.terminate()
  }

  /** Shown at once: the next press means the opposite of this one. */
  hold(on: boolean): void {
    this.holder?.want(on)
    this.change({ held: on })
  }

  mute(on: boolean): void {
    if (on) this.session?.mute({ audio: true })
    else this.session?.unmute({ audio: true })
  }

  digit(key: string): void {
    const { RFC2833 } = JsSIP.C.DTMF_TRANSPORT
    this.session?.sendDTMF(key, { transportType: RFC2833, duration: 120, interToneGap: 80 })
  }

  /** A secret that is new may reach the exchange a moment after the page; JsSIP itself would not try again. */
  private registerAgain(): void {
    this.refusals += 1
    this.events.line(this.refusals > PATIENCE ? 'refused' : 'lost')
    clearTimeout(this.retry)
    this.retry = setTimeout(() => this.agent?.register(), Math.min(RETRY_MOST_MS, 250 * 2 ** this.refusals))
  }

  private receive({ session, request }: IncomingRTCSessionEvent): void {
    if (this.session && !this.session.isEnded()) {
      session.terminate({ status_code: BUSY_HERE })
      return
    }
    this.session = session
    this.holder = new Holder(session)
    this.call = {
      id: session.id, direction: 'inbound', state: 'ringing', since: Date.now(), held: false, muted: false,
      ...caller(session.remote_identity),
      callId: request.getHeader('X-Call-Id') ?? null, autoAnswer: wantsAutoAnswer(request),
    }
    this.follow(session)
    this.events.call(this.call)
    if (this.call.autoAnswer) void this.answer()
  }

  private follow(session: RTCSession): void {
    session.on('icecandidate', leaveWithUdp())
    session.on('peerconnection', ({ peerconnection }) => this.listen(peerconnection))
    if (session.connection) this.listen(session.connection)
    session.on('accepted', () => this.change({ state: 'talking', since: Date.now() }))
    session.on('confirmed', () => this.measure())
    session.on('muted', () => this.change({ muted: true }))
    session.on('unmuted', () => this.change({ muted: false }))
    session.on('getusermediafailed', (error) => this.events.trouble('microphone', String(error)))
    session.on('ended', () => this.finish(session))
    session.on('failed', () => this.finish(session))
  }

  private listen(connection: RTCPeerConnection): void {
    connection.addEventListener('track', (event) => {
      this.audio.srcObject = event.streams[0] ?? new MediaStream([event.track])
      void this.play()
    })
  }

  private async play(): Promise<void> {
    const { speaker } = this.devices()
    const sink = this.audio as HTMLAudioElement & { setSinkId?: (id: string) => Promise<void> }
    try {
      if (speaker && sink.setSinkId) await sink.setSinkId(speaker)
      await this.audio.play()
    } catch (error) {
      this.events.trouble('media', String(error))
    }
  }

  private measure(): void {
    clearInterval(this.statistics)
    let before: Reading | null = null
    this.statistics = setInterval(async () => {
      const connection = this.session?.connection
      if (!connection) return
      const now = readStats(await connection.getStats())
      if (before) this.events.quality(rate(before, now))
      before = now
    }, QUALITY_INTERVAL_MS)
  }

  private change(difference: Partial<PhoneCall>): void {
    if (!this.call) return
    this.call = { ...this.call, ...difference }
    this.events.call(this.call)
  }

  private finish(session: RTCSession): void {
    if (session !== this.session) return
    clearInterval(this.statistics)
    this.session = this.holder = null
    this.call = null
    this.audio.srcObject = null
    this.events.quality(null)
    this.events.call(null)
  }
}

/** A withheld number travels as “anonymous”; the screens have their own word for it. */
function caller(identity: RTCSession['remote_identity']): Pick<PhoneCall, 'name' | 'number'> {
  const known = (text: string | null | undefined): string => (!text || /^anonymous$/i.test(text) ? '' : text)
  return { name: known(identity.display_name), number: known(identity.uri.user) }
}

interface HeaderReader { getHeader(name: string): string | undefined }
/** `Alert-Info: auto-answer` or `Call-Info: …;answer-after=0`. */
export function wantsAutoAnswer(request: HeaderReader): boolean {
  const alert = request.getHeader('Alert-Info') ?? ''
  const info = request.getHeader('Call-Info') ?? ''
  return /auto-?answer/i.test(alert) || /answer-after\s*=\s*0/i.test(info) || /answer-after\s*=\s*0/i.test(alert)
}
