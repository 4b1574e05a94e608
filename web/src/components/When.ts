import { when, type Instant } from '../drawn/when'
import { drawnBy } from './vueKit'

export default drawnBy<Instant>(when, { at: null, until: null, timezone: null, as: null, short: Boolean })
