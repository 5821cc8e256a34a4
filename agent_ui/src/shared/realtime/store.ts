/** The live picture: rooms chosen by the server, kept by the reducer, asked anew after a gap. */
import { defineStore } from 'pinia'
import { io, type Socket } from 'socket.io-client'
import { computed, ref, shallowReactive } from 'vue'
import { applyChange, fromSnapshot, valuesOf, type Change, type Room, type Snapshot } from './reducer'

export const useRealtime = defineStore('realtime', () => {
  const rooms = shallowReactive<Record<string, Room>>({})
  const connected = ref(false)
  /** When the line was lost, in ms; null while it stands or has never stood. */
  const lostAt = ref<number | null>(null)
  const lastAt = ref<number | null>(null)
  const signedOutReason = ref<string | null>(null)
  const asked = new Set<string>()
  /** Rooms that nobody is in unasked, with how many on this page look at each. */
  const watched = new Map<string, number>()
  let socket: Socket | null = null

  function onSnapshot(snapshot: Snapshot): void {
    asked.delete(snapshot.room)
    rooms[snapshot.room] = fromSnapshot(snapshot)
    lastAt.value = Date.now()
  }

  function onChange(change: Change): void {
    lastAt.value = Date.now()
    const step = applyChange(rooms[change.room], change)
    if (step.kind === 'applied') rooms[change.room] = step.room
    if (step.kind === 'gap') resync(change.room)
  }

  function resync(room: string): void {
    if (asked.has(room)) return
    asked.add(room)
    socket?.emit('resync', { room })
  }

  /** Enters such a room; its snapshot comes by itself. What it gives back leaves it. */
  function watch(room: string): () => void {
    const before = watched.get(room) ?? 0
    watched.set(room, before + 1)
    if (!before) socket?.emit('watch', { room })
    return () => {
      const left = (watched.get(room) ?? 1) - 1
      if (left) watched.set(room, left)
      else {
        watched.delete(room)
        socket?.emit('unwatch', { room })
        delete rooms[room]
      }
    }
  }

  function start(): void {
    if (socket) return
    socket = io({ transports: ['websocket', 'polling'], reconnectionDelay: 300, reconnectionDelayMax: 3000 })
    socket.on('connect', () => {
      asked.clear()
      connected.value = true
      lostAt.value = null
      for (const room of watched.keys()) socket?.emit('watch', { room })
    })
    socket.on('disconnect', () => {
      connected.value = false
      lostAt.value ??= Date.now()
    })
    socket.on('snapshot', onSnapshot)
    socket.on('change', onChange)
    // The answer renews the presence lease: page timers sleep in hidden tabs, messages do not.
    socket.on('presence', (...received: unknown[]) => {
      const acknowledge = received.at(-1)
      if (typeof acknowledge === 'function') acknowledge({})
    })
    socket.on('signed_out', (message: { reason: string }) => (signedOutReason.value = message.reason))
  }

  function stop(): void {
    socket?.removeAllListeners()
    socket?.disconnect()
    socket = null
    for (const name of Object.keys(rooms)) delete rooms[name]
    watched.clear()
    connected.value = false
    lostAt.value = null
    signedOutReason.value = null
  }

  const roomsOf = (prefix: string) => computed(() => Object.entries(rooms).filter(([name]) => name.startsWith(prefix)).map(([, room]) => room))
  /** All values of one family of keys in all rooms of one family, e.g. seats of every wall. */
  const values = <T>(roomPrefix: string, keyPrefix: string) => {
    const found = roomsOf(roomPrefix)
    return computed<T[]>(() => found.value.flatMap((room) => valuesOf<T>(room, keyPrefix)))
  }

  return { rooms, connected, lostAt, lastAt, signedOutReason, start, stop, watch, values }
})
