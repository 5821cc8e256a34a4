import { shallowRef, watch } from 'vue'
import { useContacts, type Contact } from './useContacts'

/**
 * What the panes hold: the contact in front, and unseen behind it the one before, until who calls now is on the screen;
 * to take a whole form down at once would keep the name waiting. Null is the page of the day.
 */
export function useDrawn() {
  const contacts = useContacts()
  const drawn = shallowRef<(Contact | null)[]>([contacts.active])
  watch(() => [contacts.active, contacts.active?.shown ?? true] as const, ([now, shown], [before]) => (drawn.value = shown ? [now] : [before, now]))
  return drawn
}
