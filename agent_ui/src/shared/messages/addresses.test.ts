import { expect, it } from 'vitest'
import { addressesIn, wrongAddress } from './addresses'

it('takes apart what is pasted, each address once', () => {
  expect(addressesIn('138 0000 0001\n 13900000002; 13900000002，a@b.example\n')).toEqual(['138 0000 0001', '13900000002', 'a@b.example'])
})
it('names the address that is wrong, and not its place', () => {
  const addresses = ['a@example.com', 'nobody']
  expect([wrongAddress({ 'parameters.to.1': 'is no address' }, 'parameters.to', addresses), wrongAddress({ 'to.0.address': 'is no address' }, 'to', addresses), wrongAddress({ to: 'is needed' }, 'to', []), wrongAddress({ topic: 'x' }, 'to', addresses)])
    .toEqual(['nobody is no address', 'a@example.com is no address', 'is needed', undefined])
})
