import { ref, type Ref } from 'vue'
import { config } from '../session/config'

/** What prices are asked for in where nothing says it yet; known once the configuration is. */
export function useCurrency(): Ref<string> {
  const currency = ref('nzd')
  void config().then((known) => (currency.value = known.currency))
  return currency
}
