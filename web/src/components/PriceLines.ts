import { prices, type Prices } from '../drawn/prices'
import { drawnBy } from './vueKit'

export default drawnBy<Prices>(prices, { lines: null, total: null, taxes: null, totalLabel: null })
