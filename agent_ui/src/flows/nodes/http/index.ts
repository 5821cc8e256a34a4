import { Globe } from 'lucide-vue-next'
import { kind } from '../kind'
import { holes, type Http } from '../settings'
import form from './form.vue'

export default kind<Http>({
  kind: 'http', group: 'data', icon: Globe, form,
  blank: () => ({ method: 'GET', url: 'https://', timeout: 5, answer: 'json', reads: {} }),
  optional: ['timeout', 'answer'],
  exits: () => ['ok', 'failed', 'timeout'],
  summary: ({ method, url }) => `${method} ${url.replace(/^https?:\/\//, '')}`,
  lacks: ({ url, reads }) => [!/^https?:\/\/./.test(url) && 'url', holes(reads) && 'rows'],
  sets: ({ reads, status }) => [...Object.keys(reads ?? {}), status ?? ''],
})
