import { drawnBy } from '../../components/vueKit'
import { serviceSide, type Booking } from '../../drawn/service'

export default drawnBy<Booking>(serviceSide, { service: null, minutes: null, lines: null, total: null, start: null, zone: null, onBook: null })
