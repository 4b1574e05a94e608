import { drawnBy } from '../../components/vueKit'
import { bookingHead, type Shown } from '../../drawn/booking'

export default drawnBy<Shown>(bookingHead, { booking: null })
