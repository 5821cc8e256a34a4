import './shared/element.css'
import './shared/base.css'
import './shared/theme.css'
import '@fontsource-variable/inter'
import { createPinia } from 'pinia'
import { createApp } from 'vue'
import App from './App.vue'
import { router } from './router'
import { configureApi } from './shared/api'
import { i18n, setLocale, storedLocale } from './shared/i18n'
import { useSession } from './session/store'

await setLocale(storedLocale())
const app = createApp(App).use(createPinia()).use(i18n)
configureApi({
  onSignedOut: () => {
    const operator = location.pathname.startsWith('/operator')
    useSession().forget()
    void router.push(operator ? '/operator' : '/login')
  },
})
app.use(router).mount('#app')
