/** Peaks of a recording to the bars of a drawing. */

/** `count` bars of 0…1, each the loudest of its stretch; `loudest` scales both channels alike. */
export function bars(peaks: number[], count: number, loudest: number): number[] {
  if (!peaks.length || loudest <= 0) return Array.from({ length: count }, () => 0)
  return Array.from({ length: count }, (_, index) => {
    const from = Math.floor((index * peaks.length) / count)
    const to = Math.max(from + 1, Math.floor(((index + 1) * peaks.length) / count))
    return Math.max(...peaks.slice(from, to).map(Math.abs)) / loudest
  })
}

export const loudestOf = (...channels: number[][]): number => channels.reduce((most, one) => one.reduce((a, b) => Math.max(a, Math.abs(b)), most), 0)

/** Share of the time in which a channel is not silent, in percent. */
export function spoken(values: number[], threshold = 0.06): number {
  return values.length ? Math.round((values.filter((value) => value > threshold).length / values.length) * 100) : 0
}

/** For recordings whose peaks the server does not have yet: left is the agent, right the customer. */
export async function decodePeaks(url: string, count: number): Promise<{ agent: number[]; customer: number[] }> {
  const data = await (await fetch(url, { credentials: 'same-origin' })).arrayBuffer()
  const context = new OfflineAudioContext(1, 1, 8000)
  const audio = await context.decodeAudioData(data)
  const channel = (index: number) => bars([...audio.getChannelData(Math.min(index, audio.numberOfChannels - 1))], count, 1)
  return { agent: channel(0), customer: channel(1) }
}
