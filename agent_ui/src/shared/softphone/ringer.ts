/** The ring: a soft two-tone that rises from 20 % to the set volume in 3 s, on its own device. */
type Sink = AudioContext & { setSinkId?: (id: string) => Promise<void> }

let context: Sink | null = null
let stopRing: (() => void) | null = null

function audio(): Sink {
  context ??= new AudioContext() as Sink
  if (context.state === 'suspended') void context.resume()
  return context
}

function tone(sink: AudioContext, output: AudioNode, frequency: number, start: number, length: number): void {
  const oscillator = sink.createOscillator()
  const envelope = sink.createGain()
  oscillator.frequency.value = frequency
  envelope.gain.setValueAtTime(0, start)
  envelope.gain.linearRampToValueAtTime(1, start + 0.02)
  envelope.gain.setValueAtTime(1, start + length - 0.05)
  envelope.gain.linearRampToValueAtTime(0, start + length)
  oscillator.connect(envelope).connect(output)
  oscillator.start(start)
  oscillator.stop(start + length)
}

/** Makes the first ring as quick as the others: while the sound device is opened nothing is drawn. */
export const prepareRinging = (): void => void audio()

export async function startRinging(volume: number, device: string): Promise<void> {
  if (stopRing) return
  const sink = audio()
  const master = sink.createGain()
  master.gain.setValueAtTime(0.2 * volume, sink.currentTime)
  master.gain.linearRampToValueAtTime(volume, sink.currentTime + 3)
  master.connect(sink.destination)
  const ring = () => {
    const start = sink.currentTime + 0.02
    tone(sink, master, 660, start, 0.35)
    tone(sink, master, 880, start + 0.38, 0.45)
  }
  ring()
  const timer = setInterval(ring, 2200)
  stopRing = () => {
    clearInterval(timer)
    master.disconnect()
  }
  if (device && sink.setSinkId) await sink.setSinkId(device).catch(() => undefined)
}

export function stopRinging(): void {
  stopRing?.()
  stopRing = null
}

function beep(frequency: number, length: number, volume: number): void {
  const sink = audio()
  const gain = sink.createGain()
  gain.gain.value = volume
  gain.connect(sink.destination)
  tone(sink, gain, frequency, sink.currentTime + 0.01, length)
}

export const playTick = (): void => beep(1200, 0.08, 0.2)
export const playLow = (): void => beep(220, 0.4, 0.2)
export const playTestTone = (): void => beep(660, 0.6, 0.3)
