/** One tab per contact. A call opens its tab the moment it is offered; the customer follows when the server has looked. */
import { defineStore } from 'pinia'
import { computed, effectScope, reactive, ref, watch } from 'vue'
import { useSession } from '@/session/store'
import {
  api, isApiError, type ApiError, type Attempt, type Caller, type DataRecord, type Definition, type DeskCall, type HistoryItem, type Id, type Pop, type Values,
} from '@/shared/api'
import { useDefinitions } from '@/shared/records/useDefinitions'
import { useSoftphone } from '@/shared/softphone/store'
import { painted } from '@/shared/composables/painted'
import { useAround } from '@/shared/records/around'
import { createWorkOrderForm, type WorkOrderForm } from './workOrderForm'
import { useDesk } from './useDesk'

export interface Contact {
  id: string
  call: DeskCall | null
  attempt: Attempt | null
  /** All who have this number; more than one = the agent chooses. */
  matches: DataRecord[]
  customer: DataRecord | null
  /** The agent has said “none of these”. */
  unknown: boolean
  history: HistoryItem[]
  openWorkOrders: DataRecord[]
  loaded: boolean
  /** Who it is, is on the screen, or cannot be said: what takes longer to draw may follow. */
  shown: boolean
  error: ApiError | null
  form: WorkOrderForm
  /** Ends what watches the form. */
  release: () => void
}

export const useContacts = defineStore('contacts', () => {
  const desk = useDesk()
  const session = useSession()
  const around = useAround()
  const definitions = useDefinitions()
  const phone = useSoftphone()
  const contacts = ref<Contact[]>([])
  const activeId = ref<string | null>(null)
  const closed = new Set<string>()
  const active = computed(() => contacts.value.find((one) => one.id === activeId.value) ?? null)

  function create(id: string, call: DeskCall | null): Contact {
    const scope = effectScope(true)
    const contact: Contact = reactive({
      id, call, attempt: null, matches: [], customer: null, unknown: false, history: [], openWorkOrders: [], loaded: false, shown: !call, error: null,
      form: null as never, release: () => scope.stop(),
    })
    contact.form = createWorkOrderForm(scope, {
      draftKey: `work-order:${id}`, owner: session.me?.user.id ?? '', callId: () => contact.call?.id ?? null, customerId: () => contact.customer?.id ?? null, attemptId: () => contact.call?.attempt_id ?? null, around,
    })
    contacts.value.push(contact)
    return contacts.value.at(-1) as Contact
  }

  const customerObject = () => desk.desk?.customer_object ?? 'customer'
  const workOrderObject = () => desk.desk?.work_order_object ?? 'work_order'

  /** The work order names its customer, where it has a field for that. */
  function defaults(definition: Definition, contact: Contact): Values {
    const field = definition.links.customer
    return field && contact.customer ? { [field]: contact.customer.id } : {}
  }

  async function openForm(contact: Contact, existing: DataRecord | null, draft: Pop['draft']): Promise<void> {
    const definition = await definitions.load(workOrderObject())
    contact.form.open(definition, existing, draft, defaults(definition, contact))
  }

  function takeCaller(contact: Contact, { customers, customer_id }: Caller): void {
    contact.matches = customers
    contact.customer = customers.find((one) => one.id === customer_id) ?? (customers.length === 1 ? (customers[0] ?? null) : contact.customer)
  }

  function take(contact: Contact, pop: Pop): void {
    takeCaller(contact, pop)
    contact.history = pop.history
    contact.openWorkOrders = pop.open_work_orders
  }

  /** Asked before the call is on the desk: the phone may ring first, and its ringing names the call. */
  let early: { callId: Id; caller: Promise<Caller | null> } | null = null
  const askWho = (callId: Id) => api.get('/console/pop/{call_id}/caller', { params: { path: { call_id: callId } } })
  const notYet = (error: unknown) => {
    if (!isApiError(error)) throw error
    return null
  }
  watch(() => phone.call?.callId, (callId) => {
    if (callId && !contacts.value.some((one) => one.call?.id === callId)) early = { callId, caller: askWho(callId).catch(notYet) }
  }, { flush: 'sync' })
  async function whoCalls(callId: Id): Promise<Caller> {
    if (early?.callId !== callId) return askWho(callId)
    const asked = early.caller
    early = null
    return (await asked) ?? askWho(callId)
  }

  /** Who it is comes first and is on the screen before anything else is asked for or drawn: the form alone costs more. */
  async function loadPop(contact: Contact): Promise<void> {
    if (!contact.call) return
    contact.error = null
    const params = { path: { call_id: contact.call.id } }
    try {
      takeCaller(contact, await whoCalls(contact.call.id))
      contact.loaded = true
      await painted()
      // In a task of its own: the question for the rest leaves before the page is busy drawing.
      setTimeout(() => (contact.shown = true))
      const pop = await api.get('/console/pop/{call_id}', { params })
      take(contact, pop)
      remember(contact, pop)
      if (!contact.form.definition || (!contact.form.dirty && !contact.form.record)) await openForm(contact, pop.work_order, pop.draft)
    } catch (error) {
      if (!isApiError(error)) throw error
      contact.error = error
      contact.shown = true
    }
  }

  /** The only one with this number is who calls: the ledger learns it, as if the agent had chosen. */
  function remember(contact: Contact, pop: Pop): void {
    const only = pop.customers.length === 1 ? pop.customer_id : null
    if (!only || !contact.call || pop.call.customer_id === only) return
    const params = { path: { call_id: contact.call.id } }
    void api.put('/console/calls/{call_id}/customer', { params, body: { customer_id: only } }).catch((error: unknown) => {
      if (!isApiError(error)) throw error
    })
  }

  function offer(call: DeskCall): void {
    const known = contacts.value.find((one) => one.call?.id === call.id || (!!call.attempt_id && one.attempt?.id === call.attempt_id))
    if (known) {
      const first = known.call === null
      known.call = call
      if (first) void loadPop(known)
      return
    }
    // An ended call stays on the desk until its wrap-up ends: a reloaded page shows it again.
    if (closed.has(call.id)) return
    const contact = create(call.id, call)
    void loadPop(contact)
    // In a task of its own: the question who it is leaves before the page is busy drawing.
    setTimeout(() => (activeId.value = contact.id))
  }
  watch(() => desk.calls, (calls) => calls.forEach(offer), { immediate: true })
  // What is gone from the desk has ended; its tab stays until the agent closes it.
  watch(() => desk.calls.map((call) => call.id).join(), () => {
    for (const contact of contacts.value) {
      if (contact.call && !desk.calls.some((call) => call.id === contact.call?.id)) contact.call = { ...contact.call, state: 'ended' }
    }
  })

  async function link(contact: Contact, customer: DataRecord): Promise<void> {
    contact.customer = customer
    contact.unknown = false
    const definition = contact.form.definition
    if (definition) Object.assign(contact.form.values, defaults(definition, contact))
    if (!contact.call) return
    take(contact, await api.put('/console/calls/{call_id}/customer', { params: { path: { call_id: contact.call.id } }, body: { customer_id: customer.id } }))
  }

  /** A work order from the rail, or another of this customer, in its own tab. */
  async function openWorkOrder(id: Id): Promise<void> {
    const key = `record-${id}`
    activeId.value = key
    if (contacts.value.some((one) => one.id === key)) return
    const contact = create(key, null)
    const path = { identifier: workOrderObject(), record_id: id }
    await openForm(contact, await api.get('/objects/{identifier}/records/{record_id}', { params: { path } }), null)
    contact.loaded = true
  }

  async function preview(attempt: Attempt): Promise<void> {
    const contact = create(`attempt-${attempt.id}`, null)
    contact.attempt = attempt
    activeId.value = contact.id
    await openForm(contact, null, null)
    contact.loaded = true
  }

  function close(contact: Contact): void {
    closed.add(contact.id)
    contact.form.close()
    contact.release()
    const index = contacts.value.indexOf(contact)
    contacts.value.splice(index, 1)
    if (activeId.value === contact.id) activeId.value = contacts.value[Math.max(0, index - 1)]?.id ?? null
  }

  function step(by: 1 | -1): void {
    const ids = [null, ...contacts.value.map((one) => one.id)]
    const next = (ids.indexOf(activeId.value) + by + ids.length) % ids.length
    activeId.value = ids[next] ?? null
  }

  /** So that the first pop finds both definitions at hand. */
  const warmUp = () => Promise.allSettled([definitions.load(customerObject()), definitions.load(workOrderObject())])

  return { contacts, activeId, active, customerObject, workOrderObject, loadPop, link, openWorkOrder, preview, close, step, warmUp }
})
