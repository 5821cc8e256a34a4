import { expect, it } from 'vitest'
import { totalOf } from './total'

it('adds the answers', () => expect(totalOf({ greeting: 10, listening: 6 }, [])).toBe(16))
it('is nothing once a fatal error stands', () => expect(totalOf({ greeting: 10 }, ['rude'])).toBe(0))
