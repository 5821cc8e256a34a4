/** Which record a form is of: files go there, and come from there. */
import { inject, provide, type InjectionKey } from 'vue'

export interface Place { identifier: string; /** null as long as it is not saved */ recordId: string | null }
const PLACE: InjectionKey<() => Place> = Symbol('place')

export const providePlace = (place: () => Place): void => provide(PLACE, place)
export const usePlace = (): (() => Place) => inject(PLACE, () => ({ identifier: '', recordId: null }))
