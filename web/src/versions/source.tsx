/** On its way. */

import { Loading } from "../ui/states.js";

export default Loading;
