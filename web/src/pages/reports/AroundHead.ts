import { drawnBy } from '../../components/vueKit'
import { aroundHead, type Around } from '../../drawn/reports'

export default drawnBy<Around>(aroundHead, { count: null, isSignedIn: Boolean })
