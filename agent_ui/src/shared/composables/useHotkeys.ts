/** Keys declared per feature: `{'F2': answer, 'Alt+1': ready}`. A leading `!` also works inside text fields. */
import { onBeforeUnmount, onMounted } from 'vue'

export type Hotkeys = Record<string, (event: KeyboardEvent) => void>

export function chord(event: KeyboardEvent): string {
  const key = event.key.length === 1 ? event.key.toUpperCase() : event.key
  // With Alt some layouts give another character; the physical key tells the digit or bracket.
  const physical = event.altKey ? event.code.replace(/^Digit|^Key/, '').replace('BracketLeft', '[').replace('BracketRight', ']') : key
  const shifted = event.shiftKey && (key.length > 1 || event.altKey || event.ctrlKey)
  return [event.ctrlKey || event.metaKey ? 'Ctrl' : '', event.altKey ? 'Alt' : '', shifted ? 'Shift' : '', physical]
    .filter(Boolean)
    .join('+')
}

export function isTyping(target: EventTarget | null): boolean {
  const element = target as HTMLElement | null
  return !!element?.closest?.('input:not([type=checkbox]):not([type=radio]), textarea, [contenteditable=true]')
}

export function handleKey(keys: Hotkeys, event: KeyboardEvent): boolean {
  const pressed = chord(event)
  const action = keys[`!${pressed}`] ?? (isTyping(event.target) ? undefined : keys[pressed])
  if (!action) return false
  event.preventDefault()
  action(event)
  return true
}

export function useHotkeys(keys: Hotkeys): void {
  const listen = (event: KeyboardEvent) => {
    if (!event.isComposing) handleKey(keys, event)
  }
  onMounted(() => window.addEventListener('keydown', listen))
  onBeforeUnmount(() => window.removeEventListener('keydown', listen))
}
