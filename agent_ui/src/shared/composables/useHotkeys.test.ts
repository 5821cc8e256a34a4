import { describe, expect, it, vi } from 'vitest'
import { chord, handleKey } from './useHotkeys'

const press = (init: KeyboardEventInit, target: HTMLElement = document.body): KeyboardEvent => {
  const event = new KeyboardEvent('keydown', { ...init, cancelable: true, bubbles: true })
  target.dispatchEvent(event)
  return event
}

describe('chord', () => {
  it('names the keys as the guide does', () => {
    expect(chord(press({ key: 'F8', shiftKey: true }))).toBe('Shift+F8')
    expect(chord(press({ key: 's', ctrlKey: true }))).toBe('Ctrl+S')
    expect(chord(press({ key: '?', shiftKey: true }))).toBe('?')
  })
  it('reads the physical key under Alt, whatever the layout makes of it', () => {
    expect(chord(press({ key: '¡', code: 'Digit1', altKey: true }))).toBe('Alt+1')
    expect(chord(press({ key: '“', code: 'BracketLeft', altKey: true }))).toBe('Alt+[')
  })
})

describe('handleKey', () => {
  it('leaves a text field alone, except for the keys of the call', () => {
    const input = document.body.appendChild(document.createElement('input'))
    const search = vi.fn()
    const answer = vi.fn()
    const keys = { '/': search, '!F2': answer }
    handleKey(keys, press({ key: '/' }, input))
    handleKey(keys, press({ key: 'F2' }, input))
    expect(search).not.toHaveBeenCalled()
    expect(answer).toHaveBeenCalledOnce()
  })
})
