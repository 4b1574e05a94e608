import { drawnBy } from '../../components/vueKit'
import { payHead, type Payable } from '../../drawn/booking'

export default drawnBy<Payable>(payHead, { booking: null, isSetup: Boolean })
