import { expect, it } from 'vitest'
import { bars, loudestOf, spoken } from './peaks'

it('draws the loudest of each stretch', () => expect(bars([0, 0.2, -0.5, 0.1], 2, 0.5)).toEqual([0.4, 1]))
it('stretches a short recording over all bars', () => expect(bars([1], 3, 1)).toEqual([1, 1, 1]))
it('is flat when nothing was heard', () => expect(bars([], 2, 0)).toEqual([0, 0]))
it('scales both channels by the loudest of either', () => expect(loudestOf([0.1], [-0.8])).toBe(0.8))
it('counts the share of speech', () => expect(spoken([0, 0.5, 0.5, 0])).toBe(50))
